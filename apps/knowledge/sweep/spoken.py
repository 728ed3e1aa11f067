"""Values as people say them: half an hour, half past six, once a year, sixteen or over, a fiver."""

import re

from apps.knowledge.sweep import units as u
from apps.knowledge.sweep.amount import BEFOREHAND, Value, role_at
from apps.knowledge.sweep.numerals import numerals

_QUARTER, _HALF, _MORE_HALF = 0.25, 0.5, 1.5

_PARTS = tuple(
    (re.compile(rf"(?i)(?<![\w-])(?:{words})(?!\w)"), days)
    for words, days in (
        (r"(?:(?:a|one) )?quarter of an hour|(?:einer? |eine )?viertelstunde|(?:un )?cuarto de hora|(?:un )?quart d['’]heure", _QUARTER / 24),
        (r"three[ -]quarters of an hour|(?:einer? )?dreiviertelstunde|tres cuartos de hora|trois quarts d['’]heure", 0.75 / 24),
        (r"half an hour|(?:a )?half[- ]hour|(?:eine[rn]? )?halbe[nr]? stunde|media hora|(?:une )?demi-heure", _HALF / 24),
        (r"an hour and a half|one and a half hours|(?:anderthalb|eineinhalb) stunden|(?:una )?hora y media|(?:une )?heure et demie", _MORE_HALF / 24),
        (r"(?:a|one) fortnight", 14.0),
        (r"half a year|(?:ein(?:es|em)? )?halbe[sn]? jahr(?:es)?|medio año", 182.6),
        (r"a year and a half|(?:anderthalb|eineinhalb) jahren?|(?:un )?año y medio|(?:un )?an et demi", 547.9),
    )
)  # fmt: skip
"""Parts of an hour or a year that hold no digit."""

_NUMBER = r"(?:\d{1,3}|[^\W\d_]{2,20}?)"
_PERIOD = (
    r"(days?|weeks?|months?|quarters?|years?|tage?n?|wochen?|monate?n?|quartale?n?|jahre?n?|días?|semanas?|mes(?:es)?|trimestres?|años?|"
    r"jours?|semaines?|mois|ans?|années?)"
)
_EVERY = re.compile(rf"(?i)\b(?:every|alle|cada|tou(?:s|tes) les)\s+({_NUMBER})\s+{_PERIOD}\b")
_TIMES = re.compile(
    rf"(?i)\b(?:(once|twice|einmal|zweimal|dreimal|viermal)|({_NUMBER})(?:\s+|-)(?:times|mal|vez|veces|fois))\s+"
    rf"(?:a|an|per|each|every|pro|im|am|in der|jede[nrs]?|al|a la|por|cada|par|l['’])\s*{_PERIOD}\b"
)
_OFTEN = {"once": 1, "twice": 2, "einmal": 1, "zweimal": 2, "dreimal": 3, "viermal": 4, "una": 1, "une": 1}
_OTHER = {"other": 2, "second": 2, "zwei": 2, "deux": 2, "dos": 2}

_GROWN = re.compile(
    r"(?i)\b(?:adults only|only adults|(?:only )?to adults only|only to adults|nur (?:an |für )?(?:erwachsene|volljährige)|(?:solo|sólo|únicamente) (?:para )?(?:adultos|mayores de edad)|réservée?s? aux (?:adultes|majeurs)|"
    r"must be (?:an )?adults?)\b"
)
_AGES = re.compile(
    rf"(?i)\b({_NUMBER})\s+(?:years?(?: of age)? )?(?:or|and) (?:over|older|above|upwards)\b"
    rf"|\b(?:any(?:one|body)|those|riders?|people|persons?|children|guests?|drivers?|customers?|wer|personen|kinder|gäste|menores|mayores) (?:who (?:is|are) )?(?:under|below|younger than|over|unter|über|de) (?:the age of )?({_NUMBER})\b(?!\s*(?:%|€|£|\$|kg|cm))"
    rf"|\b(?:minimum age|mindestalter|edad mínima|âge minimum)(?:\s+\w+){{0,4}}?\s+({_NUMBER})\b"
)
_GROWN_AT = 18
_LEAST_AGE, _MOST_AGE = 2, 99
_YEAR = 365.25

