"""Typed values in a sentence: durations, money, shares, times, dates, weights, counts; comparable whatever their wording."""

import functools
import re
from dataclasses import replace

from apps.knowledge.sweep import units as u
from apps.knowledge.sweep.amount import BEFOREHAND, Value, overlaps, role_at
from apps.knowledge.sweep.counted import COUNTED, SAME_COUNT
from apps.knowledge.sweep.hours import clocks, hours
from apps.knowledge.sweep.named import named
from apps.knowledge.sweep.numerals import numerals
from apps.knowledge.sweep.spoken import spoken

_RANGE = re.compile(r"(?i)^\s*(?:[-–—−]|to|bis|a|à|and|und|y|et|ou|or|oder|o|auf)\s*$")

_AND = re.compile(r"(?i)^\s*(?:and|und|y|et|or|ou|oder|o)\s*$")

_BETWEEN = re.compile(r"(?i)\b(?:between|zwischen|entre)\s*$")

_UNIT = re.compile(r"(?i)^[\s\u00a0\u202f-]?\s*(%|°\s?[cf]|[^\W\d_]+(?:-[^\W\d_]+)?)")

_MONEY_BEFORE = re.compile(
    r"(?i)(?:(US\$|R\$|€|£|(?<![\w$:])\$|¥|₹)|(?<![^\W\d_])(eur|usd|gbp|chf|sek|nok|dkk|pln))\s?$"
)

_MONEY_AFTER = re.compile(r"(?i)^[\s\u00a0\u202f]?(€|£|\$|¥|₹|zł|[^\W\d_]+)")

_DATE_NUMERIC = re.compile(
    r"(?<![\d.])(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)|(?<![\d./])(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)"
)

_MONTH_WORDS = "|".join(sorted((w for w in u.MONTH_OF), key=len, reverse=True))

_DATE_WORDS = re.compile(
    rf"(?i)(?<![\w.])(\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?:\s+(?:de|of))?\s+({_MONTH_WORDS})\.?(?:,?\s+(?:de\s+|of\s+)?(\d{{4}}))?(?!\w)"
    rf"|(?<!\w)({_MONTH_WORDS})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?(?![\w:])"
)

_AGE = re.compile(
    r"(?i)\b(?:children|kids|guests|people|persons|anyone|players|visitors|riders|passengers|drivers|those|kinder|jugendliche|personen|gäste|niños|menores|personas|enfants|personnes|mineurs)\s+(?:\w+\s+)?"
    r"(under|below|over|above|younger than|older than|from|aged|ab|unter|über|bis|menores de|mayores de|de menos de|de más de|de moins de|de plus de|à partir de|dès)\s+(?:the age of\s+)?(\d{1,2})\b"
    r"(?!\s*(?:[-–.,:]\d|%|€|£|\$|(?:cm|kg|m|min|h|am|pm|euro\w*|days?|hours?|minutes?|months?|weeks?|tage?n?|monate?n?|wochen?|stunden?|días?|meses|horas?|jours?|mois|heures?)\b))"
)

_DAY_OF_MONTH = re.compile(
    r"(?i)\b(?:on|by) the (\d{1,2})(?:st|nd|rd|th) (?:day )?of (?:each|every|the|a) month\b|\b(?:zum|am|bis zum) (\d{1,2})\. (?:Tag )?(?:jede[sn]|eines|des|des laufenden) Monats\b"
    r"|\bel (?:día )?(\d{1,2}) de cada mes\b|\ble (\d{1,2})(?:er)? (?:de chaque|du) mois\b"
)

_NTH = {
    word: number
    for number, words in enumerate(
        ("first 1st ersten erster primer premier", "second 2nd zweiten zweiter segundo deuxième", "third 3rd dritten dritter tercer troisième",
         "fourth 4th vierten vierter cuarto quatrième", "last letzten letzter último dernier"), start=1,
    )
    for word in words.split()
}  # fmt: skip
_WEEKDAY_OF_MONTH = re.compile(
    rf"(?i)\b({'|'.join(_NTH)}) ({'|'.join(sorted(u.WEEKDAY_OF, key=len, reverse=True))})"
    r"(?: (?:of|in) (?:the|each|every|a) month| (?:im|des|jedes|jeden) monats?| (?:de cada|del) mes| (?:du|de chaque) mois)(?!\w)"
)

