"""The videos of a playlist or a channel, page by page, as YouTube's own pages list them."""

import json
import re

import requests

from apps.knowledge.connectors.youtube import check, errors
from apps.knowledge.connectors.youtube.session import PUBLIC

MOST_VIDEOS = 500
MOST_PAGES = 20
_KEY = re.compile(r'"INNERTUBE_API_KEY":\s*"([\w-]+)"')
_VERSION = re.compile(r'"INNERTUBE_CLIENT_VERSION":\s*"([\d.]+)"')
_DATA = re.compile(r'(?:var ytInitialData|window\["ytInitialData"\])\s*=\s*')


def videos(session, config):
    """(video id, title) in the list's order, at most MOST_VIDEOS. Raises an ``OwnerError``."""
    if config["kind"] == "video":
        return [(config["id"], _title(session, config["id"]))]
    page = _get(session, check.address_of(config["kind"], config["id"]))
    start = _DATA.search(page)
    if not start:
        raise errors.Blocked() if 'class="g-recaptcha"' in page else errors.NoVideos()
    try:
        data, _end = json.JSONDecoder().raw_decode(page, start.end())
    except ValueError as error:
        raise errors.NotUnderstood(title=config["url"]) from error
    found = dict(_videos(data))
    key, version = _KEY.search(page), _VERSION.search(page)
    token = _continuation(data)
    for _page in range(MOST_PAGES):
        if not (token and key and len(found) < MOST_VIDEOS):
            break
        data = _browse(session, key[1], version[1] if version else "2.20240101.00.00", token)
        more = dict(_videos(data))
        if not more.keys() - found.keys():
            break
        found |= more
        token = _continuation(data)
    if not found:
        raise errors.NoVideos()
    return list(found.items())[:MOST_VIDEOS]


def _get(session, url):
    try:
        answer = session.get(url, cookies={"CONSENT": "YES+1", "SOCS": "CAI"})
    except requests.RequestException as error:
        raise errors.NotReached() from error
    if answer.status_code == 429:
        raise errors.Blocked()
    if answer.status_code == 404:
        raise errors.NoVideos()
    if not answer.ok:
        raise errors.NotReached()
    return answer.text


def _browse(session, key, version, token):
    body = {"context": {"client": {"clientName": "WEB", "clientVersion": version}}, "continuation": token}
    try:
        answer = session.post(f"{PUBLIC}/youtubei/v1/browse?key={key}", json=body)
        if answer.ok:
            return answer.json()
    except (requests.RequestException, ValueError) as error:
        raise errors.NotReached() from error
    raise errors.Blocked() if answer.status_code == 429 else errors.NotReached()  # half a list is none


def _title(session, video):
    """The video's title by YouTube's oEmbed service; its address where that does not say."""
    watch = check.address_of("video", video)
    try:
        answer = session.get(f"{PUBLIC}/oembed", params={"url": watch, "format": "json"})
        return str(answer.json()["title"]) if answer.ok else watch
    except requests.ConnectionError as error:
        raise errors.NotReached() from error
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return watch


def _videos(node):
    """Every video anywhere in the answer, in its order, with its title."""
    for found in _walk(node):
        video = found.get("videoId") or (
            found.get("contentId") if "LOCKUP" in str(found.get("contentType")) else None
        )
        if isinstance(video, str) and check.VIDEO.fullmatch(video):
            title = _words(found.get("title")) or _lockup_title(found)
            if title:
                yield video, title


def _lockup_title(found):
    about = found.get("metadata", {}) if isinstance(found.get("metadata"), dict) else {}
    about = about.get("lockupMetadataViewModel", {})
    return str(about.get("title", {}).get("content") or "") if isinstance(about, dict) else ""


def _words(title):
    if not isinstance(title, dict):
        return ""
    runs = title.get("runs") or []
    return str(
        title.get("simpleText") or "".join(str(run.get("text", "")) for run in runs if isinstance(run, dict))
    )


def _continuation(node):
    for found in _walk(node):
        command = found.get("continuationCommand")
        if isinstance(command, dict) and command.get("token"):
            return command["token"]
    return None


def _walk(node):
    """Every object within, outer ones first, without recursion: the answer is as deep as a stranger likes."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))
