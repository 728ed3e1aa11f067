"""Quotes that read as an answer: the best passages' own sentences, marked with the source they stand in."""

import re
from dataclasses import dataclass

from apps.knowledge.retrieval.answerability import THRESHOLD, confidence

LONGEST = 700
"""Characters of all quotes together: what people read in a chat."""

MOST_QUOTES = 3

CLOSE_SHARE = 0.6
"""A further passage is quoted when it scores at least this share of the best one."""

_SYNTAX = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^\s{0,3}#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|`)"), ""),
    (re.compile(r"^\s*\|?[\s:|-]{6,}\|?\s*$", re.MULTILINE), ""),
    (
        re.compile(r"^\s*\|(.*)\|\s*$", re.MULTILINE),
        lambda m: " · ".join(c.strip() for c in m.group(1).split("|")),
    ),
)


@dataclass(frozen=True)
class Quoted:
    """``text`` with marks [1], [2]…; ``quotes``: (Found, the words quoted) in the order of the marks."""

    text: str
    quotes: list


def compose(query, found):
    """One to three quotes that answer ``query``; ``found`` best first and not empty."""
    quotes, used = [], 0
    for passage in found:
        words = readable(_with_answer(passage))
        if not words or any(words in known or known in words for _p, known in quotes):
            continue
        is_close = passage.score >= CLOSE_SHARE * found[0].score and confidence(passage) >= THRESHOLD / 2
        if quotes and (len(quotes) == MOST_QUOTES or not is_close or used + len(words) > LONGEST):
            continue
        quotes.append((passage, _shorten(words, LONGEST)))
        used += len(words)
    text = "\n\n".join(f"“{words}” [{n}]" for n, (_passage, words) in enumerate(quotes, 1))
    return Quoted(text, quotes)


def readable(markdown):
    """The words of a stretch of Markdown, without its syntax."""
    for pattern, plain in _SYNTAX:
        markdown = pattern.sub(plain, markdown)
    return "\n".join(line.strip() for line in markdown.splitlines() if line.strip())


def _with_answer(passage):
    """The best window; where it is only a question or a heading, what follows it."""
    quote = passage.quote.strip()
    bare = readable(quote)
    if len(bare) >= 60 and not bare.endswith(("?", ":")):
        return quote
    start = passage.text.find(quote)
    after = passage.text[start + len(quote) :].strip() if start >= 0 else ""
    following = re.split(r"(?<=[.!?。])\s+|\n{2,}", after)
    more, index = "", 0
    while index < len(following) and len(more) < 160:
        more += following[index] + " "
        index += 1
    whole = f"{quote}\n{more}".strip() if more.strip() else quote
    # A question of the owner's own, answered right after it, need not be repeated to who asked it.
    return more.strip() if bare.endswith("?") and more.strip() else whole


def _shorten(words, longest):
    if len(words) <= longest:
        return words
    cut = words[:longest]
    stop = max(cut.rfind(". "), cut.rfind("\n"), cut.rfind("。"))
    return cut[: stop + 1].strip() if stop > longest // 2 else cut.rsplit(" ", 1)[0] + "…"
