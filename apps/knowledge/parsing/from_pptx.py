"""PowerPoint files: each slide a heading, with its lists, tables, charts and notes. Runs in the child."""

import re

from apps.knowledge.parsing import cell_formats
from apps.knowledge.parsing.ooxml import Package, broken_means, child, reference, tag
from apps.knowledge.parsing.tables import as_table
from apps.knowledge.parsing.trouble import LONGEST_CHARACTERS, Unreadable, too_long
from apps.knowledge.parsing.zips import open_checked

DEEPEST = 50
FRAME = {"sldNum", "dt", "ftr", "hdr", "sldImg"}
"""Placeholders that every slide repeats."""


def read_pptx(handle, *, name):
    """Markdown of the slides that are shown, in their order."""
    archive = open_checked(handle, name=name)
    with broken_means(name):
        return _Deck(Package(archive), name).read()


class _Deck:
    def __init__(self, package, name):
        self._package = package
        self._name = name

    def read(self):
        package = self._package
        main = next((t for kind, t in package.related("").values() if kind == "officeDocument"), None)
        show = package.tree(main)
        if show is None:
            raise Unreadable("file_broken", name=self._name)
        links = package.related(main)
        blocks, hidden, first, size, has_words = [], [], "", 0, False
        for number, entry in enumerate(show.iter("{*}sldId"), 1):
            part = links.get(reference(entry), ("", ""))[1]
            root = package.tree(part)
            if root is None:
                continue
            if root.get("show") in ("0", "false"):
                hidden.append(str(number))
                continue
            title, inside = _Slide(package, part, root).read()
            first = first or title
            if title or inside:
                blocks.append(f"## Slide {number}: {title}" if title else f"## Slide {number}")
                blocks += inside
                has_words = True
            size += sum(map(len, inside))
            if size > LONGEST_CHARACTERS:
                raise too_long(self._name)
        if not has_words:
            pictures = package.names(r"ppt/media/.*\.(png|jpe?g|emf|wmf|tiff?|gif|bmp)")
            raise Unreadable(
                "all_hidden" if hidden else "file_scanned" if pictures else "file_without_text",
                name=self._name,
            )
        notes = [["hidden_slides", {"name": self._name, "slides": ", ".join(hidden[:20])}]] if hidden else []
        return {"title": package.title() or first, "markdown": "\n\n".join(blocks), "notes": notes}


