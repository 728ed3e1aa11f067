"""Typed values in a sentence: durations, money, shares, times, dates, weights, counts; comparable whatever their wording."""

import functools
import itertools
import re
from dataclasses import dataclass, replace

from apps.knowledge.sweep import units as u
from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.numerals import numerals

_RANGE = re.compile(r"(?i)^\s*(?:[-–—−]|to|bis|a|à|and|und|y|et|ou|or|oder|o|auf)\s*$")
_AND = re.compile(r"(?i)^\s*(?:and|und|y|et|or|ou|oder|o)\s*$")
_BETWEEN = re.compile(r"(?i)\b(?:between|zwischen|entre)\s*$")
_UNIT = re.compile(r"(?i)^[\s\u00a0\u202f-]?\s*(%|°\s?[cf]|[^\W\d_]+(?:-[^\W\d_]+)?)")
_MONEY_BEFORE = re.compile(
    r"(?i)(?:(US\$|R\$|€|£|(?<![\w$:])\$|¥|₹)|(?<![^\W\d_])(eur|usd|gbp|chf|sek|nok|dkk|pln))\s?$"
)
_MONEY_AFTER = re.compile(r"(?i)^[\s\u00a0\u202f]?(€|£|\$|¥|₹|zł|[^\W\d_]+)")
_CLOCK = re.compile(
    r"(?i)(?<![\w:.])([01]?\d|2[0-4])(?:[:.]([0-5]\d))?\s?(?:(uhr|h(?![a-z])|heures)\s?([0-5]\d)?|(a\.?m\.?|p\.?m\.?))(?!\w)"
    r"|(?<![\w:.,])([01]?\d|2[0-4]):([0-5]\d)(?!\d)(?:\s?(uhr|h|a\.?m\.?|p\.?m\.?)(?!\w))?"
)
_BARE_HOURS = re.compile(
    r"(?i)(?<![\w.,:€$£])(\d{1,2})(?:[:.](\d\d))?\s?(?:[-–—]|to|bis|till|until|a|à)\s?(\d{1,2})(?:[:.](\d\d))?(?![\w%€$£.,]*\d)"
)
_HOURS_JOINT = re.compile(
    r"(?i)^\s*(?:uhr\s*)?(?:[-–—]|to|till|until|bis|a las|a|à|and|und|y|et|hasta las)\s*(?:las\s*)?$"
)
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
_BEFOREHAND = re.compile(
    r"(?i)^\s*(?:before|prior|in advance|ahead|beforehand|vor\b|vorher|im voraus|antes|de antelación|avant|à l['’]avance)"
)
_SHUTS = re.compile(
    r"(?i)\b(?:clos\w+|shuts?|schlie(?:ß|ss)\w+|cierra\w*|cerramos|ferm\w+)\s+(?:um|at|a las|à)?\s*$"
)
_OPENS = re.compile(r"(?i)\b(?:opens?|öffne\w+|abr\w+|ouvr\w+)\s+(?:um|at|a las|à)?\s*$")
_DAY_OF_MONTH = re.compile(
    r"(?i)\b(?:on|by) the (\d{1,2})(?:st|nd|rd|th) (?:day )?of (?:each|every|the|a) month\b|\b(?:zum|am|bis zum) (\d{1,2})\. (?:Tag )?(?:jede[sn]|eines|des|des laufenden) Monats\b"
    r"|\bel (?:día )?(\d{1,2}) de cada mes\b|\ble (\d{1,2})(?:er)? (?:de chaque|du) mois\b"
)
_DAY_WORDS = re.compile(
    r"(?i)(?<!\w)(?:" + "|".join(sorted([*u.WEEKDAY_OF, *u.DAY_SETS], key=len, reverse=True)) + r")(?!\w)"
)
_DAY_JOINT = re.compile(r"(?i)^\.?\s*(?:[-–—]|to|through|bis|a|al|à|au|until)\s*(?:el\s+)?$")
_OPENING = re.compile(
    r"(?i)\b(?:open\w*|hours|geöffnet|offen|öffnungszeiten|besetzt|abiert\w+|abrimos|abre|horario|atendemos|ouvert\w*|horaires|visite|chat|phone)\b|\buhr\b"
)

CAPITALISING = frozenset({"de", "lb"})
"""Languages that write every noun with a capital."""

KEPT = 10_000
"""Sentences whose values stay in memory: several rules ask for the same ones."""

ROUNDED = 0.02
"""By so much two amounts of one thing may differ when their units do."""

OPEN_END = -1
"""The end of opening hours that is not named."""