CAPITALISING = frozenset({"de", "lb"})
"""Languages that write every noun with a capital."""

KEPT = 10_000
"""Sentences whose values stay in memory: several rules ask for the same ones."""


@functools.lru_cache(maxsize=KEPT)
def values(text, language):
    """The values in ``text``, in order; none overlaps another."""
    found = []
    for more in (
        named(text),
        (*_dates(text), *hours(text), *clocks(text)),
        _days_of_month(text),
        spoken(text, language),
        _ages(text),
    ):
        taken = [(x.start, x.end) for x in found]
        found += [x for x in more if not overlaps(x.start, x.end, taken)]
    taken = [(x.start, x.end) for x in found]
    numbers = [n for n in numerals(text, language) if not overlaps(n.start, n.end, taken)]
    at = 0
    while at < len(numbers):
        value, used = _measured(text, numbers, at, language)
        if value:
            found.append(value)
        at += used
    found = [replace(x, end=x.end - 1) if text[x.end - 1] == "." else x for x in found]
    return tuple(sorted(found, key=lambda value: value.start))


def _measured(text, numbers, at, language):
    """The value that begins with the number ``at`` (None where it has no unit), and how many numbers it used."""
    first, used = numbers[at], 1
    last = first
    if at + 1 < len(numbers):
        joint = text[first.end : numbers[at + 1].start]
        bare = re.sub(r"[€$£]", "", joint)
        is_range = _RANGE.match(bare) and (
            not _AND.match(bare)
            or _BETWEEN.search(text[: first.start])
            or numbers[at + 1].value == first.value + 1
        )
        if (
            is_range
            and (not first.is_article or _BETWEEN.search(text[: first.start]))
            and numbers[at + 1].value > first.value
        ):
            last, used = numbers[at + 1], 2
    unit = _money(text, first, last) or _unit(text, last, language)
    if unit is None and used == 2:
        last, used = first, 1
        unit = _money(text, first, last) or _unit(text, last, language)
    if unit is None:
        return None, 1
    start, end, dimension, factor, written = unit
    if first.is_article and dimension.startswith(("count", "money")):
        return None, 1
    start = min(start, first.start)
    low, high = sorted((first.value * factor, last.value * factor))
    per = u.PER.match(text[end : end + 40])
    role, counted_by = role_at(text, start), ""
    if dimension.startswith("money") and not per:
        ahead = u.PER_AHEAD.search(text[max(0, start - 40) : start])
        counted_by = u.PER_OF.get(ahead.group(1).lower(), "") if ahead else ""
    while per:
        word = per.group(1).lower()
        counted_by, end = counted_by or u.PER_OF.get(word, word), end + per.end()
        per = u.PER.match(text[end : end + 40])
        while used + at < len(numbers) and numbers[at + used].start < end:
            used += 1
    if dimension in ("time", "workdays") and BEFOREHAND.match(text[end:]):
        role = "before"  # at least, or up to, two days before: the same deadline
    if dimension.startswith("count") and counted_by in u.RATES:
        low, high, counted_by = low * u.RATES[counted_by], high * u.RATES[counted_by], "time"
    return Value(start, end, dimension, low, high, role, counted_by, unit=written), used


def _money(text, first, last):
    before = _MONEY_BEFORE.search(text[max(0, first.start - 5) : first.start])
    after = _MONEY_AFTER.match(text[last.end : last.end + 14])
    word = after.group(1).lower() if after else ""
    if word in u.CURRENCY_OF and not first.is_article:
        code = u.CURRENCY_OF[word]
        start = first.start - (len(before.group()) if before else 0)
        return start, last.end + after.end(), f"money:{code}", 1.0, code
    if before and not re.match(r":?\$", text[last.end : last.end + 2]):  # "$1:$2" are cells of a table
        code = u.CURRENCY_OF[(before.group(1) or before.group(2)).lower()]
        return first.start - len(before.group()), last.end, f"money:{code}", 1.0, code
    if word in u.CENTS and not first.is_article:
        return first.start, last.end + after.end(), f"money:{u.CENTS[word]}", 0.01, "cent"
    return None


