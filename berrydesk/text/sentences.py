"""Sentences of a passage, as stretches of its text, and the windows that are moved over them."""

import re

_END = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\sa-z])|(?<=[。！？])|\n{2,}|\n(?=\s*(?:[-*•|#]|\d+[.)]))|(?<=\n)(?=\S)"
)
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|Dr|Mr|Mrs|Ms|St|No|Nr|z\.B|d\.h|ca|bzw|approx|Inc|Ltd|Co)\.$"
)
LONGEST = 600
"""Characters after which a text without full stops is cut at a space."""


def spans(text):
    """Start and end of each sentence in ``text``, in order; blank stretches are left out."""
    found, start = [], 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[start : match.start()]):
            continue
        found.extend(_pieces(text, start, match.start()))
        start = match.end()
    found.extend(_pieces(text, start, len(text)))
    return found


def windows(sentence_spans, size=2):
    """Index pairs (first, last inclusive) of ``size`` neighbouring sentences, moving by one."""
    count = len(sentence_spans)
    if count <= size:
        return [(0, count - 1)] if count else []
    return [(i, i + size - 1) for i in range(count - size + 1)]


def _pieces(text, start, end):
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield start, cut
        start = cut + (text[cut : cut + 1] == " ")
    if end > start:
        yield start, end