@dataclass(frozen=True)
class Value:
    """``low``..``high`` in the dimension's base unit, standing at ``start``..``end``.

    ``role``: from, until, after or "". ``per``: what it is counted by. ``days``: weekdays that opening hours are
    for. ``unit``: the unit as written, because a month is nearly four weeks.
    """

    start: int
    end: int
    dimension: str
    low: float
    high: float
    role: str = ""
    per: str = ""
    days: frozenset = frozenset()
    unit: str = ""

    def equals(self, other):
        """True for the same amount, whatever its wording; a month is thirty days, and a bound lies in its range."""
        if self.dimension != other.dimension:
            return False
        if self.dimension == "hours":
            return all(
                OPEN_END in (a, b) or a == b for a, b in ((self.low, other.low), (self.high, other.high))
            )
        share = ROUNDED if self.unit != other.unit else 0.0
        if _near(self.low, other.low, share) and _near(self.high, other.high, share):
            return True
        loose = 0.09 if self.unit != other.unit and self.dimension == "time" else 0.0
        if loose and _near(self.low, other.low, loose) and _near(self.high, other.high, loose):
            return True
        if self.dimension in ("hours", "clock", "date"):
            return False
        one, other = (self, other) if self.low == self.high else (other, self)
        return (
            one.low == one.high
            and other.low != other.high
            and other.low * 0.999 <= one.low <= other.high * 1.001
        )


@functools.lru_cache(maxsize=KEPT)
def values(text, language):
    """The values in ``text``, in order; none overlaps another."""
    found = [*_dates(text), *_hours(text), *_clocks(text)]
    found += [
        x for x in _days_of_month(text) if not _overlaps(x.start, x.end, [(y.start, y.end) for y in found])
    ]
    found += _ages(text)
    taken = [(x.start, x.end) for x in found]
    numbers = [n for n in numerals(text, language) if not _overlaps(n.start, n.end, taken)]
    at = 0
    while at < len(numbers):
        value, used = _measured(text, numbers, at, language)
        if value:
            found.append(value)
        at += used
    found = [replace(x, end=x.end - 1) if text[x.end - 1] == "." else x for x in found]
    return tuple(sorted(found, key=lambda value: value.start))


def weekdays(text):
    """[(start, end, frozenset of weekdays)] that are named in ``text``; "Monday to Friday" is one."""
    named = []
    for match in _DAY_WORDS.finditer(text):
        word = match.group().lower()
        if word in u.SHORT_DAYS and not (match.group()[0].isupper() and _is_listed(text, match)):
            continue
        days = frozenset(u.DAY_SETS[word]) if word in u.DAY_SETS else frozenset((u.WEEKDAY_OF[word],))
        named.append((match.start(), match.end(), days))
    joined = []
    for start, end, days in named:
        if (
            joined
            and len(days) == 1
            and len(joined[-1][2]) == 1
            and _DAY_JOINT.match(text[joined[-1][1] : start])
        ):
            first, last = min(joined[-1][2]), min(days)
            span = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
            joined[-1] = (joined[-1][0], end, frozenset(span))
        else:
            joined.append((start, end, days))
    return joined


def _is_listed(text, match):
    """An abbreviated day stands before a time, a dash or another day."""
    return bool(re.match(r"\.?\s*(?:[-–,:/&+]|\d|und|bis|to)", text[match.end() : match.end() + 5])) or bool(
        re.search(r"[-–/]\s*$", text[: match.start()])
    )


def _near(a, b, share):
    return abs(a - b) <= share * max(abs(a), abs(b)) + 1e-9


def _overlaps(start, end, taken):
    return any(a < end and start < b for a, b in taken)


def _role(text, start):
    before = text[max(0, start - 40) : start]
    before = re.sub(r"[€$£]\s?$", "", before)
    return next((name for name, pattern in v.ROLE.items() if pattern.search(before)), "")


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
    role, counted_by = _role(text, start), ""
    while per:
        word = per.group(1).lower()
        counted_by, end = counted_by or u.PER_OF.get(word, word), end + per.end()
        per = u.PER.match(text[end : end + 40])
        while used + at < len(numbers) and numbers[at + used].start < end:
            used += 1
    if dimension in ("time", "workdays") and _BEFOREHAND.match(text[end:]):
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
    if u.ONLY_IN.get(word, language) not in (language, ""):
        known = None
    end = number.end + skip + match.end()
    is_digit = text[number.start].isdigit()
    if known and (word not in u.AMBIGUOUS_UNITS or is_digit):
        if "-" in word and word not in u.UNIT_OF:
            end -= len(word) - len(word.split("-")[0])
        return number.start, end, known[0], known[1], word
    if number.is_article or word not in u.COUNTED:
        return None
    if match.group(1)[0].isupper() and language not in CAPITALISING:
        return None  # a name
    return number.start, end, f"count:{word}", 1.0, word


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
            _role(text, match.start()),
            unit="y" if year else "",
        )


def _ages(text):
    """ "children under 12" are so many years."""
    for match in _AGE.finditer(text):
        years = int(match.group(2)) * 365.25
        yield Value(match.start(2), match.end(2), "time", years, years, unit="age")


