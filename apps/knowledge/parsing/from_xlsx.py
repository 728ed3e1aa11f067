"""Excel files, row by row from their XML: each sheet a heading, each table a table. Runs in the child.

Reads what the sheet shows: numbers in their formats, formulas as their last results; what is hidden stays so.
"""

import re

from apps.knowledge.parsing import cell_formats
from apps.knowledge.parsing.ooxml import Package, broken_means, child, reference, tag
from apps.knowledge.parsing.tables import as_table
from apps.knowledge.parsing.trouble import LONGEST_CHARACTERS, Unreadable, too_long
from apps.knowledge.parsing.zips import open_checked

MERGED_ROWS = 1000
"""Cells merged over more rows than this keep their words in the first one only."""

_NUMBER = re.compile(r"[-+(]?[^\w\s]{0,3}\s?\d[\d.,:/\- ]*\s?[%€$£¥)]?")


def read_xlsx(handle, *, name):
    """Markdown of the sheets that can be seen, in their order."""
    archive = open_checked(handle, name=name)
    with broken_means(name):
        return _Workbook(Package(archive), name).read()


class _Workbook:
    def __init__(self, package, name):
        self._package = package
        self._name = name
        self._left = LONGEST_CHARACTERS
        self._uncounted = 0
        self._has_hidden_cells = False

    def read(self):
        package = self._package
        main = next((t for kind, t in package.related("").values() if kind == "officeDocument"), None)
        book = package.tree(main)
        if book is None:
            raise Unreadable("file_broken", name=self._name)
        about = child(book, "workbookPr")
        self._since_1904 = about is not None and about.get("date1904") in ("1", "true")
        links = package.related(main)
        parts = dict(links.values())
        self._strings = self._read_strings(parts.get("sharedStrings"))
        self._formats = self._read_formats(parts.get("styles"))
        blocks, hidden = [], []
        for sheet in child(book, "sheets") if child(book, "sheets") is not None else ():
            kind, part = links.get(reference(sheet), ("", ""))
            title = re.sub(r"\s+", " ", sheet.get("name") or "").strip()
            if kind != "worksheet" or part not in package:
                continue
            if sheet.get("state", "visible") != "visible":
                hidden.append(title)
                continue
            inside = self._sheet(part)
            if inside:
                blocks += [f"## {title}", *inside]
        if not blocks:
            raise Unreadable("all_hidden" if hidden else "file_without_text", name=self._name)
        return {
            "title": package.title(),
            "markdown": "\n\n".join(blocks),
            "notes": self._notes(hidden),
        }

    def _notes(self, hidden):
        found = []
        if hidden:
            shown = ", ".join(hidden[:5]) + (" …" if len(hidden) > 5 else "")
            found.append(["hidden_sheets", {"name": self._name, "sheets": shown}])
        if self._has_hidden_cells:
            found.append(["hidden_cells", {"name": self._name}])
        if self._uncounted:
            found.append(["formulas_without_results", {"name": self._name, "cells": self._uncounted}])
        return found

    def _read_strings(self, part):
        """The texts that cells refer to by number."""
        found = []
        if part is None or part not in self._package:
            return found
        size = 0
        for element in self._package.elements(part, "si"):
            found.append(_rich(element))
            size += len(found[-1])
            if size > LONGEST_CHARACTERS:
                raise too_long(self._name)
        return found

    def _read_formats(self, part):
        """The format code of each cell style."""
        root = self._package.tree(part)
        if root is None:
            return []
        own = {f.get("numFmtId"): f.get("formatCode") or "" for f in root.iter("{*}numFmt")}
        styles = child(root, "cellXfs")
        numbers = [style.get("numFmtId") or "0" for style in styles] if styles is not None else []
        return [
            own.get(n) or cell_formats.BUILTIN.get(int(n) if n.isdigit() else 0, "General") for n in numbers
        ]

    def _sheet(self, part):
        rows, hidden, merges, links, last = {}, set(), [], [], 0
        for element in self._package.elements(part, "row", "col", "mergeCell", "hyperlink"):
            kind = tag(element)
            if kind == "row":
                number = element.get("r") or ""
                last = int(number) if number.isdigit() else last + 1
                if element.get("hidden") in ("1", "true"):
                    self._has_hidden_cells = self._has_hidden_cells or len(element) > 0
                    continue
                cells = self._row(element)
                if cells:
                    rows[last] = cells
            elif kind == "col" and element.get("hidden") in ("1", "true"):
                low, high = int(element.get("min")), min(int(element.get("max")), 16_384)
                hidden.update(range(low, high + 1))
            elif kind == "mergeCell":
                merges.append(_range(element.get("ref") or ""))
            elif kind == "hyperlink":
                links.append((_range(element.get("ref") or ""), reference(element)))
        self._link(rows, links, part)
        self._spread(rows, merges)
        if hidden:
            self._leave_out(rows, hidden)
        return list(_blocks(rows))

    def _row(self, element):
        """Column number to words, of the cells that hold any."""
        cells, column = {}, 0
        for cell in element:
            place = _place(cell.get("r") or "")
            column = place[0] if place else column + 1
            words = self._cell(cell).strip()
            if words:
                cells[column] = words
                self._spend(words)
        return cells

    def _spend(self, words):
        self._left -= len(words) + 3
        if self._left < 0:
            raise too_long(self._name)

    def _cell(self, cell):
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            inline = child(cell, "is")
            return _rich(inline) if inline is not None else ""
        value = child(cell, "v")
        words = (value.text or "") if value is not None else ""
        if not words:
            self._uncounted += value is None and child(cell, "f") is not None
            return ""
        if kind == "s":
            number = int(words)
            return self._strings[number] if 0 <= number < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if words in ("1", "true") else "FALSE"
        if kind == "d":
            return words.removesuffix("T00:00:00").replace("T", " ")
        if kind != "n":
            return words
        style = cell.get("s") or "0"
        style = int(style) if style.isdigit() else 0
        code = self._formats[style] if style < len(self._formats) else "General"
        return cell_formats.shown(words, code, since_1904=self._since_1904)

    def _link(self, rows, links, part):
        if not links:
            return
        targets = self._package.related(part)
        for (column, row, _right, _bottom), key in links:
            target = targets.get(key, ("", ""))[1]
            words = rows.get(row, {}).get(column)
            if words and re.match(r"(https?|mailto):\S+$", target) and target != words:
                rows[row][column] = f"[{words}]({target.replace(')', '%29')})"

    def _spread(self, rows, merges):
        """Words of cells merged downward stand in each of their rows."""
        for column, row, _right, bottom in merges:
            words = rows.get(row, {}).get(column)
            if not words or bottom - row > MERGED_ROWS:
                continue
            for below in range(row + 1, bottom + 1):
                if below in rows:
                    rows[below].setdefault(column, words)
                    self._spend(words)

    def _leave_out(self, rows, hidden):
        for cells in rows.values():
            for column in hidden & cells.keys():
                del cells[column]
                self._has_hidden_cells = True