def _unit(text, number, language):
    """(start, end, dimension, factor, unit as written), or None for a number that counts nothing we know."""
    rest = text[number.end : number.end + 40]
    for phrase in u.PERCENT_PHRASES:
        if rest.lower().lstrip().startswith(phrase):
            return number.start, number.end + rest.lower().index(phrase) + len(phrase), "percent", 1.0, "%"
    skip = 0
    lead = len(rest) - len(rest.lstrip(" \u00a0\u202f-"))
    workday = u.WORKDAY.match(rest[lead:])
    if workday:
        noun = u.WORKDAY_NOUN.match(rest[lead:])
        after = rest[lead + workday.end() :]
        unit = re.match(r"(?i)\s+(day|days|hours?)\b", after)
        if noun or "día" in workday.group().lower() or "jour" in workday.group().lower():
            return number.start, number.end + lead + workday.end(), "workdays", 1.0, "workday"
        if unit and unit.group(1).lower().startswith("day"):
            return number.start, number.end + lead + workday.end() + unit.end(), "workdays", 1.0, "workday"
    between = u.BETWEEN.match(rest[lead:])
    if between:
        skip = lead + between.end()
    match = _UNIT.match(rest[skip:] if skip else rest)
    if not match:
        return None
    word = match.group(1).lower().replace(" ", "")
    known = u.UNIT_OF.get(word) or u.UNIT_OF.get(word.split("-")[0])
    if number.is_article and "-" in word:
        return None  # "a day-rental bike"
    if u.ONLY_IN.get(word, language) not in (language, ""):
        known = None
    end = number.end + skip + match.end()
    is_digit = text[number.start].isdigit()
    if known and (word not in u.AMBIGUOUS_UNITS or is_digit):
        if "-" in word and word not in u.UNIT_OF:
            end -= len(word) - len(word.split("-")[0])
        return number.start, end, known[0], known[1], word
    if number.is_article or word not in COUNTED:
        return None
    if match.group(1)[0].isupper() and language not in CAPITALISING:
        return None  # a name
    return number.start, end, f"count:{SAME_COUNT.get(word, word)}", 1.0, word


def _dates(text):
    for match in _DATE_NUMERIC.finditer(text):
        year, month, day = (
            match.group(1, 2, 3) if match.group(1) else (match.group(6), match.group(5), match.group(4))
        )
        yield from _date(text, match, int(year), int(month), int(day))
    for match in _DATE_WORDS.finditer(text):
        day, month, year = (
            match.group(1, 2, 3) if match.group(1) else (match.group(5), match.group(4), match.group(6))
        )
        yield from _date(text, match, int(year or 0), u.MONTH_OF[month.lower()], int(day))


def _date(text, match, year, month, day):
    if 1 <= month <= 12 and 1 <= day <= 31:
        number = year * 10000 + month * 100 + day
        yield Value(
            match.start(),
            match.end(),
            "date",
            number,
            number,
            role_at(text, match.start()),
            unit="y" if year else "",
        )


def _ages(text):
    """ "children under 12" are so many years."""
    for match in _AGE.finditer(text):
        years = int(match.group(2)) * 365.25
        yield Value(match.start(2), match.end(2), "time", years, years, unit="age")


def _days_of_month(text):
    """ "on the 15th of each month", "every second Thursday of the month": a day that comes round."""
    for match in _WEEKDAY_OF_MONTH.finditer(text):
        nth, day = _NTH[match.group(1).lower()], u.WEEKDAY_OF[match.group(2).lower()]
        yield Value(match.start(), match.end(), "monthweekday", 10 * nth + day, 10 * nth + day)
    for match in _DAY_OF_MONTH.finditer(text):
        day = int(next(g for g in match.groups() if g))
        if 1 <= day <= 31:
            yield Value(match.start(), match.end(), "monthday", day, day)
