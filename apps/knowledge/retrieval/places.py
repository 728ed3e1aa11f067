"""Where in its document a quote stands: on a page, on a slide, at a minute."""

import re

from apps.knowledge.parsing import from_captions

_WATCH = re.compile(r"https://www\.youtube\.com/watch\?v=[\w-]{11}")

_NUMBERED = re.compile(r"(?m)^(?:#{1,6} )?(Page|Slide) (\d+)\b(?=:|$)")
"""As the readers of PDF and PowerPoint files name their headings."""


def place_of(found):
    """("page", 3), ("slide", 3) or ("time", "12:05") of a found passage's quote; None for other documents."""
    start = max(0, found.text.find(found.quote))
    middle = found.text[: start + max(1, len(found.quote) // 2)]
    headings = _NUMBERED.findall(middle) or _NUMBERED.findall(found.heading.replace(" › ", "\n"))
    if headings:
        kind, number = headings[-1]
        return kind.lower(), int(number)
    said = list(from_captions.MARKER.finditer(middle))
    return ("time", said[-1][0].strip("[]")) if said else None


def link_of(found):
    """The document's address; of a video the one that begins where the quote is said."""
    place = place_of(found) if _WATCH.fullmatch(found.url or "") else None
    if place is None or place[0] != "time":
        return found.url
    return f"{found.url}&t={from_captions.start_of(f'[{place[1]}] ')}s"