def _blocks(rows):
    """The sheet's titles and tables, as blank rows part them."""
    for block in _tables(rows):
        while len(block) > 1 and len(block[0]) == 1 and any(len(row) > 1 for row in block):
            yield next(iter(block.pop(0).values()))
        columns = sorted(set().union(*block))
        text = as_table([[row.get(column, "") for column in columns] for row in block])
        if text:
            yield text


def _tables(rows):
    """Rows that belong together. Values after a blank row go on with the table above, if its columns are theirs."""
    table, columns, before = [], set(), None
    for number in sorted(rows):
        cells = rows[number]
        if not cells:
            continue
        is_apart = before is not None and number > before + 1
        goes_on = len(table) > 1 and len(cells) > 1 and _holds_values(cells) and cells.keys() <= columns
        if is_apart and not goes_on:
            yield table
            table, columns = [], set()
        table.append(cells)
        columns |= cells.keys()
        before = number
    if table:
        yield table


def _holds_values(cells):
    return any(_NUMBER.fullmatch(words) for words in cells.values())


def _rich(element):
    """The words of a text in several fonts, without what only says how to pronounce it."""
    parts = [
        t.text or "" for t in element.iter("{*}t") if not any(tag(a) == "rPh" for a in t.iterancestors())
    ]
    return "".join(parts).replace("_x000D_", "")


def _place(words):
    """(column, row), counted from 1, of a reference such as B7; None for what is none."""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", words)
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return column, int(found[2])


def _range(words):
    """(left, top, right, bottom) of a reference such as A1:B7; zeros for what is none."""
    first, _, last = words.partition(":")
    start = _place(first) or (0, 0)
    return *start, *(_place(last) or start)
