"""Times of day and opening hours in a sentence, with the weekdays that they are for."""

import itertools
import re

from apps.knowledge.sweep import spoken
from apps.knowledge.sweep import units as u
from apps.knowledge.sweep.amount import BEFOREHAND, HALF_DAY, OPEN_END, Value, overlaps, role_at

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

_SHUTS = re.compile(
    r"(?i)\b(?:clos\w+|shuts?|schlie(?:ß|ss)\w+|cierra\w*|cerramos|ferm\w+)\s+(?:um|at|a las|à)?\s*$"
)

_OPENS = re.compile(r"(?i)\b(?:opens?|öffne\w+|abr\w+|ouvr\w+)\s+(?:um|at|a las|à)?\s*$")

_DAY_WORDS = re.compile(
    r"(?i)(?<!\w)(?:" + "|".join(sorted([*u.WEEKDAY_OF, *u.DAY_SETS], key=len, reverse=True)) + r")(?!\w)"
)

_DAY_JOINT = re.compile(r"(?i)^\.?\s*(?:[-–—]|to|through|bis|a|al|à|au|until)\s*(?:el\s+)?$")

_OPENING = re.compile(
    r"(?i)\b(?:open\w*|hours|geöffnet|offen|öffnungszeiten|besetzt|abiert\w+|abrimos|abre|horario|atendemos|ouvert\w*|horaires|visite|chat|phone)\b|\buhr\b"
)


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


def clocks(text):
    """Single times of day that belong to no range."""
    spans = [(h.start, h.end) for h in hours(text)]
    for start, end, minutes, unit in _single(text):
        if not overlaps(start, end, spans):
            spans.append((start, end))
            role = role_at(text, start)
            before = text[max(0, start - 20) : start]
            role = "until" if _SHUTS.search(before) else "from" if _OPENS.search(before) else role
            days = _days_of(text, start, end, weekdays(text))
            is_door = bool(_SHUTS.search(before) or _OPENS.search(before))
            if role in ("until", "from") and (is_door or (days and _OPENING.search(text))):
                low, high = (OPEN_END, minutes) if role == "until" else (minutes, OPEN_END)
                yield Value(start, end, "hours", low, high, days=days, unit=unit)
            else:
                yield Value(start, end, "clock", minutes, minutes, role, unit=unit)


def _single(text):
    """(start, end, minutes, unit) of each time of day; in words it may not say which half of the day it is in."""
    for start, end, minutes, is_told in spoken.clocks(text):
        yield start, end, minutes, "" if is_told else HALF_DAY
    for match in _CLOCK.finditer(text):
        minutes = _minutes(match)
        if minutes is not None and not _is_duration(text, match):
            yield match.start(), match.end(), minutes, ""


def _is_duration(text, match):
    """ "24 h" after within or every is a time that passes."""
    unit = (match.group(3) or "").lower()
    if unit == "heures" and not match.group(4) and BEFOREHAND.match(text[match.end() :]):
        return True
    if unit != "h" or match.group(2) or match.group(4):
        return False
    before = text[max(0, match.start() - 20) : match.start()].lower()
    return not re.search(
        r"(?:\bà|\bde|dès|vers|jusqu.à|a las|las|between|from|bis|um|ab|at|until|avant)\s*$", before
    )


def hours(text):
    """Opening hours: two times of day, for the weekdays named nearest before them, else after them."""
    days = weekdays(text)
    spans, in_words = [], set()
    singles = sorted(
        [(m.start(), m.end(), _minutes(m)) for m in _CLOCK.finditer(text) if _minutes(m) is not None]
        + [each[:3] for each in spoken.clocks(text)]
    )
    for one, other in itertools.pairwise(singles):
        if _HOURS_JOINT.match(text[one[1] : other[0]]):
            spans.append((one[0], other[1], one[2], other[2]))
    opening = bool(days) or bool(_OPENING.search(text))
    for match in _BARE_HOURS.finditer(text) if opening else ():
        if not overlaps(match.start(), match.end(), [(a, b) for a, b, _x, _y in spans]):
            low, high = (int(match.group(n)) * 60 + int(match.group(n + 1) or 0) for n in (1, 3))
            after = text[match.end() : match.end() + 12].lower()
            if _bare_is_hours(text, match, after, low, high):
                end = match.end() + (re.match(r"\s?(?:uhr|h)\b", after) or re.match("", after)).end()
                spans.append((match.start(), end, low, high))
    for start, end, low, high in spoken.spans(text) if opening else ():
        if not overlaps(start, end, [(a, b) for a, b, _x, _y in spans]):
            spans.append((start, end, low, high))
            in_words.add(start)
    # half a range: "9 to 5pm" is read by the meridiem of its end
    for start, end, low, high in sorted(spans):
        high = high + 720 if high <= low and high < 720 else high
        unit = HALF_DAY if start in in_words else ""
        yield Value(start, end, "hours", low, high, days=_days_of(text, start, end, days), unit=unit)


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
