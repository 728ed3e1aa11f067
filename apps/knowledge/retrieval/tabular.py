"""Tables and lists of a page as people read them: "Sunday: closed", a short one whole, a point with what it belongs to."""

import re
from dataclasses import dataclass

from berrydesk.text.tokens import tokens

MOST_ROWS = 3
"""Rows of a long table in one quote."""

WHOLE = 400
"""Characters of a table or list that is quoted whole where no row of it is asked for more than the others."""

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^\s*\|?[\s:|-]{3,}\|?\s*$")
_POINT = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s")
_BARE = re.compile(r"[\d\s.,/–-]*")


@dataclass(frozen=True)
class _Table:
    """``lines`` are (start, end, the line) of the rows below the names of the columns."""

    start: int
    end: int
    names: list
    lines: list


def is_table(stretch):
    """Whether most of the stretch's lines are rows."""
    lines = [line for line in stretch.splitlines() if line.strip()]
    return bool(lines) and sum(bool(_ROW.match(line)) for line in lines) * 2 > len(lines)


def rows(passage, start, end, asked):
    """The rows that share most with the question, read out; the whole of a short table where none does."""
    there = [table for table in _tables(passage.text) if table.start < end and table.end > start]
    return _read_out(there, (start, end), asked, passage.language)


def said(passage, start, end, asked):
    """The passage's text from ``start`` to ``end``, its tables read out as ``rows`` are."""
    kept, at = "", start
    for table in _tables(passage.text):
        if table.start < end and table.end > start:
            kept += passage.text[at : max(at, table.start)]
            kept += _read_out([table], (start, end), asked, passage.language)
            at = min(table.end, end)
    return kept + passage.text[at:end]


def past_table(text, at):
    """Where what is not told yet goes on after a stretch that ends at ``at``: never within a table."""
    return next((table.end for table in _tables(text) if table.start < at < table.end), at)


def _read_out(tables, within, asked, language):
    lines = [(table.names, *line) for table in tables for line in table.lines]
    shared = [len(asked & set(tokens(line, language))) for _names, _a, _b, line in lines]
    best = [row for row, share in zip(lines, shared, strict=True) if share and share == max(shared)]
    told = [_told(names, line) for names, _a, _b, line in best]
    if best and len(best) < len(lines):
        return "\n".join(told[:MOST_ROWS])
    whole = [_told(names, line) for names, _a, _b, line in lines]
    if sum(map(len, whole)) <= WHOLE:
        return "\n".join(whole)
    inside = [_told(names, line) for names, a, b, line in lines if a < within[1] and b > within[0]]
    return "\n".join((told or inside or whole)[:MOST_ROWS])


def with_list(text, start, end):
    """The stretch grown over the short list that it cuts, and over the line that says what the points are."""
    points, first = _points(text, start, end), start
    if points:
        a, b = points[0][0], points[-1][1]
        short = b - a <= WHOLE
        first = min(start, a) if short else start
        end = max(end, b) if short else end
        if first >= a:  # a point says nothing, or the opposite, without "We do not deliver to:"
            lead = re.search(r"(?:^|\n)([^\n]*:)\s*$", text[:a])
            first = lead.start(1) if lead and short else first
    return first, end


def _points(text, start, end):
    """(start, end) of each point of the lists that the stretch touches."""
    found, run, touched = [], [], False
    for a, b, line in _lines(text):
        if _POINT.match(line):
            run.append((a, b))
            touched = touched or (a < end and b > start)
        elif line.strip():
            found, run, touched = (found + run if touched else found), [], False
    return found + run if touched else found


def _tables(text):
    """The tables of the text, in order."""
    found, run = [], []
    for a, b, line in [*_lines(text), (len(text), len(text), "")]:
        if _ROW.match(line):
            run.append((a, b, line))
        elif run:
            found.append(_table(run))
            run = []
    return found


def _table(run):
    rule = next((n for n, (_a, _b, line) in enumerate(run) if _RULE.match(line)), None)
    names = _cells(run[rule - 1][2]) if rule else []
    return _Table(run[0][0], run[-1][1], names, run if rule is None else run[rule + 1 :])


def _told(names, line):
    """One row: the names of columns where they are needed to understand the cells."""
    cells = _cells(line)
    if len(names) != len(cells):
        return " · ".join(cell for cell in cells if cell)
    first, *others = [(name, cell) for name, cell in zip(names, cells, strict=True) if cell] or [("", "")]
    if len(cells) == 2 and others and not _BARE.fullmatch(others[0][1]):
        return f"{first[1]}: {others[0][1]}"
    told = ", ".join(f"{name}: {cell}" if name else cell for name, cell in others)
    return f"{first[1]}: {told}" if told and not names[0] else f"{first[1]} · {told}" if told else first[1]


def _cells(line):
    return [cell.strip() for cell in _ROW.match(line).group(1).split("|")]


def _lines(text):
    return [(found.start(), found.end(), found.group()) for found in re.finditer(r"[^\n]+", text)]