class _Slide:
    def __init__(self, package, part, root):
        self._package = package
        self._root = root
        self._links = package.related(part)
        self._title = ""

    def read(self):
        """(title, the other blocks)."""
        tree = child(self._root, "cSld", "spTree")
        blocks = list(self._shapes(tree, 0)) if tree is not None else []
        notes = self._notes()
        return self._title, [block for block in [*blocks, notes] if block]

    def _shapes(self, tree, depth):
        for shape in tree if depth < DEEPEST else ():
            kind = tag(shape)
            if kind == "sp":
                yield self._text_shape(shape)
            elif kind == "graphicFrame":
                yield from self._graphic(shape)
            elif kind in ("grpSp", "Choice"):
                yield from self._shapes(shape, depth + 1)
            elif kind == "AlternateContent":
                chosen = child(shape, "Choice")
                chosen = child(shape, "Fallback") if chosen is None else chosen
                if chosen is not None:
                    yield from self._shapes(chosen, depth + 1)

    def _text_shape(self, shape):
        place = child(shape, "nvSpPr", "nvPr", "ph")
        kind = place.get("type") or "body" if place is not None else ""
        body = child(shape, "txBody")
        if kind in FRAME or body is None:
            return ""
        if kind in ("title", "ctrTitle") and not self._title:
            words = " ".join(self._words(p) for p in body if tag(p) == "p")
            self._title = re.sub(r"\s+", " ", words).strip()
            return ""
        return self._paragraphs(body, is_list=kind in ("body", "obj"))

    def _paragraphs(self, body, *, is_list):
        """The paragraphs of a text, as a list where the slide shows one."""
        found = []
        for paragraph in body:
            words = self._words(paragraph).strip() if tag(paragraph) == "p" else ""
            if words:
                found.append((paragraph, words))
        lines = []
        for paragraph, words in found:
            about = child(paragraph, "pPr")
            marks = {tag(e) for e in about} if about is not None else set()
            is_item = "buNone" not in marks and (
                (is_list and len(found) > 1) or marks & {"buChar", "buAutoNum", "buBlip"}
            )
            if is_item:
                level = about.get("lvl", "0") if about is not None else "0"
                mark = "1." if "buAutoNum" in marks else "-"
                lines.append(
                    f"{'  ' * min(8, int(level) if level.isdigit() else 0)}{mark} {_one_line(words)}"
                )
            else:
                lines += ["", words, ""]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _words(self, paragraph):
        parts = []
        for run in paragraph.iter("{*}r", "{*}br", "{*}fld", "{*}t"):
            kind = tag(run)
            if kind == "br":
                parts.append("\n")
            elif kind == "t" and tag(run.getparent()) not in ("r", "fld"):
                parts.append(run.text or "")
            elif kind in ("r", "fld"):
                parts.append(self._run(run))
        return re.sub(r"[ \t\xa0\v]+", " ", "".join(parts))

    def _run(self, run):
        words = child(run, "t")
        words = (words.text or "") if words is not None else ""
        link = child(run, "rPr", "hlinkClick")
        target = self._links.get(reference(link), ("", ""))[1] if link is not None else ""
        if words.strip() and re.match(r"(https?|mailto):\S+$", target) and target != words.strip():
            return f"[{words.strip()}]({target.replace(')', '%29')})"
        return words

    def _graphic(self, frame):
        content = child(frame, "graphic", "graphicData")
        for element in content if content is not None else ():
            if tag(element) == "tbl":
                yield self._table(element)
            elif tag(element) == "chart":
                yield _chart(self._package.tree(self._links.get(reference(element), ("", None))[1]))
            elif tag(element) == "relIds":
                yield self._diagram(
                    self._package.tree(self._links.get(reference(element, "dm"), ("", None))[1])
                )

    def _table(self, element):
        rows = []
        for row in element.iter("{*}tr"):
            cells = []
            for cell in row:
                if tag(cell) != "tc":
                    continue
                body = child(cell, "txBody")
                words = " ".join(self._words(p) for p in body if tag(p) == "p") if body is not None else ""
                if cell.get("vMerge") in ("1", "true") and rows and len(cells) < len(rows[-1]):
                    words = rows[-1][len(cells)]
                cells.append(words.strip())
            rows.append(cells)
        return as_table(rows)

    def _diagram(self, root):
        """The boxes of a drawn diagram, one a line."""
        lines = []
        for point in root.iter("{*}pt") if root is not None else ():
            words = " ".join(self._words(p).strip() for p in point.iter("{*}p")).strip()
            if words and point.get("type") not in ("pres", "parTrans", "sibTrans"):
                lines.append(f"- {_one_line(words)}")
        return "\n".join(lines)

    def _notes(self):
        part = next((t for kind, t in self._links.values() if kind == "notesSlide"), None)
        root = self._package.tree(part)
        found = []
        for shape in root.iter("{*}sp") if root is not None else ():
            place = child(shape, "nvSpPr", "nvPr", "ph")
            body = child(shape, "txBody")
            if place is not None and place.get("type") == "body" and body is not None:
                found.append(self._paragraphs(body, is_list=False))
        words = "\n\n".join(text for text in found if text)
        return f"Notes: {words}" if words else ""


def _chart(root):
    """A chart's numbers as a table under its title."""
    if root is None:
        return ""
    heading = child(root, "chart", "title")
    title = _one_line("".join(t.text or "" for t in heading.iter("{*}t"))) if heading is not None else ""
    names, columns, labels = [], [], {}
    for series in root.iter("{*}ser"):
        name = child(series, "tx")
        names.append(_one_line(" ".join(v.text or "" for v in name.iter("{*}v"))) if name is not None else "")
        labels |= _points(child(series, "cat"), as_label=True) or _points(
            child(series, "xVal"), as_label=True
        )
        columns.append(_points(child(series, "val")) or _points(child(series, "yVal")))
    rows = [["", *names]]
    for index in sorted(set(labels).union(*columns)) if columns else ():
        rows.append([labels.get(index, ""), *[column.get(index, "") for column in columns]])
    table = as_table(rows) if len(rows) > 1 else ""
    return "\n\n".join(part for part in (title, table) if part)


def _points(element, *, as_label=False):
    """Index to the words of a chart's cached values."""
    found = {}
    for point in element.iter("{*}pt") if element is not None else ():
        index, value = point.get("idx") or "", child(point, "v")
        if not index.isdigit() or value is None or not value.text:
            continue
        above = point.getparent()
        code = child(above, "formatCode")
        is_number = tag(above) == "numCache"
        words = (
            cell_formats.shown(value.text, code.text if code is not None else "") if is_number else value.text
        )
        found[int(index)] = f"{found[int(index)]} {words}" if as_label and int(index) in found else words
    return found


def _one_line(words):
    return re.sub(r"\s+", " ", words).strip()
