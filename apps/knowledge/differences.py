"""Two texts side by side, in words: what stayed, what went, what came."""

import difflib
import re
from dataclasses import dataclass

SAME, GONE, NEW = "same", "gone", "new"

CONTEXT_CHARACTERS = 160
"""Of a long stretch that stayed, only so much is shown on either side."""

MOST_COMPARISONS = 1_000_000
"""Stretches with more pairs of words than this are shown whole, the old one and the new one."""

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCES = re.compile(r"[^.!?。！？]*(?:[.!?。！？]+\s*|$)")
_WORDS = re.compile(r"\s+|[\w’'.,€$£%-]+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """A stretch of text and what became of it: ``kind`` is SAME, GONE or NEW; ``is_cut`` where "…" stands for more."""

    kind: str
    text: str
    is_cut: bool = False


def between(before, after):
    """The parts that make ``before`` (SAME and GONE) and ``after`` (SAME and NEW), in order; nothing is left out."""
    return _joined(_compared(before, after, [_LINES, _SENTENCES, _WORDS]))


def shown(before, after):
    """``between`` for reading: what stayed is cut down to the words around each difference."""
    parts = between(before, after)
    found = []
    for place, part in enumerate(parts):
        room = CONTEXT_CHARACTERS * 2
        if part.kind != SAME or len(part.text) <= room:
            found.append(part)
            continue
        head = part.text[:CONTEXT_CHARACTERS].rsplit(" ", 1)[0] if place else ""
        tail = part.text[-CONTEXT_CHARACTERS:].split(" ", 1)[-1] if place < len(parts) - 1 else ""
        if head:
            found.append(Part(SAME, head))
        found.append(Part(SAME, "", is_cut=True))
        if tail:
            found.append(Part(SAME, tail))
    return found


def _compared(was, now, units):
    """(kind, text) pairs: what differs in large pieces is looked at again in smaller ones."""
    old, new = ([piece for piece in units[0].findall(text) if piece] for text in (was, now))
    if len(units) == 1 and len(old) * len(new) > MOST_COMPARISONS:
        return [(GONE, was), (NEW, now)]
    parts = []
    for word, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if word == "equal":
            parts.append((SAME, gone))
        elif gone and came and len(units) > 1:
            parts += _compared(gone, came, units[1:])
        else:
            parts += [(GONE, gone), (NEW, came)]
    return parts


def _joined(parts):
    """Neighbours of a kind become one, and between two differences a lone space is part of both."""
    parts = [part for part in parts if part[1]]
    found, gone, new = [], "", ""

    def flush():
        nonlocal gone, new
        found.extend(Part(kind, text) for kind, text in ((GONE, gone), (NEW, new)) if text)
        gone = new = ""

    for place, (kind, text) in enumerate(parts):
        is_inner = 0 < place < len(parts) - 1 and parts[place + 1][0] != SAME
        if kind == GONE:
            gone += text
        elif kind == NEW:
            new += text
        elif (gone or new) and is_inner and text.strip(" ") == "":
            gone, new = gone + text, new + text
        else:
            flush()
            if found and found[-1].kind == SAME:
                text = found.pop().text + text
            found.append(Part(SAME, text))
    flush()
    return found
