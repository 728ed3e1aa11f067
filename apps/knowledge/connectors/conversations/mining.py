"""One question and the answer that ended it, from a conversation that ended well. Pure: no model, no database.

A conversation is ``{external_id, started_at, subject, tags, status, csat, names, messages: [{role, text}]}``, its
roles ``customer`` and ``agent`` (a human). Whatever is about one person only is cut, masked, or the pair dropped.
"""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import groupby

from apps.knowledge.connectors.conversations import phrases
from berrydesk.text import languages, personal, sentences
from berrydesk.text.tokens import tokens

LONGEST_QUESTION = 400
LONGEST_ANSWER = 4000
LONGEST_SIGN_OFF = 400
"""Characters at the end of a message among which its sign-off is looked for."""
FEWEST_WORDS = 3
LOWEST_RATING = 3
"""Of five: a conversation rated worse ended badly."""
ALIKE = 0.6
"""Shared index terms over all of both questions, from which two ask the same."""

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Pair:
    """``name`` is the same however many conversations ask it; ``count`` is how many did. ``rating`` is of five."""

    question: str
    answer: str
    language: str
    rating: float | None = None
    started_at: str = ""
    name: str = ""
    count: int = 1


def mine(conversations):
    """The pairs of all conversations, near-duplicates merged, the most asked first."""
    found = (pair_of(one) for one in sorted(conversations, key=lambda c: (c["started_at"], c["external_id"])))
    return merged([pair for pair in found if pair])


def pair_of(conversation):
    """The question and the answer that ended it; None where there is none, or it ended badly."""
    if not _ended_well(conversation):
        return None
    names = _names(conversation)
    turns = [
        (role, [_tidy(message["text"]) for message in run])
        for role, run in groupby(conversation["messages"], key=lambda message: message["role"])
    ]
    first = next((n for n, (role, texts) in enumerate(turns) if role == "customer" and _asked(texts)), None)
    if first is None:
        return None
    at, answer = _answer(turns, first)
    if not answer:
        return None
    question = _question(turns[:at], first, conversation.get("subject") or "")
    question = _without_names(personal.masked(question), names, "[name]")
    answer = _without_names(answer, names, "")
    is_personal = personal.holds(answer) or personal.holds(question)
    if is_personal or not question or _size(answer) < FEWEST_WORDS or len(answer) > LONGEST_ANSWER:
        return None
    language = languages.detect(f"{question} {answer}")
    return Pair(question, answer, language, conversation.get("csat"), conversation["started_at"])


def merged(pairs):
    """One pair for all that ask the same: the best rated, of those the latest, called by the first of them."""
    groups, by_term = [], defaultdict(list)
    for pair in pairs:
        terms = frozenset(tokens(pair.question, pair.language)) or frozenset([pair.question.casefold()])
        group = _likest(terms, groups, by_term)
        if group is None:
            group = len(groups)
            groups.append((terms, []))
            for term in terms:
                by_term[term].append(group)
        groups[group][1].append(pair)
    found = []
    for _terms, same in groups:
        best = max(same, key=lambda p: (LOWEST_RATING if p.rating is None else p.rating, p.started_at))
        plain = " ".join(same[0].question.casefold().split())
        name = f"asked-{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()[:24]}"
        found.append(replace(best, name=name, count=len(same)))
    unique = {pair.name: pair for pair in found}
    return sorted(unique.values(), key=lambda pair: -pair.count)


def _likest(terms, groups, by_term):
    shared = Counter(group for term in terms for group in by_term.get(term, ()))
    best = max(shared, key=lambda g: shared[g] / len(terms | groups[g][0]), default=None)
    if best is None or shared[best] / len(terms | groups[best][0]) < ALIKE:
        return None
    return best


def _ended_well(conversation):
    if conversation.get("csat") is not None and conversation["csat"] < LOWEST_RATING:
        return False
    if str(conversation.get("status") or "").strip().casefold() in phrases.OPEN:
        return False
    if {str(tag).casefold() for tag in conversation.get("tags") or ()} & phrases.BAD_ENDS:
        return False
    said = [message["text"] for message in conversation["messages"] if message["role"] == "customer"]
    return bool(said) and not any(phrases.UNHAPPY.search(text) for text in said[1:])


def _answer(turns, first):
    """(its turn, its words): what the human said last that was more than kindness; (0, "") for a mere promise."""
    for at in range(len(turns) - 1, first, -1):
        role, texts = turns[at]
        if role == "customer":
            if _asked_anew(texts):
                return 0, ""
            continue
        kept, is_later = _told(texts)
        if is_later:
            return 0, ""
        if _size(kept) >= FEWEST_WORDS:
            return at, kept
    return 0, ""


def _told(texts):
    """(what a human's turn tells any customer, whether it only promises)."""
    kept = []
    for text in texts:
        lines = []
        for paragraph in _unsigned(text).split("\n"):
            good = []
            for sentence in _sentences(_ungreeted(paragraph)[0]):
                if phrases.LATER.search(sentence):
                    return "", True
                if not (
                    phrases.WAITING.search(sentence)
                    or phrases.OF_ONE_CASE.search(sentence)
                    or _is_empty(sentence)
                    or sentence.endswith(("?", "？"))
                ):
                    good.append(sentence)
            lines.append(" ".join(good))
        words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        if words:
            kept.append(words)
    return _capital(phrases.FILLER.sub("", "\n".join(kept))), False


