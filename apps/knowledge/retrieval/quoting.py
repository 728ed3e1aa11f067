"""Quotes that read as an answer: the best passages' own sentences, marked with the source they stand in."""

import functools
import re
from dataclasses import dataclass

from apps.knowledge.retrieval import elsewhere, facts, matter, tabular
from apps.knowledge.retrieval.answerability import THRESHOLD, confidence
from berrydesk.text import placeholders, records, sentences
from berrydesk.text.tokens import tokens

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
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+)(?<=\S)_(?![\w_])"), r"\1"),
)

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s.*$", re.MULTILINE)

ENOUGH = 60
"""A quote shorter than this, or one that only asks or announces, is followed by what comes next in its section."""

FOLLOWING = 160
"""Characters of what follows that are added at least, where there are as many."""


@dataclass(frozen=True)
class Quoted:
    """``text`` with marks [1], [2]…; ``quotes``: (Found, the words quoted) in the order of the marks."""

    text: str
    quotes: list


def compose(query, found):
    """One to three quotes that answer ``query``; ``found`` best first. None where all are placeholders, or about another country."""
    quotes, used = [], 0
    found = [passage for passage in found if not elsewhere.is_elsewhere(passage)]
    holding = [passage for passage in found if passage.features.get(facts.FEATURE)]
    asked = functools.cache(lambda language: (set(tokens(query, language)), matter.of(query, language)))
    for passage in holding or found:
        if len(quotes) == MOST_QUOTES:
            break
        if quotes and not _is_close(query, passage, found[0]):
            continue
        own, about = asked(passage.language)
        words = readable(_excerpt(passage, own, about))
        if not words or any(words in known or known in words for _p, known in quotes):
            continue
        if quotes and not _is_about(passage, words, about) and _is_about(quotes[0][0], quotes[0][1], about):
            continue
        if quotes and used + len(words) > LONGEST:
            continue
        quotes.append((passage, _shorten(words, LONGEST)))
        used += len(words)
    text = "\n\n".join(f"“{words}” [{n}]" for n, (_passage, words) in enumerate(quotes, 1))
    return Quoted(text, quotes)


def _is_close(query, passage, best):
    return passage.score >= CLOSE_SHARE * best.score and confidence(query, passage) >= THRESHOLD / 2


def readable(markdown):
    """The words of a stretch of Markdown, without its syntax."""
    for pattern, plain in _SYNTAX:
        markdown = pattern.sub(plain, markdown)
    return "\n".join(line.strip() for line in markdown.splitlines() if line.strip())


def _is_about(passage, words, about):
    return about.is_in(f"{passage.title}\n{passage.heading}\n{words}")


def _excerpt(passage, asked, about):
    """The stretch of the passage that is quoted: the best window, within one section of the text; a record whole.

    ``asked``: the question's words as the index knows them; ``about``: what it is about.
    """
    if records.fields(passage.text):
        return _record(passage)
    start = passage.text.find(passage.quote)
    if start < 0:  # forgotten or changed while we were looking
        return passage.quote
    a, b = _section(passage, start, start + len(passage.quote), asked)
    if tabular.is_table(passage.text[a:b]):
        return tabular.rows(passage, a, b, asked)
    opening = _opening(passage)
    a, b = tabular.with_list(passage.text, max(a, opening), max(b, opening))
    quote = _meant(tabular.said(passage, a, b, asked)).strip()
    is_fact = bool(passage.features.get(facts.FEATURE))
    answer = quote if is_fact else matter.kept(about, quote)
    bare = readable(answer)
    if len(bare) >= ENOUGH and not bare.endswith(("?", ":")):
        return answer
    if not quote.endswith(answer):  # what followed it turned to something else
        return answer
    quote, b = answer, tabular.past_table(passage.text, b)
    more = _meant(tabular.said(passage, b, _end_of_section(passage.text, b), asked))
    more = _following(more, _until(about, bare) if is_fact or about.is_in(bare) else None)
    # A question of the owner's own, answered right after it, need not be repeated to who asked it.
    return more if bare.endswith("?") and more else f"{quote}{_joint(passage.text, b)}{more}".strip()


def _record(passage):
    """The whole record; of a long one the line that names it, and the window."""
    text, quote = passage.text, passage.quote
    if len(text) <= LONGEST:
        return text
    return quote if text.startswith(quote) else "\n".join((text.partition("\n")[0], quote))


def _opening(passage):
    """Where a text ends that only repeats its title above the rest: the question of a written answer, say."""
    title = passage.title.strip()
    return len(title) if title and passage.text.startswith(f"{title}\n") else 0


def _meant(text):
    """``text`` without the sentences that are placeholders: nobody is told what was to be written."""
    kept, at = "", 0
    for start, end in sentences.spans(text):
        if placeholders.is_placeholder(text[start:end]):
            kept, at = kept + text[at:start], end
    return kept + text[at:]


def _section(passage, start, end, asked):
    """The part of ``start`` to ``end`` between two headings that shares most with the question; never a heading.

    A window of nothing but headings is followed by what stands below the last of them.
    """
    text, parts, at = passage.text, [], start
    for heading in _HEADING.finditer(text, text.rfind("\n", 0, start) + 1, end):
        parts.append((at, max(at, heading.start())))
        at = min(heading.end(), end)
    parts.append((at, end))
    parts = [(a, b) for a, b in parts if text[a:b].strip()]
    if not parts:
        return at, at
    return max(parts, key=lambda part: len(asked & set(tokens(text[slice(*part)], passage.language))))


def _end_of_section(text, at):
    following = _HEADING.search(text, at)
    return following.start() if following else len(text)


def _until(about, answer):
    """Whether a sentence after a short ``answer`` has nothing to do with it."""
    return lambda sentence: not answer.endswith(("?", ":")) and matter.turns(about, sentence, answer)


def _following(text, is_over=None):
    """Whole sentences or lines from the beginning of ``text``, ``FOLLOWING`` characters or what there is.

    They end before the first one for which ``is_over`` is true.
    """
    more, sentences = "", re.split(r"((?<=[.!?。！？])\s+|\n+)", text.strip("\n "))
    for sentence, gap in zip(sentences[::2], [*sentences[1::2], ""], strict=False):
        if len(more) >= FOLLOWING or (is_over and is_over(sentence)):
            break
        more += sentence + gap
    return more.strip()


def _joint(text, at):
    return "\n" if text[at : at + 2].strip(" ").startswith("\n") else " "


def _shorten(words, longest):
    if len(words) <= longest:
        return words
    cut = words[:longest]
    stop = max(cut.rfind(". "), cut.rfind("\n"), cut.rfind("。"))
    return cut[: stop + 1].strip() if stop > longest // 2 else cut.rsplit(" ", 1)[0] + "…"