def _days_of_month(text):
    """ "on the 15th of each month": a day that comes round."""
    for match in _DAY_OF_MONTH.finditer(text):
        day = int(next(g for g in match.groups() if g))
        if 1 <= day <= 31:
            yield Value(match.start(), match.end(), "monthday", day, day)


def _clocks(text):
    """Single times of day that belong to no range."""
    spans = [(h.start, h.end) for h in _hours(text)]
    for match in _CLOCK.finditer(text):
        if not _overlaps(match.start(), match.end(), spans):
            minutes = _minutes(match)
            if minutes is None or _is_duration(text, match):
                continue
            role = _role(text, match.start())
            before = text[max(0, match.start() - 20) : match.start()]
            role = "until" if _SHUTS.search(before) else "from" if _OPENS.search(before) else role
            days = _days_of(text, match.start(), match.end(), weekdays(text))
            is_door = bool(_SHUTS.search(before) or _OPENS.search(before))
            if role in ("until", "from") and (is_door or (days and _OPENING.search(text))):
                low, high = (OPEN_END, minutes) if role == "until" else (minutes, OPEN_END)
                yield Value(match.start(), match.end(), "hours", low, high, days=days)
            else:
                yield Value(match.start(), match.end(), "clock", minutes, minutes, role)


def _is_duration(text, match):
    """ "24 h" after within or every is a time that passes."""
    unit = (match.group(3) or "").lower()
    if unit == "heures" and not match.group(4) and _BEFOREHAND.match(text[match.end() :]):
        return True
    if unit != "h" or match.group(2) or match.group(4):
        return False
    before = text[max(0, match.start() - 20) : match.start()].lower()
    return not re.search(
        r"(?:\bà|\bde|dès|vers|jusqu.à|a las|las|between|from|bis|um|ab|at|until|avant)\s*$", before
    )


def _hours(text):
    """Opening hours: two times of day, for the weekdays named nearest before them, else after them."""
    days = weekdays(text)
    spans = []
    clocks = [m for m in _CLOCK.finditer(text) if _minutes(m) is not None]
    for one, other in itertools.pairwise(clocks):
        if _HOURS_JOINT.match(text[one.end() : other.start()]):
            spans.append((one.start(), other.end(), _minutes(one), _minutes(other)))
    opening = bool(days) or bool(_OPENING.search(text))
    for match in _BARE_HOURS.finditer(text) if opening else ():
        if not _overlaps(match.start(), match.end(), [(a, b) for a, b, _x, _y in spans]):
            low, high = (int(match.group(n)) * 60 + int(match.group(n + 1) or 0) for n in (1, 3))
            after = text[match.end() : match.end() + 12].lower()
            if _bare_is_hours(text, match, after, low, high):
                end = match.end() + (re.match(r"\s?(?:uhr|h)\b", after) or re.match("", after)).end()
                spans.append((match.start(), end, low, high))
    # half a range: "9 to 5pm" is read by the meridiem of its end
    for start, end, low, high in sorted(spans):
        high = high + 720 if high <= low and high < 720 else high
        yield Value(start, end, "hours", low, high, days=_days_of(text, start, end, days))


def _bare_is_hours(text, match, after, low, high):
    """ "10–16" between weekdays; not "10–16 kg" and not "3 to 5 working days"."""
    if max(low, high) > 1440 or re.match(r"\s?(?:uhr|h\b)", after):
        return max(low, high) <= 1440
    unit = re.match(r"\s?([^\W\d_]{1,12})", after)
    if unit and (
        unit.group(1) in u.UNIT_OF or unit.group(1) in u.CURRENCY_OF or u.WORKDAY.match(after.strip())
    ):
        return False
    return bool(weekdays(text[max(0, match.start() - 60) : match.end() + 25]))


def _days_of(text, start, end, days):
    """The weekdays that hours hold for: those in front of them since the last hours, else those right after."""
    before = [d for d in days if d[1] <= start]
    if before:
        nearest = before[-1]
        chosen = set(nearest[2])
        for a, b, more in reversed(before[:-1]):
            if re.fullmatch(
                r"(?i)[\s.,]*(?:and|und|y|et|&|,|/|\+)?[\s]*(?:on|the|los|le|les|am)?\s*",
                text[b : nearest[0]],
            ):
                chosen |= more
                nearest = (a, b, more)
            else:
                break
        return frozenset(chosen)
    after = [d for d in days if d[0] >= end and d[0] - end < 25]
    return frozenset(after[0][2]) if after else frozenset()


def _minutes(match):
    g = match.groups()
    if g[0] is not None:
        hour, minute, meridiem = int(g[0]), int(g[1] or g[3] or 0), g[4]
    else:
        hour, minute, meridiem = int(g[5]), int(g[6]), g[7]
    meridiem = (meridiem or "").lower().replace(".", "")
    if meridiem == "pm" and hour < 12:
        hour += 12
    if meridiem == "am" and hour == 12:
        hour = 0
    return hour * 60 + minute if hour * 60 + minute <= 1440 else None
