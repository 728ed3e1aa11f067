"""YouTube, video by video: the captions with their times, so that a citation opens at the second."""

import time
from datetime import timedelta

import requests
import youtube_transcript_api as api
from django.utils import timezone

from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.connectors.youtube import check, errors, listing
from apps.knowledge.connectors.youtube import session as way
from apps.knowledge.parsing import from_captions

DELAY_S = 1.5
"""Between two videos: an address that asks faster is soon refused."""

FRESH = timedelta(days=30)
"""Captions seldom change; asking for all of them each night gets an address refused."""


def walk(source, bench):
    """An outcome per video. Raises an ``OwnerError`` when YouTube as a whole cannot be read."""
    with way.opened() as session:
        videos = listing.videos(session, source.config)
        settled = set(source.visits.exclude(done_at=None).values_list("key", flat=True))
        fresh = _fresh(source)
        reader = api.YouTubeTranscriptApi(http_client=session)
        asked = False
        for video, title in videos:
            if video in settled:
                continue
            if video in fresh:
                yield Outcome(external_id=video, unchanged=True)
                continue
            if asked and way.is_public():
                bench.wait_until(time.monotonic() + DELAY_S)
            asked = True
            yield _outcome(reader, video, title)


def _fresh(source):
    """The ids of videos whose captions were read lately, whether or not they had changed then."""
    since = timezone.now() - FRESH
    rows = source.documents.learned().values_list("external_id", "version", "learned_at")
    return {
        name for name, version, learned_at in rows if (version or learned_at.isoformat()) > since.isoformat()
    }


def _outcome(reader, video, title):
    told = {"external_id": video, "title": title, "url": check.address_of("video", video)}
    try:
        text, language = _captions(reader, video)
    except (api.IpBlocked, api.RequestBlocked) as error:
        raise errors.Blocked() from error
    except (requests.ConnectionError, requests.Timeout) as error:
        raise errors.NotReached() from error
    except (
        api.CouldNotRetrieveTranscript,
        requests.RequestException,
        ValueError,
        SyntaxError,  # what the XML parser raises
        KeyError,
        TypeError,
    ) as error:
        return Outcome(**told, problem=_problem(error, title), failed=True)
    if not text:
        return Outcome(**told, problem=errors.NoCaptions(title=title), failed=True)
    read_at = timezone.now().isoformat()  # stands for what YouTube does not say: when the captions changed
    return Outcome(**told, text=f"# {title}\n\n{text}", language=language, version=read_at)


def _captions(reader, video):
    """The captions as Markdown and their language: those that people made before those that a machine made."""
    tracks = list(reader.list(video))
    if not tracks:
        return "", ""
    track = min(tracks, key=lambda one: one.is_generated)
    cues = [(one.start, " ".join(one.text.split())) for one in track.fetch()]
    return from_captions.as_markdown([cue for cue in cues if cue[1]]), track.language_code.split("-")[
        0
    ].lower()


def _problem(error, title):
    match error:
        case api.TranscriptsDisabled() | api.NoTranscriptFound():
            return errors.NoCaptions(title=title)
        case api.VideoUnavailable() | api.InvalidVideoId():
            return errors.VideoGone(title=title)
        case api.AgeRestricted():
            return errors.AgeRestricted(title=title)
        case api.PoTokenRequired():
            return errors.NeedsProof(title=title)
        case api.VideoUnplayable():
            return errors.NotPlayable(title=title, reason=error.reason or "")
    return errors.NotUnderstood(title=title)
