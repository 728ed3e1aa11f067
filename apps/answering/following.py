"""Follow-up questions, read with what was said before them: "and for boots?", "what about Norway", "怎么退呢". No model.

The words are those of every day in the languages the built-in answerer knows; what leans on nothing is left alone.
"""

import re

from apps.answering import parting
from apps.conversations.phrases import LANGUAGES, phrase
from berrydesk.text import countries, synonyms
from berrydesk.text.languages import detect
from berrydesk.text.tokens import count_words, tokens

FEW_WORDS = 3
"""A question with no more telling words than this may lean on the one before it."""

LOOKED_BACK = 4
"""Visitor's messages before a follow-up among which the question it leans on is looked for."""

_OPENER = re.compile(
    r"^\W*(?:(?:and|but|ok(?:ay)?|so|or|also|then)\b[\s,]*)*(?:what|how) about\b|^\W*(?:and|or|also|but|same for)\b"
    r"|^\W*(?:und|oder|auch|aber)\b|^\W*(?:was ist|wie (?:ist|sieht|steht) es|wie sieht['s]* ) ?(?:aus )?(?:mit|bei|um)\b"
    r"|^\W*(?:y|o|pero|también)\b|^\W*(?:qué (?:hay de|pasa con|tal))\b"
    r"|^\W*(?:et|ou|mais|aussi|e|ou|mas|também)\b|^\W*(?:qu'en est-il|e quanto a)\b"
    r"|^\W*(?:那么|那|还有|如果是|换成)|^\W*(?:では|じゃあ|それで|あと)|^\W*(?:ماذا عن|و(?:ماذا عن|إذا|هل|كم|متى|أين|إلى|لل))",
    re.IGNORECASE,
)

_PRONOUN = re.compile(
    r"\b(?:it|its|that|this|those|these|they|them|there|one|ones|he|she)\b"
    r"|\b(?:es|das|dies|diese[rsn]?|dafür|damit|davon|darauf|dazu|dort|dahin|denen?)\b"
    r"|\b(?:eso|esto|ello|lo|los|allí|ahí|ése|ésta)\b|\b(?:ça|cela|celui-ci|celle-ci|isso|isto|ele|ela|lá)\b"
    r"|它|这个|那个|这些|那些|那里|这里|それ|これ|あれ|そこ|ذلك|هذا|هذه|تلك|هناك",
    re.IGNORECASE,
)


def leans(question):
    """Whether ``question`` can hardly be understood without the one before it."""
    if _OPENER.search(question):
        return True
    return _few_words(question) and bool(_PRONOUN.search(question))


def readings(question, before):
    """Other ways to read ``question``; ``before``: the visitor's earlier messages, oldest first.

    A question that leans is read with the last one that stands alone, and with all between them; a short one with
    the last one. Of "to Germany?", "and to Spain?" the second country stands in the place of the first.
    """
    earlier = [text for text in before[-LOOKED_BACK:] if text.strip() and text.strip() != question.strip()]
    if not earlier or not (leans(question) or _few_words(question)):
        return []
    alone = next((i for i in range(len(earlier) - 1, -1, -1) if not leans(earlier[i])), 0)
    if countries.named(question, detect(question)):
        earlier = [_without_countries(text) for text in earlier]
    chain = "\n".join([*earlier[alone:], question])
    return list(dict.fromkeys([f"{earlier[-1]}\n{question}", f"{earlier[alone]}\n{question}", chain]))


def was_answered(question, history):
    """Whether ``question`` was asked in ``history``, oldest first, and answered otherwise than that nobody knows."""
    said = [str(earlier.author) for earlier in history]
    asked = [
        n
        for n, earlier in enumerate(history)
        if said[n] == "visitor"
        and _bare(question) in map(_bare, [*earlier.text.splitlines(), *parting.questions(earlier.text)])
    ]
    return any(_is_answer(question, text) for n in asked for text in _said_to(history, n))


def _said_to(history, n):
    """What was said after the visitor's message ``n`` and those sent along with it, before they wrote again."""
    reply = next((i for i in range(n, len(history)) if str(history[i].author) != "visitor"), len(history))
    for earlier in history[reply:]:
        if str(earlier.author) == "visitor":
            return
        yield earlier.text


def _is_answer(question, text):
    unknown = [phrase("not_known", one) for one in LANGUAGES]
    named = [phrase("not_found", one, question=question) for one in LANGUAGES]
    return text not in unknown and not any(sentence.casefold() in text.casefold() for sentence in named)


def _bare(text):
    return " ".join(text.casefold().split()).rstrip("?？؟!. ")


def held(question, passage):
    """The share of the question's telling words that the passage holds, in these or other words; 1 where there are none."""
    asked = set(tokens(question, passage.language))
    there = set(tokens(f"{passage.title}\n{passage.heading}\n{passage.text}", passage.language))
    for other, meant in synonyms.alternatives(question, passage.language, []).items():
        if other in there:
            there |= meant
    return len(asked & there) / len(asked) if asked else 1.0


def _without_countries(text):
    kept, at = "", 0
    for start, end, _code in sorted(countries.places(text, detect(text))):
        kept, at = kept + text[at:start], max(at, end)
    return " ".join((kept + text[at:]).split())


def _few_words(question):
    return count_words(tokens(question, detect(question))) <= FEW_WORDS
