"""What a page says of one country answers no question about another: what it costs there, how long it takes, what customs ask.

Only a passage's own sentence is judged, and only where it has such a value beside the other country's name: a name in a
title, an address or in passing says nothing about whom the page is for.
"""

import re
from collections import Counter
from dataclasses import replace

from apps.knowledge.retrieval import facts
from berrydesk.text import countries, languages, sentences
from berrydesk.text.tokens import tokens

FEATURE = "elsewhere"
"""1.0 among the features of a passage whose quote gives a value for other countries than the question's only."""

SHARED_BY = 3
"""A country that so many documents name, and more than half of those found, is where the business is."""

_VALUE = re.compile(
    r"(?i)[€£$¥₹%]|\b(?:eur|euros?|usd|dollars?|gbp|pounds?|chf|franken|kron(?:er|or|en)|"
    r"minutes?|hours?|(?:working |business )?days?|weeks?|months?|customs|dut(?:y|ies)|vat|free|"
    r"minuten?|stunden?|(?:werk|arbeits)?tagen?|wochen?|monaten?|zoll\w*|mehrwertsteuer|kostenlos|gratis|"
    r"minutos?|horas?|días?|semanas?|mes(?:es)?|aduanas?|iva|jours?|heures?|semaines?|mois|douane|tva|gratuite?s?)\b"
    r"|[元円日天周週年月]|يوم|أيام|أسبوع|دولار|ريال|درهم|يورو"
)
_OF_A_PLACE = re.compile(
    r"(?i)(?:(?:\b(?:to|in|for|from|within|across|into|outside|nach|in|für|aus|innerhalb|a|en|para|desde|"
    r"vers|pour|au|aux)\s+(?:(?:the|die|den|der|das|dem|la|el|los|las|le|les)\s+)?)|[|:(]\s*|^[\s|*_•-]*)$"
)
"""What stands before a name that the sentence speaks of."""

UNSPACED = 0x600
"""The first character of the scripts whose small words are glued to a name."""

_MADE = re.compile(
    r"(?i)\b(?:made|produced|manufactured|grown|hergestellt|gefertigt|fabricad\w+|hech\w+|fabriqué\w*)\s+\w{1,4}\s*(?:the\s+)?$"
)


def asked(query):
    """The countries that the question names."""
    return countries.named(query, languages.detect(query)) - {countries.EVERYWHERE}


def last(query, asked_for, found):
    """``found`` with the passages about other countries than ``asked_for`` last; one that names both is quoted there."""
    if not asked_for:
        return found
    places = [countries.places(passage.text, passage.language) for passage in found]
    general = {countries.EVERYWHERE, *_shared(found, places)}
    seen = [
        _seen(query, passage, there, (asked_for, general))
        for passage, there in zip(found, places, strict=True)
    ]
    order = sorted(range(len(seen)), key=lambda i: is_elsewhere(seen[i]))
    return [replace(seen[i], score=known.score) for i, known in zip(order, found, strict=True)]


def is_elsewhere(passage):
    """Whether the passage was found to speak of other countries than the question."""
    return bool(passage.features.get(FEATURE))


def _shared(found, places):
    """The countries that most documents name: no reason to shut one out."""
    documents = {}
    for passage, there in zip(found, places, strict=True):
        documents.setdefault(passage.document_id, set()).update(code for _a, _b, code in there)
    counts = Counter(code for codes in documents.values() for code in codes)
    return {code for code, count in counts.items() if count >= SHARED_BY and count * 2 > len(documents)}


def _seen(query, passage, places, meant):
    """The passage as it is, quoted where it names the country, or marked as being about others."""
    asked_for, general = meant
    start = passage.text.find(passage.quote)
    quoted = (
        [place for place in places if start <= place[0] < start + len(passage.quote)] if start >= 0 else []
    )
    others = [place for place in quoted if place[2] not in asked_for | general]
    if not others or any(code in asked_for | {countries.EVERYWHERE} for _a, _b, code in quoted):
        return passage
    spans = sentences.spans(passage.text)
    named = [a for a, _b, code in places if code in asked_for]
    windows = [(spans[a][0], spans[b][1]) for a, b in sentences.windows(spans)]
    there = [window for window in windows if any(window[0] <= at < window[1] for at in named)]
    if there:
        return _quoted_there(query, passage, there)
    if _is_general(passage, asked_for) or not any(
        _is_told(passage.text, spans, quoted, other) for other in others
    ):
        return passage
    return replace(passage, features={**passage.features, FEATURE: 1.0})


def _quoted_there(query, passage, windows):
    """The passage, quoted in that one of the windows that shares most with the question."""
    words = set(tokens(query, passage.language))
    start, end = max(
        windows, key=lambda w: len(words & set(tokens(passage.text[slice(*w)], passage.language)))
    )
    around = passage.text[max(0, start - facts.NEAR) : end + facts.NEAR]
    return replace(passage, quote=passage.text[start:end], around=around)


def _is_general(passage, asked_for):
    """Whether title or heading say that it holds for the country, or for several."""
    named = countries.named(f"{passage.title}\n{passage.heading}", passage.language)
    return bool(named & (asked_for | {countries.EVERYWHERE}))


def _is_told(text, spans, places, place):
    """Whether the sentence gives a value for the country that it names at ``place``, one of its ``places``."""
    start, end, _code = place
    a, b = next(((a, b) for a, b in spans if a <= start < b), (start, end))
    is_row = text[a:b].lstrip().startswith("|")
    if not _VALUE.search(text, a, b) and not (is_row and re.search(r"\d", text[a:b])):
        return False
    if ord(text[start]) >= UNSPACED:
        return True
    for first, until, _code in reversed([known for known in places if known[1] <= start]):
        if not countries.BETWEEN.fullmatch(text, until, start):
            break
        start = first  # of "to Germany and Austria" each name is spoken of
    before = text[a : max(a, start)]
    return bool(_OF_A_PLACE.search(before) and not _MADE.search(before))
