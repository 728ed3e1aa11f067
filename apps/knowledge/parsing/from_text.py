"""Plain text, Markdown and tables of comma-separated values. Runs in the child."""

import csv
import io
import re

from apps.knowledge.parsing.decoding import decode, refuse_binary
from apps.knowledge.parsing.trouble import Unreadable

_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9.\-]*(?:\s+[^<>]*?)?/?>")
_JSX_COMMENT = re.compile(r"\{/\*.*?\*/\}", re.S)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


def read_text(data, *, name, charset=""):
    """Text as it stands, paragraphs kept."""
    refuse_binary(data, name)
    text = _tidy(decode(data, declared=charset))
    return {"title": "", "markdown": text}


def read_markdown(data, *, name, charset=""):
    """Markdown without its front matter, its imports and its tags; code is left alone."""
    refuse_binary(data, name)
    text = _tidy(decode(data, declared=charset))
    title = ""
    front = _FRONT.match(text)
    if front:
        found = re.search(r"""(?m)^title:\s*(['"]?)(.+?)\1\s*$""", front[1])
        title = found[2].strip() if found else ""
        text = text[front.end() :]
    lines, fence = [], ""
    text = _JSX_COMMENT.sub("", text) if name.lower().endswith(".mdx") else text
    for line in re.sub(r"<!--.*?-->", "", text, flags=re.S).split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif name.lower().endswith(".mdx") and re.match(r"(import|export)\s", line):
            continue
        else:
            line = "".join(
                part if part.startswith("`") else _TAG.sub("", part) for part in re.split(r"(`[^`]*`)", line)
            ).rstrip()
        lines.append(line)
    markdown = "\n".join(lines).strip()
    heading = re.search(r"(?m)^#\s+(.+?)\s*#*$", markdown) or re.search(r"(?m)\A(.+)\n=+\s*$", markdown)
    return {"title": title or (heading[1].strip() if heading else ""), "markdown": markdown}


def read_csv(data, *, name, charset=""):
    """Every row as lines of "column: value", so that a row can be found and read by itself."""
    refuse_binary(data, name)
    text = decode(data, declared=charset).lstrip("\ufeff")
    try:
        rows = _rows(text)
    except csv.Error as error:
        raise Unreadable("file_broken", name=name) from error
    if not rows:
        return {"title": "", "markdown": ""}
    header = _header(rows)
    blocks = []
    for row in rows[1:] if header else rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if header:
            lines = [
                f"{header[n] if n < len(header) else n + 1}: {_one_line(c)}" for n, c in enumerate(cells) if c
            ]
        else:
            lines = [", ".join(_one_line(c) for c in cells if c)]
        blocks.append("\n".join(lines))
    if header and not blocks:
        blocks.append(", ".join(header))
    return {"title": "", "markdown": "\n\n".join(blocks)}


def _rows(text):
    csv.field_size_limit(10_000_000)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if row]


def _delimiter(text):
    """The separator that cuts the first lines into the same number of cells, the more cells the better."""
    best, best_score = ",", 0
    sample = text[:20_000]
    for delimiter in (",", ";", "\t", "|"):
        try:
            rows = [r for r in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if r][:20]
        except csv.Error:
            continue
        widths = [len(row) for row in rows[:-1] or rows]
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths) * min(usual, 8)
        if usual > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _header(rows):
    """The names of the columns, or None where the first row holds values like the others."""
    first = [cell.strip() for cell in rows[0]]
    if len(rows) < 2 or not all(first) or len(set(first)) < len(first):
        named = len(rows) > 1 and sum(bool(cell) for cell in first) >= max(2, len(first) // 2)
        if not named:
            return None
        first = [cell or str(number) for number, cell in enumerate(first, 1)]
    if len(first) < 2 or any(re.fullmatch(r"[\d.,%€$£\-+: /]+", cell) for cell in first):
        return None
    return first if max(map(len, first)) <= 80 else None


def _one_line(cell):
    return re.sub(r"\s+", " ", cell)


def _tidy(text):
    text = (
        text.lstrip("\ufeff")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\0", "")
        .replace("\f", "\n\n")
    )
    return re.sub(r"\n{4,}", "\n\n\n", text).strip()
