"""HTML elements as Markdown: headings, lists, tables, links, code. Runs in the child."""

import re

from apps.knowledge.parsing import links
from apps.knowledge.parsing.tables import as_table

DEEPEST = 180
DROPPED = {
    *("script", "style", "template", "svg", "canvas", "iframe", "object", "embed", "video", "audio", "map"),
    *(
        "noscript",
        "select",
        "input",
        "button",
        "textarea",
        "datalist",
        "dialog",
        "head",
        "math",
        "picture",
        "img",
    ),
}
AROUND = {"nav", "aside", "footer"}
AROUND_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar"}
AROUND_NAMES = re.compile(
    r"(?i)(^|[\s_-])(cookie|consent|gdpr|breadcrumbs?|pagination|skip-?link|sr-only|visually-hidden|share-buttons?|"
    r"social-links?|newsletter|site-footer|site-header|navbar|hash-link|edit-this-page)([\s_-]|$)"
)
AROUND_WORDS = re.compile(
    r"(?i)^(edit (this )?page( on \w+)?|skip to (the )?(main )?content|back to top|print this page|share on \w+)$"
)
"""What a link about the page says, and never a link of the page."""
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = {
    *(
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "form",
        "fieldset",
        "figure",
    ),
    *("figcaption", "address", "details", "summary", "body", "html", "center", "legend", "hgroup", "search"),
}


def main_of(tree):
    """The element that the page itself marks as its content, or None."""
    found = [e for e in tree.iter("main") if not _is_hidden(e, set())] or tree.xpath("//*[@role='main']")
    if len(found) == 1:
        return found[0]
    articles = list(tree.iter("article"))
    return articles[0] if not found and len(articles) == 1 else None


def to_markdown(element, *, base="", whole=False):
    """The element's words as Markdown. Unless ``whole``, navigation, banners and footers are left out."""
    writer = _Writer(base, whole, _revealed(element))
    body = element.find("body") if element.tag == "html" else element
    writer.block(element if body is None else body, 0)
    text = writer.finish()
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _revealed(element):
    """Ids of what a button shows: an accordion's answer is hidden at first and yet part of the page."""
    root = element.getroottree().getroot()
    found = set()
    for control in root.xpath("//*[@aria-controls]"):
        found.update(control.get("aria-controls").split())
    for control in root.xpath("//*[@data-target or @data-bs-target or @data-toggle]"):
        for name in ("data-target", "data-bs-target", "href"):
            found.add((control.get(name) or "").lstrip("#"))
    return found - {""}


def _is_hidden(element, revealed):
    hidden = (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or re.search(r"(?i)(display\s*:\s*none|visibility\s*:\s*hidden)", element.get("style") or "")
    )
    return bool(hidden) and element.get("id") not in revealed and element.get("role") != "tabpanel"