def _question(turns, first, subject):
    """The first real question; with a later one of its own form, where that came right before the answer."""
    question = _asked(turns[first][1])
    later = turns[-1] if len(turns) > first + 1 and turns[-1][0] == "customer" else None
    if later:
        words = _asked_anew(later[1])
        if words and not phrases.LEANS.search(words):
            question = words
        elif words and len(question) + len(words) < LONGEST_QUESTION:
            question = f"{question.rstrip(' .')}. {_capital(words)}"
    subject = _ungreeted(subject)[0].strip()
    if subject and _size(question) < FEWEST_WORDS + 1 and subject.casefold() not in question.casefold():
        question = f"{subject.rstrip(' .')}. {question}"
    return _capital(question)


def _asked(texts):
    """The sentences of a customer's turn from the first that asks or wants something to the last that does."""
    said = [
        sentence
        for text in texts
        for sentence in _sentences(_ungreeted(_unsigned(text).replace("\n", " "))[0])
        if not _is_empty(sentence)
    ]
    asking = [n for n, one in enumerate(said) if _size(one) >= FEWEST_WORDS and _is_asking(one)]
    if not asking:
        return ""
    words = " ".join(said[asking[0] : asking[-1] + 1])
    if len(words) > LONGEST_QUESTION:
        plain = [said[n] for n in asking if phrases.ASKS.search(said[n])] or [said[asking[0]]]
        words = (
            plain[0][:LONGEST_QUESTION].rsplit(" ", 1)[0] if len(plain[0]) > LONGEST_QUESTION else plain[0]
        )
    return words


def _asked_anew(texts):
    """A further question by its form, as opposed to what a customer adds; "" where there is none."""
    said = [s for text in texts for s in _sentences(_ungreeted(text)[0]) if not _is_empty(s)]
    asking = [
        one
        for one in said
        if _size(one) >= FEWEST_WORDS and phrases.ASKS.search(one) and not phrases.REPLIES.search(one)
    ]
    return " ".join(asking)[:LONGEST_QUESTION]


def _is_asking(sentence):
    return bool(phrases.ASKS.search(sentence) or phrases.WANTS.search(sentence))


def _is_empty(sentence):
    return bool(phrases.COURTESY.search(sentence)) or not re.search(r"\w", sentence)


def _sentences(text):
    """Sentences, also where a chat leaves out the capital after a full stop."""
    for start, end in sentences.spans(text):
        yield from filter(None, (one.strip() for one in re.split(r"(?<=[a-zß][.!?])\s+", text[start:end])))


def _ungreeted(text):
    """(the text without its greeting, the name that was greeted)."""
    text = text.strip()
    match = phrases.GREETING.match(text)
    if not match:
        return text, ""
    rest = text[match.end() :]
    name = phrases.NAME_AFTER.match(rest)
    if name:
        rest = rest[name.end() :]
    elif rest[:1].isspace() and phrases.GREETING.match(text).group().casefold() in (
        "dear",
        "liebe",
        "lieber",
    ):
        return text, ""
    return rest.lstrip(" ,.!:;–—-\n"), name.group(1).strip() if name else ""


def _unsigned(text):
    """The text without the sign-off and the name below it."""
    head, tail = text[:-LONGEST_SIGN_OFF], text[-LONGEST_SIGN_OFF:]
    match = phrases.SIGN_OFF.search(tail)
    if not match:
        return text
    kept = head + tail[: match.start()]
    return kept + tail[match.start()] if tail[match.start()] in ".!?" else kept


def _tidy(text):
    """The text without runs of blanks and empty lines, however long."""
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _names(conversation):
    """Words that are names of the people in the conversation."""
    found = [*(conversation.get("names") or ())]
    is_asked = False
    for message in conversation["messages"]:
        text = _tidy(message["text"])
        found += [name for told in phrases.NAME_TOLD.findall(text) for name in told]
        found.append(_ungreeted(text)[1])
        if message["role"] == "customer" and is_asked and re.fullmatch(r"[^\W\d_][\w.'’ -]{1,60}", text):
            found.append(text if len(text.split()) <= 3 else "")
        is_asked = bool(phrases.NAME_ASKED.search(text)) if message["role"] == "agent" else False
    words = {word for name in found for word in re.split(r"[\s,]+", name) if len(word) > 1}
    return {word.casefold() for word in words if word.casefold() not in _NOT_NAMES}


_NOT_NAMES = frozenset(
    [
        "there",
        "all",
        "team",
        "mr",
        "mrs",
        "ms",
        "herr",
        "frau",
        "the",
        "and",
        "sure",
        "yes",
        "no",
        "ok",
        "okay",
        "thanks",
        "thank",
        "support",
        "customer",
    ]
)


def _without_names(text, names, instead):
    if not names:
        return text
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = rf"(?i)(?:,\s*)?\b(?:{words})(?:\s+(?:{words}))*\b(?=['’]?)"
    if instead:
        return re.sub(pattern, lambda m: f"{', ' if m.group().startswith(',') else ''}{instead}", text)
    return re.sub(r"\s+([,.!?])", r"\1", re.sub(pattern, "", text)).strip(" ,")


def _capital(text):
    return text[:1].upper() + text[1:]


def _size(text):
    """Words; of scripts without spaces, pairs of characters."""
    return len(re.findall(r"\w[\w'’]*", _CJK.sub(" ", text))) + len(_CJK.findall(text)) // 2
