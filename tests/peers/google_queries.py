"""The two small languages of Drive's reference: the search query ``q`` and the partial answer ``fields``."""

import re

_WORD = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\(|\)|=|!=|[A-Za-z]+)")


def matcher(query):
    """A function of a file: true where ``query`` finds it. Raises ValueError for what Drive would refuse."""
    words, at = [], 0
    while query[at:].strip():
        found = _WORD.match(query, at)
        if not found:
            raise ValueError(f"Invalid Value at {at}: {query[at:]!r}")
        words.append(found[1])
        at = found.end()
    test, rest = _any(words)
    if rest:
        raise ValueError(f"Invalid Value: {rest}")
    return test


def _any(words):
    left, words = _all(words)
    while words and words[0] == "or":
        right, words = _all(words[1:])
        left = (lambda a, b: lambda file: a(file) or b(file))(left, right)
    return left, words


def _all(words):
    left, words = _one(words)
    while words and words[0] == "and":
        right, words = _one(words[1:])
        left = (lambda a, b: lambda file: a(file) and b(file))(left, right)
    return left, words


def _one(words):
    if not words:
        raise ValueError("The query ends too early.")
    if words[0] == "(":
        test, words = _any(words[1:])
        if not words or words[0] != ")":
            raise ValueError("A bracket is missing.")
        return test, words[1:]
    if words[0] == "not":
        test, words = _one(words[1:])
        return (lambda file: not test(file)), words
    if len(words) < 3:
        raise ValueError("The query ends too early.")
    left, operator, right = words[:3]
    if left.startswith("'") and operator == "in" and right == "parents":
        wanted = _text(left)
        return (lambda file: wanted in file.get("parents", ())), words[3:]
    if left == "name" and operator == "contains":
        part = _text(right).lower()
        return (lambda file: part in file["name"].lower()), words[3:]
    if operator not in ("=", "!="):
        raise ValueError(f"Invalid operator {operator}.")
    value = _text(right) if right.startswith("'") else {"true": True, "false": False}[right]
    if left not in ("mimeType", "trashed", "sharedWithMe", "name"):
        raise ValueError(f"Invalid field {left}.")
    is_same = operator == "="
    return (lambda file: (file.get(left, False) == value) is is_same), words[3:]


def _text(word):
    return re.sub(r"\\(.)", r"\1", word[1:-1])


def only(value, fields):
    """``value`` with nothing but the ``fields`` (``files(id,owners/me),nextPageToken``) in it; "*" is all."""
    tree, rest = _tree(fields)
    if rest:
        raise ValueError(f"Invalid field selection {fields}")
    return _pick(value, tree)


def _tree(text):
    tree = {}
    while True:
        found = re.match(r"\s*([A-Za-z0-9*]+)", text)
        if not found:
            raise ValueError(f"Invalid field selection {text}")
        name, text = found[1], text[found.end() :]
        below = None
        if text.startswith("/"):
            found = re.match(r"/([A-Za-z0-9*]+)", text)
            below, text = {found[1]: None}, text[found.end() :]
        elif text.startswith("("):
            below, text = _tree(text[1:])
            if not text.startswith(")"):
                raise ValueError("A bracket is missing.")
            text = text[1:]
        tree[name] = below
        if not text.startswith(","):
            return tree, text
        text = text[1:]


def _pick(value, tree):
    if tree is None or "*" in tree:
        return value
    if isinstance(value, list):
        return [_pick(item, tree) for item in value]
    return {name: _pick(value[name], below) for name, below in tree.items() if name in value}
