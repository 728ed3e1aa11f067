"""Two texts side by side, in words: what stayed, what went, what came."""

import difflib
import re
from collections import Counter
from dataclasses import dataclass

SAME, GONE, NEW = "same", "gone", "new"

CONTEXT_CHARACTERS = 160
"""Of a long stretch that stayed, only so much is shown on either side."""

COMPARISONS = 100_000_000
"""About a second's work. What goes beyond is shown whole, the old stretch and the new one."""

_LINES = re.compile(r"[^\n]+\n*|\n+")  # a blank line alone would be like every other blank line
_SENTENCES = re.compile(
    r"(?:[^.!?。！？]|[.!?](?=[\w]))*(?:[.!?。！？]+\s*|$)"
)  # the point of "€9.90" ends none
_WORDS = re.compile(r"\s+|[\w’'.,€$£%-]+|[^\w\s]")


class Budget:
    """How much comparing one page may cost, over all the texts it shows."""

    def __init__(self, comparisons=COMPARISONS):
        self._left = comparisons

    def allows(self, old, new):
        """Whether the two lists may be compared, which is then paid for.

        The dearest is what is alike by chance: each common word is tried with all its like, stretch by stretch.
        """
        counted, other = Counter(old), Counter(new)
        alike = sum(count * other[piece] for piece, count in counted.items())
        cost = alike * max(1, alike // max(1, min(len(old), len(new))))
        if cost > self._left:
            return False
        self._left -= cost
        return True


@dataclass(frozen=True)
class Part:
    """A stretch of text and what became of it: ``kind`` is SAME, GONE or NEW; ``is_cut`` where "…" stands for more."""

    kind: str
    text: str
    is_cut: bool = False


def between(before, after, budget=None):
    """The parts that make ``before`` (SAME and GONE) and ``after`` (SAME and NEW), in order; nothing is left out."""
    return _joined(_compared(before, after, [_LINES, _SENTENCES, _WORDS], budget or Budget()))


def shown(before, after, budget=None):
    """``between`` for reading: what stayed is cut down to the words around each difference."""
    parts = between(before, after, budget)
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


def _compared(was, now, units, budget):
    """(kind, text) pairs: what differs in large pieces is looked at again in smaller ones."""
    old, new = ([piece for piece in units[0].findall(text) if piece] for text in (was, now))
    begins, ends = _alike_at_both_ends(old, new)
    head, tail = "".join(old[:begins]), "".join(old[len(old) - ends :])
    old, new = old[begins : len(old) - ends], new[begins : len(new) - ends]
    parts = [(SAME, head)]
    if not budget.allows(old, new):
        return [*parts, (GONE, "".join(old)), (NEW, "".join(new)), (SAME, tail)]
    for word, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if word == "equal":
            parts.append((SAME, gone))
        elif gone and came and len(units) > 1:
            parts += _compared(gone, came, units[1:], budget)
        else:
            parts += [(GONE, gone), (NEW, came)]
    return [*parts, (SAME, tail)]


def _alike_at_both_ends(old, new):
    """How many pieces the two begin with in common, and end with."""
    most = min(len(old), len(new))
    begins = next((n for n in range(most) if old[n] != new[n]), most)
    most -= begins
    ends = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    return begins, ends


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
