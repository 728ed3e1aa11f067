"""The blocks of a page as Markdown, with what hangs below the page: sub-pages, databases, files.

Children are fetched block by block, in their order. What Notion adds tomorrow is passed over, its words kept.
"""

import re
from dataclasses import dataclass, field

from apps.knowledge.connectors.notion import rich_text
from apps.knowledge.parsing.tables import as_table

DEEPEST = 40
MOST_BLOCKS = 20_000
SILENT = {"divider", "breadcrumb", "table_of_contents", "unsupported"}
LISTS = {"bulleted_list_item": "- ", "numbered_list_item": "1. ", "to_do": "- [ ] "}
LINKS = {"bookmark", "embed", "link_preview", "video", "audio"}
FILES = {"file", "pdf"}
BELOW = {"child_page", "child_database", "link_to_page"}
"""Pages of their own: never read as part of this one."""


@dataclass
class Found:
    """What a page holds. ``files``: (block id, name, last edited). ``is_cut``: it goes on beyond the limits.

    ``has_copies``: it shows blocks of other pages, whose changes it does not tell.
    """

    text: str = ""
    pages: list = field(default_factory=list)
    databases: list = field(default_factory=list)
    files: list = field(default_factory=list)
    is_cut: bool = False
    has_copies: bool = False


def read(page_id, children):
    """The page's blocks; ``children(block_id)`` lists the blocks below one, or None where they are not shared."""
    writer = _Writer(children)
    found = writer.found
    found.text = re.sub(r"\n{3,}", "\n\n", "\n\n".join(writer.below(page_id, 0))).strip()
    return found


class _Writer:
    def __init__(self, children):
        self.children = children
        self.found = Found()
        self._met = set()

    def below(self, block_id, depth):
        """The blocks below one, as paragraphs. A block is written once: synced copies may go in circles."""
        if depth > DEEPEST:
            self.found.is_cut = True
            return []
        parts, number, before = [], 0, None
        for block in self.children(block_id) or ():
            kind = str(block.get("type") or "")
            if block.get("id") in self._met or block.get("in_trash") or block.get("archived"):
                continue
            if len(self._met) >= MOST_BLOCKS:
                self.found.is_cut = True
                break
            self._met.add(block.get("id"))
            number = number + 1 if kind == "numbered_list_item" else 0
            written = self._written(block, kind, number, depth)
            if written and kind in LISTS and kind == before:
                parts[-1] += "\n" + "\n\n".join(written)  # one list
            elif written:
                parts += written if kind not in LISTS else ["\n\n".join(written)]
            before = kind if written else before
        return parts

    def _written(self, block, kind, number, depth):
        """The block with all below it, as paragraphs."""
        body = block.get(kind) if isinstance(block.get(kind), dict) else {}
        if kind in BELOW:
            self._note_below(block, kind, body)
            return []
        if kind == "table":
            return self._table(block)
        if kind == "synced_block" and isinstance(body.get("synced_from"), dict):
            return self._copy(block, body["synced_from"], depth)
        if kind in FILES:
            self._note_file(block, body)
        own = _own_words(kind, body)
        under = self.below(block.get("id"), depth + 1) if block.get("has_children") else []
        if kind in LISTS:
            return _list_item(kind, body, own, under, number)
        if kind in ("quote", "callout"):
            quoted = "\n\n".join([own, *under] if own else under)
            return [re.sub(r"(?m)^", "> ", quoted)] if quoted else []
        if kind == "toggle" and own:
            own = f"**{own}**"
        return [own, *under] if own else under

    def _note_below(self, block, kind, body):
        if kind == "child_page":
            self.found.pages.append((block.get("id"), str(body.get("title") or "")))
        elif kind == "child_database":
            self.found.databases.append((block.get("id"), str(body.get("title") or "")))

    def _note_file(self, block, body):
        self.found.files.append((block.get("id"), file_name(body), str(block.get("last_edited_time") or "")))

    def _table(self, block):
        rows = []
        for row in self.children(block.get("id")) or ():
            self._met.add(row.get("id"))
            cells = (row.get("table_row") or {}).get("cells") or []
            rows.append([rich_text.markdown(cell).replace("\n", " ") for cell in cells])
        written = as_table(rows)
        return [written] if written else []

    def _copy(self, block, synced_from, depth):
        """What a synced block shows: its own children where Notion gives them, else those of the original."""
        self.found.has_copies = True
        original = synced_from.get("block_id")
        if original in self._met:
            return []
        under = self.below(block.get("id"), depth + 1) if block.get("has_children") else []
        return under or (self.below(original, depth + 1) if original else [])


def file_name(body):
    """What a file block calls its file."""
    given = str(body.get("name") or rich_text.plain(body.get("caption")) or "").strip()
    if given:
        return given[:200]
    path = file_link(body).split("?")[0].split("#")[0]
    return re.sub(r"[\x00-\x1f]", "", path.rsplit("/", 1)[-1])[:200] or "file"


def file_link(body):
    """Where the file lies just now: Notion's own links are signed, and end within the hour."""
    for kind in ("file", "external"):
        if isinstance(body.get(kind), dict):
            return rich_text.web_address(body[kind].get("url"))
    return ""


def _own_words(kind, body):
    """The block's own words as Markdown, without what is below it."""
    words = rich_text.markdown(body.get("rich_text") or body.get("text"))
    heading = re.fullmatch(r"heading_(\d)", kind)
    if heading:
        level = min(6, max(1, int(heading[1])))
        return f"{'#' * level} {' '.join(words.split())}" if words else ""
    if kind == "code":
        caption = rich_text.markdown(body.get("caption"))
        fence = "````" if "```" in words else "```"
        code = rich_text_as_it_is(body.get("rich_text") or body.get("text"))
        language = re.sub(r"[^\w+#-]", "", str(body.get("language") or "").replace("plain text", ""))
        return f"{fence}{language}\n{code}\n{fence}" + (f"\n\n{caption}" if caption else "") if code else ""
    if kind == "equation":
        return f"$${body['expression']}$$" if isinstance(body.get("expression"), str) else ""
    if kind in LINKS:
        return _link(body)
    if kind in SILENT:
        return ""
    if kind in FILES or kind == "image":
        return rich_text.markdown(body.get("caption"))
    return words or _any_words(body)


def rich_text_as_it_is(items):
    """Code, with every space and line of it."""
    return "".join(str(one.get("plain_text") or "") for one in items or () if isinstance(one, dict)).strip(
        "\n"
    )


def _any_words(body):
    """The words of a block that is not known here: every rich text and title in it."""
    parts = [rich_text.markdown(value) for value in body.values() if isinstance(value, list)]
    if isinstance(body.get("title"), str):
        parts.append(body["title"].strip())
    return "\n\n".join(part for part in parts if part)


def _link(body):
    caption = " ".join(rich_text.plain(body.get("caption")).split())
    to = rich_text.web_address(body.get("url") or (body.get("external") or {}).get("url"))
    if not to:
        return caption
    return f"[{caption or to}]({to.replace(')', '%29')})"


def _list_item(kind, body, own, under, number):
    mark = LISTS[kind]
    if kind == "numbered_list_item":
        mark = f"{number}. "
    elif kind == "to_do" and body.get("checked"):
        mark = "- [x] "
    if not own and not under:
        return []
    indent = " " * (3 if kind == "numbered_list_item" else 2)
    nested = "\n".join(re.sub(r"(?m)^(?=.)", indent, part) for part in under)
    return [f"{mark}{own}" + (f"\n{nested}" if nested else "")]
