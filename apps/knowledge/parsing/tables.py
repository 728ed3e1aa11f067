"""Rows of cells as a Markdown table. Runs in the child."""

import re


def as_table(rows):
    """A table with its first row as the header; what is no table (one column, one cell) as lines."""
    rows = [[_cell(cell) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    width = max((len(row) for row in rows), default=0)
    if not rows:
        return ""
    if width == 1 or len(rows) == 1:
        return "\n\n".join(" ".join(cell for cell in row if cell) for row in rows).replace("\\|", "|")
    rows = [row + [""] * (width - len(row)) for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def _cell(text):
    return re.sub(r"\s+", " ", str(text)).strip().replace("|", "\\|")