class _Writer:
    def __init__(self, base, whole, revealed):
        self._base = base
        self._whole = whole
        self._revealed = revealed
        self._out = []
        self._line = []

    def finish(self):
        self._flush()
        return "\n\n".join(self._out)

    def block(self, element, depth):
        """Write the element's text and children, blocks as paragraphs of their own."""
        if depth > DEEPEST:
            self._line.append(re.sub(r"\s+", " ", "".join(element.itertext())))
            return
        self._line.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and not self._is_left_out(child):
                self._child(child, depth)
            self._line.append(child.tail or "")

    def _child(self, child, depth):
        tag = child.tag
        if tag in HEADINGS:
            self._flush()
            words = self._inline(child, depth)
            if words:
                self._out.append(f"{'#' * HEADINGS[tag]} {words}")
        elif tag in ("ul", "ol", "menu"):
            self._flush()
            self._out.append("\n".join(self._list(child, depth, 0)))
        elif tag == "table":
            self._flush()
            self._table(child, depth)
        elif tag == "pre":
            self._flush()
            code = "".join(child.itertext()).strip("\n")
            self._out.append(f"```\n{code}\n```" if code.strip() else "")
        elif tag == "blockquote":
            self._flush()
            inner = self._apart(child, depth)
            self._out.append("\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if inner else "")
        elif tag == "dl":
            self._flush()
            self._out.append(self._definitions(child, depth))
        elif tag == "br":
            self._line.append("\x01")
        elif tag == "hr":
            self._flush()
        elif tag in BLOCKS or _holds_blocks(child):
            self._flush()
            if tag == "summary":
                words = self._inline(child, depth)
                self._out.append(f"**{words}**" if words else "")
            else:
                self.block(child, depth + 1)
                self._flush()
        else:
            self._line.append(self._span(child, depth))

    def _span(self, child, depth):
        """An inline element: a link, emphasis, code, or only its words."""
        tag = child.tag
        words = self._inline(child, depth)
        if not words:
            return " "
        before = " " if (child.text or "")[:1].isspace() else ""
        if tag == "a" and AROUND_WORDS.match(words) and not self._whole:
            return " "
        if tag == "a":
            to = self._link(child.get("href") or "")
            return f"{before}[{words}]({to})" if to and to != words else f"{before}{words}"
        if tag == "code" and "`" not in words:
            return f"{before}`{words}`"
        after = " " if _last_text(child)[-1:].isspace() else ""
        if tag in ("b", "strong") and "**" not in words:
            return f"{before}**{words}**{after}"
        return f"{before}{words}{after}"

    def _inline(self, element, depth):
        """The words of an element on one line."""
        writer = _Writer(self._base, self._whole, self._revealed)
        writer.block(element, depth + 1)
        return re.sub(r"\s+", " ", writer.finish().replace("\x01", " ")).strip()

    def _apart(self, element, depth):
        writer = _Writer(self._base, self._whole, self._revealed)
        writer.block(element, depth + 1)
        return writer.finish()

    def _list(self, element, depth, level):
        lines, number = [], 0
        for item in element:
            if not isinstance(item.tag, str) or self._is_left_out(item):
                continue
            if item.tag in ("ul", "ol"):
                lines += self._list(item, depth + 1, level + 1) if depth < DEEPEST else []
                continue
            number += 1
            mark = f"{number}." if element.tag == "ol" else "-"
            inner = self._apart(item, depth + 1)
            first, *rest = [line for line in inner.split("\n") if line.strip()] or [""]
            if first:
                lines.append(f"{mark} {first}")
                lines += [f"  {line}" for line in rest]
        return lines if level == 0 else [f"  {line}" for line in lines]

    def _definitions(self, element, depth):
        lines = []
        for item in element.iter("dt", "dd"):
            words = self._inline(item, depth + 1)
            if words:
                lines.append(f"**{words}**" if item.tag == "dt" else words)
        return "\n".join(lines)

    def _table(self, element, depth):
        """A table of values stays one; a table that only lays out the page is read cell by cell."""
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        nested = any(inner is not element for inner in element.iter("table"))
        for caption in element.iterchildren("caption"):
            self._out.append(self._inline(caption, depth + 1))
        if nested or element.get("role") in ("presentation", "none"):
            for row in rows:
                for cell in row.iterchildren("td", "th"):
                    self._out.append(self._apart(cell, depth + 1))
            return
        grid, hanging = [], {}
        for row in rows:
            cells = []
            for cell in row.iterchildren("td", "th"):
                self._fill(cells, hanging)
                words = self._inline(cell, depth + 1)
                wide, high = _span_of(cell, "colspan"), _span_of(cell, "rowspan")
                if high > 1:
                    hanging[len(cells)] = [high - 1, words]
                cells += [words] + [""] * (wide - 1)
            self._fill(cells, hanging)
            grid.append(cells)
        self._out.append(as_table(grid))

    def _fill(self, cells, hanging):
        """Put in what hangs down from rows above."""
        while (waiting := hanging.get(len(cells))) and waiting[0] > 0:
            waiting[0] -= 1
            cells.append(waiting[1])

    def _link(self, href):
        to = links.join(self._base, href)
        return to.replace("(", "%28").replace(")", "%29").replace(" ", "%20") if to else ""

    def _is_left_out(self, element):
        if element.tag in DROPPED or _is_hidden(element, self._revealed):
            return True
        if self._whole:
            return False
        if element.tag in AROUND or (element.get("role") or "").lower() in AROUND_ROLES:
            return True
        if element.tag == "header" and element.getparent() is not None and element.getparent().tag == "body":
            return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        return (
            len(names) > 1
            and element.tag not in ("body", "main", "html")
            and bool(AROUND_NAMES.search(names))
        )

    def _flush(self):
        text = "".join(self._line)
        self._line = []
        lines = [re.sub(r"\s+", " ", line).strip() for line in text.split("\x01")]
        text = "\n".join(line for line in lines if line).replace("\u200b", "").replace("\xad", "")
        if text.strip():
            self._out.append(text)


def _holds_blocks(element):
    """True for an inline element around blocks, such as a link around a whole card."""
    return any(
        child.tag in BLOCKS or child.tag in HEADINGS or child.tag in ("ul", "ol", "table", "pre", "dl", "li")
        for child in element
    )


def _last_text(element):
    if len(element):
        return element[-1].tail or ""
    return element.text or ""


def _span_of(cell, name):
    value = cell.get(name) or "1"
    return min(50, max(1, int(value))) if value.isdigit() else 1
