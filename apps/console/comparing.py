"""Two documents compared as they are read: differing words within headings, lists and rows, without Markdown's marks."""

from collections import defaultdict
from dataclasses import dataclass, field

from apps.console.templatetags.reading import parsed
from apps.knowledge import differences

TEXT, HEADING, ITEM, ROW, CODE = "text", "heading", "item", "row", "code"
_MARKS = {"\ue000": TEXT, "\ue001": HEADING, "\ue002": ITEM, "\ue003": ROW, "\ue004": CODE}
"""One character stands for what a line is, so that words are compared and lines are not lost; no text may hold it."""

_MARK_OF = {kind: mark for mark, kind in _MARKS.items()}
_WITHOUT_MARKS = dict.fromkeys(map(ord, _MARKS))


@dataclass
class Line:
    """One line as it is read; ``parts`` as ``differences`` has them."""

    kind: str = TEXT
    parts: list = field(default_factory=list)

    @property
    def differs(self):
        return any(part.kind != differences.SAME for part in self.parts)


def lines(before, after, budget=None):
    """The lines of two Markdown texts with their differing words and what stands around these; none where all reads alike."""
    was, now = parsed(before.translate(_WITHOUT_MARKS)), parsed(after.translate(_WITHOUT_MARKS))
    moved = _moved(was, now)
    found = _laid_out(differences.shown(_as_read(was, moved), _as_read(now, moved), budget))
    return found if any(line.differs for line in found) else []


def gone(text):
    """The lines of a Markdown text of which nothing stays."""
    read = _as_read(parsed(text.translate(_WITHOUT_MARKS)), frozenset())
    return _laid_out([differences.Part(differences.GONE, read)])


def _laid_out(parts):
    found, line = [], Line()
    for part in parts:
        if part.is_cut:
            line.parts.append(part)
            continue
        for n, words in enumerate(part.text.split("\n")):
            if n:
                found.append(line)
                line = Line()
            line.kind = next((_MARKS[c] for c in reversed(words) if c in _MARKS), line.kind)
            if bare := words.translate(_WITHOUT_MARKS):
                line.parts.append(differences.Part(part.kind, bare))
    return [line for line in [*found, line] if line.parts]


def _as_read(tokens, moved):
    """The text of parsed Markdown, a line for each block; of links in ``moved`` the address too."""
    told, kind, cells = [], TEXT, None
    for token in tokens:
        if token.type == "heading_open":
            kind = HEADING
        elif token.type == "list_item_open":
            kind = ITEM
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            told.append(_MARK_OF[ROW] + " · ".join(cells))
            cells = None
        elif token.type in ("fence", "code_block"):
            told += [_MARK_OF[CODE] + line for line in token.content.splitlines()]
        elif token.type == "inline" and cells is not None:
            cells.append(" ".join(_words(token, moved).split()))
        elif token.type == "inline":
            for line in _words(token, moved).split("\n"):
                told.append(_MARK_OF[kind] + line)
                kind = TEXT
    return "\n".join([*told, ""])


def _words(inline, moved):
    words = ""
    for text, address in _pieces(inline):
        words += f"{text} ({address})" if address and text in moved else text
    return words


def _pieces(inline):
    """(words, address of the link they are, or None) of a line, in order."""
    address, linked = None, ""
    for token in inline.children or ():
        words = "\n" if token.type in ("softbreak", "hardbreak") else token.content
        if token.type == "link_open":
            address, linked = token.attrGet("href"), ""
        elif token.type == "link_close":
            yield linked, address
            address = None
        elif address is not None:
            linked += words
        elif words:
            yield words, None


def _moved(was, now):
    """The words of links that lead elsewhere than before."""
    before, after = _addresses(was), _addresses(now)
    return frozenset(words for words in before.keys() & after.keys() if before[words] != after[words])


def _addresses(tokens):
    found = defaultdict(set)
    for token in tokens:
        if token.type == "inline":
            for words, address in _pieces(token):
                if address:
                    found[words].add(address)
    return found
