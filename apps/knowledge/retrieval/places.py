"""Where in its document a quote stands: on a page, on a slide, at a minute."""

import re

from apps.knowledge.parsing import from_captions

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