_HOURS = {
    word: hour
    for hour, words in enumerate(
        (
            "one eins una une", "two zwei dos deux", "three drei tres trois", "four vier cuatro quatre", "five fünf cinco cinq", "six sechs seis",
            "seven sieben siete sept", "eight acht ocho huit", "nine neun nueve neuf", "ten zehn diez dix", "eleven elf once onze", "twelve zwölf doce douze",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_HOUR = rf"({'|'.join(sorted(_HOURS, key=len, reverse=True))}|\d{{1,2}})"
_CLOCKS = (
    (re.compile(rf"(?i)\bhalf past {_HOUR}\b"), 30),
    (re.compile(rf"(?i)\bquarter past {_HOUR}\b"), 15),
    (re.compile(rf"(?i)\bquarter to {_HOUR}\b"), -15),
    (re.compile(rf"(?i)\bhalb {_HOUR}\b(?!\s+(?:so|prozent))"), -30),
    (re.compile(rf"(?i)\bviertel nach {_HOUR}\b"), 15),
    (re.compile(rf"(?i)\bviertel vor {_HOUR}\b"), -15),
    (re.compile(rf"(?i)\b{_HOUR} o['’]clock\b"), 0),
    (re.compile(rf"(?i)\b(?:las?|les) {_HOUR} y media\b"), 30),
    (re.compile(rf"(?i)\b(?:las?) {_HOUR} y cuarto\b"), 15),
    (re.compile(rf"(?i)\b(?:las?) {_HOUR} menos cuarto\b"), -15),
    (re.compile(rf"(?i)\b(?:las?) {_HOUR}(?= de la (?:mañana|tarde|noche))"), 0),
    (re.compile(rf"(?i)(?<=\buntil )(?:{_HOUR})(?= (?:in the (?:morning|afternoon|evening)|at night|on (?:week|mon|tue|wed|thu|fri|sat|sun)))"), 0),
    (re.compile(rf"(?i)\b{_HOUR}(?= (?:in the (?:morning|afternoon|evening)|at night))"), 0),
)  # fmt: skip
_HOUR_WORD = rf"({'|'.join(sorted(_HOURS, key=len, reverse=True))})"
_SPAN = re.compile(
    rf"(?i)\b{_HOUR_WORD}(?: uhr)? (?:to|till|until|bis|a|à) (?:las )?{_HOUR_WORD}\b(?! (?:o['’]clock|in the|at night|de la|past|hundred|thousand|more|other|{'|'.join(w for w in u.UNIT_OF if w.isalpha() and len(w) > 2)}|working|business|werktag|arbeitstag|euro|pound|dollar|people|person))"
)
_LATER = re.compile(
    r"(?i)^[\s,]*(?:p\.?m\b|in the (?:afternoon|evening)|at night|de la (?:tarde|noche)|abends|nachmittags|du soir|de l['’]après-midi)"
)
_EARLIER = re.compile(r"(?i)^[\s,]*(?:a\.?m\b|in the morning|de la mañana|morgens|früh|vormittags|du matin)")

_COINS = re.compile(r"(?i)\b(?:an? )?(fiver|tenner)\b")
_WORTH = {"fiver": 5.0, "tenner": 10.0}


def spoken(text, language):
    """The values in ``text`` that are said in words of their own, in no order."""
    found = [*_durations(text), *_frequencies(text, language), *_ages(text, language)]
    found += [
        Value(m.start(), m.end(), "money:GBP", _WORTH[m.group(1).lower()], _WORTH[m.group(1).lower()])
        for m in _COINS.finditer(text)
    ]
    return found


def _durations(text):
    for rule, days in _PARTS:
        for match in rule.finditer(text):
            role = "before" if BEFOREHAND.match(text[match.end() :]) else role_at(text, match.start())
            yield Value(match.start(), match.end(), "time", days, days, role, unit="part")


def _frequencies(text, language):
    """ "every six months", "twice a year": the days from one time to the next."""
    for match in _EVERY.finditer(text):
        many = _OTHER.get(match.group(1).lower()) or _number(match.group(1), language)
        if many and many > 1:
            days = many * _days(match.group(2))
            yield Value(match.start(), match.end(), "frequency", days, days)
    for match in _TIMES.finditer(text):
        often = _OFTEN.get((match.group(1) or match.group(2)).lower()) or _number(match.group(2), language)
        if often:
            days = _days(match.group(3)) / often
            yield Value(match.start(), match.end(), "frequency", days, days)


def _ages(text, language):
    """ "sixteen or over", "adults only": so many years."""
    for match in _GROWN.finditer(text):
        yield _age(match.start(), match.end(), _GROWN_AT)
    for match in _AGES.finditer(text):
        group = next(n for n, words in enumerate(match.groups(), start=1) if words)
        years = _number(match.group(group), language)
        if years and _LEAST_AGE <= years <= _MOST_AGE:
            yield _age(match.start(group), match.end(group), years)


def _age(start, end, years):
    return Value(start, end, "time", years * _YEAR, years * _YEAR, unit="age")


def clocks(text):
    """(start, end, minutes, whether morning or evening is said) of times of day in words."""
    taken = []
    for rule, minutes in _CLOCKS:
        for match in rule.finditer(text):
            word = match.group(1).lower()
            hour = _HOURS.get(word) or int(word)
            if hour > 12 or any(a < match.end() and match.start() < b for a, b in taken):
                continue
            taken.append(match.span())
            after = text[match.end() :]
            at = hour * 60 + minutes
            at = at + 720 if _LATER.match(after) and hour < 12 else at
            told = _LATER.match(after) or _EARLIER.match(after)
            end = match.end() + (told.end() if told else 0)
            yield match.start(), end, at, bool(told)


def spans(text):
    """(start, end, minutes, minutes) of hours in words alone: "nine to five"."""
    for match in _SPAN.finditer(text):
        low, high = (_HOURS[word.lower()] * 60 for word in match.groups())
        yield match.start(), match.end(), low, high


def _days(word):
    return u.UNIT_OF.get(word.lower(), ("time", 1.0))[1]


def _number(words, language):
    found = [n for n in numerals(words or "", language) if not n.is_article]
    return found[0].value if len(found) == 1 and (found[0].start, found[0].end) == (0, len(words)) else None
