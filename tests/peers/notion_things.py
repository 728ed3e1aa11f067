"""Blocks and properties as Notion's answers hold them, made from plain words."""

import uuid


def text(words, *, href=None, code=False, kind="text"):
    """A rich text of one piece, or what is a rich text already."""
    if isinstance(words, list):
        return words
    piece = {
        "type": kind,
        "annotations": {
            "bold": False,
            "italic": False,
            "strikethrough": False,
            "underline": False,
            "code": code,
            "color": "default",
        },
        "plain_text": words,
        "href": href,
    }
    if kind == "equation":
        piece["equation"] = {"expression": words}
    else:
        piece["text"] = {"content": words, "link": {"url": href} if href else None}
    return [piece]


def block(kind, words=None, *, children=(), **body):
    """A block with those below it; ``body`` is what stands under its kind besides its words."""
    if words is not None:
        body = {"rich_text": text(words), "color": "default", **body}
    return {"kind": kind, "body": body, "children": list(children), "id": str(uuid.uuid4())}


def table(*rows, header=True):
    """A table block from rows of words."""
    below = [block("table_row", cells=[text(cell) for cell in row]) for row in rows]
    return block(
        "table", children=below, table_width=len(rows[0]), has_column_header=header, has_row_header=False
    )


def columns(*each):
    """Blocks side by side; ``each`` is a list of blocks."""
    return block("column_list", children=[block("column", children=blocks) for blocks in each])


def file(name, data, *, kind="file", caption=""):
    """A file that lies at Notion itself, behind a signed link."""
    made = block(kind, type="file", name=name, caption=text(caption) if caption else [])
    return {**made, "data": data, "name": name}


def value(kind, given):
    """A property's value of a row, by the kind its column has."""
    if kind in ("rich_text", "title"):
        return text(given)
    if kind in ("select", "status"):
        return {"id": uuid.uuid4().hex[:4], "name": given, "color": "pink"}
    if kind == "multi_select":
        return [{"id": uuid.uuid4().hex[:4], "name": one, "color": "blue"} for one in given]
    if kind == "date":
        return {"start": given, "end": None, "time_zone": None}
    if kind == "relation":
        return [{"id": one} for one in given]
    return given
