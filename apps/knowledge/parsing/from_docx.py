"""Word files, read straight from their XML: headings, lists, tables, links, notes. Runs in the child.

A reader that builds Word's object model needs minutes and gigabytes for what fits into two megabytes
(measured); this one holds one paragraph or table at a time.
"""

import re

from lxml import etree

from apps.knowledge.parsing.ooxml import broken_means
from apps.knowledge.parsing.tables import as_table
from apps.knowledge.parsing.trouble import Unreadable
from apps.knowledge.parsing.zips import open_checked

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
DEEPEST = 200
_SKIPPED = {W + "del", W + "moveFrom", W + "instrText", W + "pPr", W + "rPr", W + "sectPr", MC + "Fallback"}


def read_docx(handle, *, name):
    """Markdown of the main text, its notes at the end."""
    archive = open_checked(handle, name=name)
    with broken_means(name):
        document = _Document(archive)
        blocks = document.blocks()
        blocks += document.notes()
        title = document.title()
    markdown = "\n\n".join(block for block in blocks if block.strip())
    # Items of one list belong together; a blank line between them would tear it apart.
    markdown = re.sub(r"(?m)^( *(?:-|\d+\.) .*)\n\n(?= *(?:-|\d+\.) )", r"\1\n", markdown)
    if not markdown.strip():
        has_picture = any(n.startswith("word/media/") for n in archive.namelist())
        raise Unreadable("file_scanned" if has_picture else "file_without_text", name=name)
    return {"title": title, "markdown": markdown}


