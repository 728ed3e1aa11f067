"""Notion's rich text as Markdown, whichever of its versions wrote it; nothing here trusts a field to be there."""

import re


def markdown(items):
    """The words with their links and code; line breaks inside are kept."""
    return "".join(_marked(item) for item in _dicts(items)).strip()


def plain(items):
    """The words alone, on one line."""
    return " ".join("".join(_words(item) for item in _dicts(items)).split())


def title_of(thing):
    """The title of a page, a row, a database or a data source; may be empty."""
    if not isinstance(thing, dict):
        return ""
    properties = thing.get("properties")
    for value in properties.values() if isinstance(properties, dict) else ():
        if isinstance(value, dict) and isinstance(value.get("title"), list):
            return plain(value["title"])
    title = thing.get("title")
    return plain(title) if isinstance(title, list) else str(title or thing.get("name") or "").strip()


def web_address(value):
    """The address if it is one of the web, else an empty text."""
    value = str(value or "").strip()
    return value if re.match(r"(?i)https?://[^\s/]\S*$", value) and len(value) <= 2000 else ""


def _dicts(items):
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _words(item):
    text = item.get("plain_text")
    if text is None:
        text = (item.get("text") or {}).get("content") if isinstance(item.get("text"), dict) else None
    if text is None and isinstance(item.get("equation"), dict):
        text = item["equation"].get("expression")
    return str(text or "").replace("\x00", "")


def _marked(item):
    words = _words(item)
    core = words.strip()
    if not core:
        return words
    marks = item.get("annotations") if isinstance(item.get("annotations"), dict) else {}
    marked = core
    if item.get("type") == "equation":
        marked = f"${core}$"
    elif marks.get("code") and "`" not in core:
        marked = f"`{core}`"
    to = web_address(item.get("href"))
    if to and to != core and "\n" not in core:
        marked = f"[{marked.replace('[', '(').replace(']', ')')}]({to.replace(')', '%29')})"
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{before}{marked}{after}"
