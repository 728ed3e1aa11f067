"""Is what the owner typed a video, a playlist or a channel of YouTube?"""

import re
from urllib.parse import parse_qs, quote, urlsplit

from django.utils.translation import gettext as _

from apps.knowledge.errors import InvalidConfig

VIDEO = re.compile(r"[\w-]{11}")
LIST = re.compile(r"[\w-]{10,64}")
CHANNEL = re.compile(r"UC[\w-]{22}")
HANDLE = re.compile(r"@[\w.\-·]{3,30}")
HOSTS = ("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be", "www.youtu.be")


def cleaned(config):
    """``{url, kind, id}`` (kind: video, playlist, channel or handle) and a name. Raises InvalidConfig."""
    typed = str(config.get("url") or "").strip()
    kind, name = _read(typed if "://" in typed else f"https://{typed}") if typed else ("", "")
    if not kind and HANDLE.fullmatch(typed):
        kind, name = "handle", typed
    if not kind:
        raise InvalidConfig({"url": _("Paste the address of a video, a playlist or a channel on YouTube.")})
    return {"url": address_of(kind, name), "kind": kind, "id": name}, f"YouTube {name}"


def address_of(kind, name):
    """Where people open it."""
    path = {
        "video": f"/watch?v={name}",
        "playlist": f"/playlist?list={name}",
        "channel": f"/channel/{name}/videos",
        "handle": f"/{quote(name)}/videos",
    }
    return f"https://www.youtube.com{path[kind]}"


def _read(url):
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    if (parts.hostname or "").lower() not in HOSTS:
        return "", ""
    asked, path = parse_qs(parts.query), [p for p in parts.path.split("/") if p]
    video = asked.get("v", [""])[0] or (path[0] if parts.hostname.endswith("youtu.be") and path else "")
    if len(path) > 1 and path[0] in ("shorts", "embed", "live", "v"):
        video = path[1]
    playlist = asked.get("list", [""])[0]
    if path[:1] == ["playlist"] and LIST.fullmatch(playlist):
        return "playlist", playlist
    if VIDEO.fullmatch(video):
        return "video", video
    if LIST.fullmatch(playlist):
        return "playlist", playlist
    if len(path) > 1 and path[0] == "channel" and CHANNEL.fullmatch(path[1]):
        return "channel", path[1]
    if path and HANDLE.fullmatch(path[0]):
        return "handle", path[0]
    return "", ""
