"""Cuts a document into passages along its structure. Nothing is left out."""

import re
from dataclasses import dataclass

from berrydesk.text import records

WORDS = 320
"""A passage's usual length: a whole answer with its surroundings, small enough to rank."""

LONGEST_WORDS = 480
"""A block longer than this is cut even without a seam."""

WHOLE_WORDS = 1200
"""A document no longer than this stays one passage: its parts explain each other."""

_TABLE = re.compile(r"\A\|.*\|\n\|[ :|-]*-[ :|-]*\|(?=\n)")
"""A Markdown table's first two lines: the names of its columns and the line below them."""

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")


@dataclass(frozen=True)
class Piece:
    """``heading``: the path of headings above, joined by " › "."""

    heading: str
    text: str


def cut(markdown):
    """Pieces of a Markdown text in order. A short document is one piece, unless it is records: each is one of its own."""
    markdown = markdown.strip()
    if not markdown:
        return []
    if rows := records.split(markdown):
        return [Piece(records.name_of(row), part) for row in rows for part in _short_enough(row)]
    if len(markdown.split()) <= WHOLE_WORDS:
        return [Piece("", markdown)]
    pieces, path, block = [], [], []
    for paragraph in _paragraphs(markdown):
        heading = _HEADING.match(paragraph)
        if heading:
            _close(pieces, path, block)
            level = len(heading.group(1))
            path = [*[(n, t) for n, t in path if n < level], (level, heading.group(2))]
        elif _length(block) + len(paragraph.split()) > WORDS and block:
            _close(pieces, path, block)
            block.append(paragraph)
        else:
            block.append(paragraph)
    _close(pieces, path, block)
    return _merge_small(pieces)


def _paragraphs(markdown):
    """Blank-line separated blocks; a heading is always its own; an over-long block is cut at lines or words."""
    for raw in re.split(r"\n\s*\n", markdown):
        rest = []
        for line in raw.splitlines():
            if _HEADING.match(line):
                if rest:
                    yield from _short_enough("\n".join(rest))
                    rest = []
                yield line.strip()
            else:
                rest.append(line)
        if "".join(rest).strip():
            yield from _short_enough("\n".join(rest).strip("\n"))


def _short_enough(block):
    if len(block.split()) <= LONGEST_WORDS:
        yield block
        return
    if head := _TABLE.match(block):
        yield from _table_parts(head[0], block[head.end() + 1 :].splitlines())
        return
    lines = block.splitlines() if block.count("\n") > 3 else re.split(r"(?<=[.!?。])\s+", block)
    joint = "\n" if block.count("\n") > 3 else " "
    part = []
    for line in lines:
        words = line.split()
        while len(words) > LONGEST_WORDS:
            yield " ".join(words[:LONGEST_WORDS])
            words = words[LONGEST_WORDS:]
        line = line if len(words) == len(line.split()) else " ".join(words)
        if part and _length(part) + len(words) > WORDS:
            yield joint.join(part)
            part = []
        part.append(line)
    if part:
        yield joint.join(part)


def _table_parts(head, rows):
    """A long table in parts that each begin with the names of the columns, unless those fill the part."""
    words = len(head.split())
    if words > WORDS // 4:
        head, words, rows = "", 0, [*head.splitlines(), *rows]
    head = f"{head}\n" if head else ""
    part, length = [], words
    for row in rows:
        for line in _row_parts(row):
            size = len(line.split())
            if part and length + size > WORDS:
                yield head + "\n".join(part)
                part, length = [], words
            part.append(line)
            length += size
    if part:
        yield head + "\n".join(part)


def _row_parts(row):
    words = row.split()
    if len(words) <= LONGEST_WORDS:
        yield row
        return
    for start in range(0, len(words), LONGEST_WORDS):
        yield " ".join(words[start : start + LONGEST_WORDS])


def _close(pieces, path, block):
    if block:
        pieces.append(Piece(" › ".join(title for _level, title in path), "\n\n".join(block)))
        block.clear()


def _length(block):
    return sum(len(part.split()) for part in block)


def _merge_small(pieces):
    """Neighbours under one heading that are both tiny read better together."""
    merged = []
    for piece in pieces:
        before = merged[-1] if merged else None
        if before and before.heading == piece.heading and _length([before.text, piece.text]) <= WORDS // 2:
            merged[-1] = Piece(before.heading, f"{before.text}\n\n{piece.text}")
        else:
            merged.append(piece)
    return merged
