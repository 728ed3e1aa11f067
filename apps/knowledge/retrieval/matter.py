"""What a question is about, and whether a sentence is about that too or turns to something else.

"Can I get a refund after 20 days?" is about a refund: the number is the visitor's own case, and a sentence that only
shares it ("Engraving takes 20 days.") says nothing of refunds.
"""

import re
from dataclasses import dataclass

import numpy

from apps.knowledge.retrieval.closeness import written
from berrydesk.text import embedding, sentences, synonyms
from berrydesk.text.stopwords import STOP_WORDS
from berrydesk.text.tokens import tokens

FAR = 0.14
"""A sentence no word of which comes closer in meaning to a word of the question is about something else.

On pairs of our own: "Gift wrap is free." lies at 0.13 from "Can I get a refund?", "Please include the receipt." at 0.33.
Static embeddings know English best, so that in other languages nothing is told by closeness.
"""

_UNITS = (
    r"(?:minutes?|hours?|days?|weeks?|months?|years?|minuten?|stunden?|tag(?:en?)?|wochen?|monat(?:en?)?|jahr(?:en?)?"
    r"|minutos?|horas?|d[ií]as?|semanas?|meses|mes|años?|anos?|heures?|jours?|semaines?|mois|ans?|années?)"
)
_SINCE = (
    r"(?:after|since|nach|seit|vor|después de|tras|hace|desde hace|après|depuis|il y a|depois de|após|há)"
)
_OWN_CASE = re.compile(
    rf"(?i)\b{_SINCE} (?:\w+ )?(\d+)(?= {_UNITS}\b)|\b(\d+)(?= {_UNITS} (?:ago|later|after|past|später|después|après|depois)\b)"
)
_MEASURED = re.compile(rf"(?i)\b\d+(?:[.,]\d+)?(?: {_UNITS}\b)?")
_UNIT = re.compile(rf"(?i)\b(?:working |business )?{_UNITS}\b")

_LEANS = re.compile(
    r"(?i)^\W*(?:it|its|the|this|that|these|those|they|their|them|he|she|there|then|here|so|but|and|or|also|after|afterwards|before"
    r"|otherwise|if|unless|when|once|until|because|in that case|else|only|however|please|both|each|all|some|others?|most|for|from|to|by"
    r"|with|without|in|on|at|over|under|up|as|you|your)\b"
)
_LIMITS = re.compile(
    r"(?i)\b(?:no|not|never|none|nobody|nothing|cannot|can't|don't|doesn't|won't|isn't|aren't|except\w*|exclud\w+|unless|only|free"
    r"|extra|costs?|deposit|fee|must|included?|excepted|without|instead|closed)\b"
)
_LISTED = re.compile(r"(?m)^[^\S\n]*(?:[-*•|]|\d+[.)])|^[^\n.!?]{1,40}: ")


@dataclass(frozen=True)
class Matter:
    """``words`` as written; ``meant``: the index terms they have, and those of other words for the same."""

    language: str
    words: tuple
    meant: frozenset

    def is_in(self, text):
        """Whether ``text`` holds a word of it, in these or other words."""
        return bool(self.meant & set(tokens(text, self.language)))


def of(query, language):
    """What ``query`` is about, without numbers and the units of time that go with them."""
    bare = _MEASURED.sub(" ", query)
    stop = STOP_WORDS.get(language, frozenset())
    stems = frozenset(tokens(bare, language))
    others = synonyms.alternatives(bare, language)
    words = tuple(word for word in dict.fromkeys(written(bare)) if word not in stop)
    return Matter(language, words, stems.union(others))


def without_own_case(query):
    """``query`` without the number by which a visitor tells how long something has been: "after 20 days"."""
    return _OWN_CASE.sub(lambda found: found.group(0).replace(found.group(1) or found.group(2), ""), query)


def kept(matter, text):
    """``text`` up to the last sentence that has to do with the matter: what turns to something else after it is left out.

    As it was where no sentence is about the matter, where it is a list or a table, and in other languages than English.
    """
    spans = sentences.spans(text)
    if matter.language != "en" or len(spans) < 2 or _LISTED.search(text):
        return text
    about = [n for n, (a, b) in enumerate(spans) if matter.is_in(_bare(text[a:b]))]
    if not about:
        return text
    last = about[-1]
    for a, b in spans[last + 1 :]:
        if turns(matter, text[a:b], text[slice(*spans[last])]):
            break
        last += 1
    return text[: spans[last][1]]


def turns(matter, sentence, answer):
    """Whether ``sentence``, which stands beside ``answer``, has nothing to do with it nor with the matter."""
    bare = _bare(sentence)
    if matter.language != "en" or _leans(sentence) or _LIMITS.search(sentence) or _LISTED.search(sentence):
        return False
    said = _telling(bare, matter.language)
    if not said or matter.is_in(bare):
        return False
    shared = set(tokens(bare, matter.language)) & set(tokens(_bare(answer), matter.language))
    return not shared and _closest(matter.words, said) < FAR


def _bare(sentence):
    return _UNIT.sub(" ", _MEASURED.sub(" ", sentence))


def _leans(sentence):
    return bool(_LEANS.match(sentence))


def _telling(text, language):
    stop = STOP_WORDS.get(language, frozenset())
    return [word for word in dict.fromkeys(written(text)) if word not in stop]


def _closest(some, others):
    if not some or not others:
        return 0.0
    return float(numpy.max(embedding.of_words(list(some)) @ embedding.of_words(list(others)).T))