class _Document:
    def __init__(self, archive):
        self._archive = archive
        self._names = set(archive.namelist())
        self._main = self._main_part()
        folder, file = self._main.rsplit("/", 1)
        self._links = self._read_links(f"{folder}/_rels/{file}.rels")
        self._headings = self._read_styles()
        self._ordered = self._read_numbering()
        self._title = ""

    def blocks(self):
        """The paragraphs and tables of the body, in order."""
        found = []
        with self._archive.open(self._main) as stream:
            for element in _children_of_body(_normalised(stream)):
                found.extend(self._block(element, 0))
        return found

    def notes(self):
        """Footnotes and endnotes, one paragraph each."""
        found = []
        for part in ("word/footnotes.xml", "word/endnotes.xml"):
            if part not in self._names:
                continue
            for note in self._parse(part):
                if note.get(W + "type") in (None, "normal"):
                    text = " ".join(self._text(p).strip() for p in note.iter(W + "p"))
                    found.append(text.strip())
        return found

    def title(self):
        """The title in the text itself, else the file's property."""
        if self._title or "docProps/core.xml" not in self._names:
            return self._title
        title = self._parse("docProps/core.xml").findtext("{http://purl.org/dc/elements/1.1/}title") or ""
        return re.sub(r"\s+", " ", title).strip()

    def _main_part(self):
        if "word/document.xml" in self._names:
            return "word/document.xml"
        return next(n for n in sorted(self._names) if re.fullmatch(r"word/document\d*\.xml", n))

    def _parse(self, part):
        with self._archive.open(part) as stream:
            root = etree.fromstring(stream.read().replace(STRICT[1:-1].encode(), W[1:-1].encode()), _parser())
        return root

    def _read_links(self, part):
        if part not in self._names:
            return {}
        return {
            link.get("Id"): link.get("Target", "")
            for link in self._parse(part)
            if link.get("Type", "").endswith("/hyperlink")
        }

    def _read_styles(self):
        """Style id to heading level; 0 is the document's title."""
        levels, parents = {}, {}
        if "word/styles.xml" not in self._names:
            return levels
        for style in self._parse("word/styles.xml").iter(W + "style"):
            key = style.get(W + "styleId")
            label = style.find(W + "name")
            name = (label.get(W + "val") if label is not None else "") or ""
            heading = re.fullmatch(r"heading (\d)", name.lower())
            outline = style.find(f"{W}pPr/{W}outlineLvl")
            based = style.find(W + "basedOn")
            parents[key] = based.get(W + "val") if based is not None else None
            if heading:
                levels[key] = int(heading[1])
            elif name.lower() == "title":
                levels[key] = 0
            elif (
                outline is not None
                and outline.get(W + "val", "9").isdigit()
                and int(outline.get(W + "val")) < 9
            ):
                levels[key] = int(outline.get(W + "val")) + 1
        for key in parents:
            above, steps = parents.get(key), 0
            while key not in levels and above and steps < 10:
                if above in levels:
                    levels[key] = levels[above]
                above, steps = parents.get(above), steps + 1
        return levels

    def _read_numbering(self):
        """(list id, level) of the lists that count."""
        if "word/numbering.xml" not in self._names:
            return set()
        root = self._parse("word/numbering.xml")
        kinds = {
            a.get(W + "abstractNumId"): {
                level.get(W + "ilvl"): level.find(W + "numFmt").get(W + "val")
                for level in a.iter(W + "lvl")
                if level.find(W + "numFmt") is not None
            }
            for a in root.iter(W + "abstractNum")
        }
        counted = set()
        for number in root.iter(W + "num"):
            reference = number.find(W + "abstractNumId")
            levels = kinds.get(reference.get(W + "val"), {}) if reference is not None else {}
            counted |= {
                (number.get(W + "numId"), n) for n, f in levels.items() if f not in ("bullet", "none")
            }
        return counted

    def _block(self, element, depth):
        if depth > DEEPEST:
            return
        if element.tag == W + "p":
            yield self._paragraph(element)
            for box in element.iter(W + "txbxContent"):
                if not any(above.tag == MC + "Fallback" for above in box.iterancestors()):
                    for inner in box:
                        yield from self._block(inner, depth + 1)
        elif element.tag == W + "tbl":
            yield self._table(element, depth)
        elif element.tag in (W + "sdt", W + "sdtContent", W + "customXml", W + "ins", W + "moveTo"):
            for inner in element:
                yield from self._block(inner, depth + 1)

    def _paragraph(self, element):
        text = re.sub(r"[ \t\xa0]+", " ", self._text(element)).strip()
        about = element.find(W + "pPr")
        if not text:
            return ""
        style = about.find(W + "pStyle") if about is not None else None
        level = self._headings.get(style.get(W + "val")) if style is not None else None
        outline = about.find(W + "outlineLvl") if about is not None else None
        if level is None and outline is not None and outline.get(W + "val", "9") in "012345":
            level = int(outline.get(W + "val")) + 1
        if level is not None and len(text) <= 300:
            text = re.sub(r"\s+", " ", text.replace("**", ""))
            if level == 0 and not self._title:
                self._title = text
            return f"{'#' * min(6, max(1, level))} {text}"
        listed = about.find(W + "numPr") if about is not None else None
        if (
            listed is not None
            and (number := listed.find(W + "numId")) is not None
            and number.get(W + "val") != "0"
        ):
            depth = listed.find(W + "ilvl")
            depth = depth.get(W + "val", "0") if depth is not None else "0"
            mark = "1." if (number.get(W + "val"), depth) in self._ordered else "-"
            indent = "  " * min(8, int(depth) if depth.isdigit() else 0)
            return f"{indent}{mark} " + re.sub(r"\s*\n\s*", " ", text)
        return text

    def _text(self, element, depth=0):
        """The words of a paragraph, with its links; what was deleted under track changes stays deleted."""
        parts = []
        for child in element if depth <= DEEPEST else ():
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str) or tag == W + "txbxContent":
                continue
            if tag in (W + "t", M + "t"):
                parts.append(child.text or "")
            elif tag in (W + "tab", W + "ptab"):
                parts.append(" ")
            elif tag in (W + "br", W + "cr"):
                parts.append("\n")
            elif tag == W + "noBreakHyphen":
                parts.append("-")
            elif tag == W14 + "checkbox":
                checked = child.find(W14 + "checked")
                parts.append(
                    "[x] " if checked is not None and checked.get(W14 + "val") in ("1", "true") else "[ ] "
                )
            elif tag == W + "sdtContent" and _is_checkbox(element):
                continue
            elif tag == W + "hyperlink":
                parts.append(self._link(child, depth))
            else:
                parts.append(self._text(child, depth + 1))
        return "".join(parts)

    def _link(self, element, depth):
        text = self._text(element, depth + 1)
        target = self._links.get(element.get(R + "id"), "")
        if text.strip() and re.match(r"(https?|mailto):", target) and target != text.strip():
            return f"[{text.strip()}]({target.replace(')', '%29')})"
        return text

    def _table(self, element, depth):
        rows, columns = [], 0
        for row in element.iterchildren(W + "tr", W + "sdt"):
            row = row.find(f".//{W}tr") if row.tag == W + "sdt" else row
            if row is None:
                continue
            cells = [""] * _number(row, f"{W}trPr/{W}gridBefore", 0)
            own = [c for c in row.iter(W + "tc") if next(c.iterancestors(W + "tr")) is row]
            columns = max(columns, len(own))
            for cell in own:
                words = " ".join(self._text(p) for p in cell.iter(W + "p"))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                goes_on = merge is not None and merge.get(W + "val") != "restart"
                if goes_on and rows and len(cells) < len(rows[-1]):
                    words = rows[-1][len(cells)]
                cells += [words, *[""] * (_number(cell, f"{W}tcPr/{W}gridSpan", 1) - 1)]
            rows.append(cells)
        if columns == 1:  # a frame around text, not a table
            inner = [c for c in element.iter(W + "tc") if next(c.iterancestors(W + "tbl")) is element]
            return "\n\n".join(
                b for cell in inner for part in cell for b in self._block(part, depth + 1) if b
            )
        return as_table(rows)


def _number(element, path, default):
    """A small number that Word keeps in an element of its own."""
    found = element.find(path)
    value = found.get(W + "val", "") if found is not None else ""
    return min(60, int(value)) if value.isdigit() else default


def _is_checkbox(sdt):
    about = sdt.find(W + "sdtPr")
    return about is not None and about.find(W14 + "checkbox") is not None


def _children_of_body(stream):
    """Each block of the body, forgotten as soon as the next is asked for."""
    depth, body = 0, None
    for event, element in etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    ):
        if event == "start":
            depth += 1
            body = element if element.tag == W + "body" else body
            continue
        depth -= 1
        if body is not None and element.getparent() is body:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del body[0]


class _normalised:
    """A stream in which the strict dialect's namespace reads like the usual one."""

    def __init__(self, stream):
        self._stream = stream
        self._head = stream.read(65536).replace(STRICT[1:-1].encode(), W[1:-1].encode())

    def read(self, size=-1):
        if self._head:
            size = len(self._head) if size is None or size < 0 else size
            part, self._head = self._head[:size], self._head[size:]
            return part
        return self._stream.read(65536 if size is None or size < 0 else size)


def _parser():
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
