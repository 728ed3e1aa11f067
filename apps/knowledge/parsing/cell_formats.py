"""Numbers as a spreadsheet shows them: dates, percentages, currencies, by their format codes. Runs in the child.

Format codes: ECMA-376 part 1, 18.8.30 and 18.8.31. Separators are English, as the file does not say whose
machine it will be shown on; dates whose order depends on the machine are given year first.
"""

import datetime
import decimal
import functools
import math
import re
from fractions import Fraction

BUILTIN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy-mm-dd",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    5: '"$"#,##0',
    6: '"$"#,##0',
    7: '"$"#,##0.00',
    8: '"$"#,##0.00',
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: "#,##0;-#,##0;-",
    42: '"$"#,##0;-"$"#,##0;-',
    43: "#,##0.00;-#,##0.00;-",
    44: '"$"#,##0.00;-"$"#,##0.00;-',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    **dict.fromkeys([*range(27, 32), 36, *range(50, 59)], "yyyy-mm-dd"),
    **dict.fromkeys([32, 33, 34, 35], "h:mm:ss"),
}
LONGEST_DIGITS = 40
"""Before the point: beyond it a number is given as it stands."""
EPOCH = datetime.datetime(1899, 12, 30)
LAST_DAY = 2_958_465
"""31 December 9999."""

_PART = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(General)|(AM/PM|A/P)|([Ee][+-])|([yY]+|[mM]+|[dD]+|[hH]+|[sS]+|[eE]+)'
    r"|([0#?]+)|(.)",
    re.S,
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def shown(value, code, *, since_1904=False):
    """The number ``value`` (text) in the words of the cell."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    section, number = _section(code or "General", number)
    parts = _parts(section)
    if any(kind == "date" for kind, _word in parts):
        words = _date(number, parts, since_1904)
        return general(number) if words is None else words
    return _number(number, parts, value)


def general(number):
    """As a cell without format shows it; codes of up to fifteen digits stay whole."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.10g}"


@functools.lru_cache(maxsize=2000)
def _sections(code):
    sections = [""]
    for part in re.findall(r'"[^"]*"|\\.|\[[^\]]*\]|.', code, re.S):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return tuple(sections)


def _section(code, number):
    """The part of the format that is for this number, and the number as that part shows it."""
    sections = _sections(code)
    for section in sections[:2]:
        condition = re.search(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]", section)
        if condition and _holds(number, condition[1], condition[2]):
            return section, number
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _holds(number, operator, limit):
    try:
        limit = float(limit)
    except ValueError:
        return False
    return {
        "<": number < limit,
        ">": number > limit,
        "=": number == limit,
        "<=": number <= limit,
        ">=": number >= limit,
        "<>": number != limit,
    }[operator]


@functools.lru_cache(maxsize=2000)
def _parts(section):
    """(kind, word) of a section's parts: word, digits, point, comma, percent, power, date, elapsed, half, general."""
    found = []
    for quoted, escaped, bracket, is_general, half, power, date, digits, other in _PART.findall(section):
        if quoted or escaped:
            found.append(("word", quoted or escaped))
        elif bracket:
            currency = re.match(r"\$([^-]*)", bracket)
            if currency and currency[1]:
                found.append(("word", currency[1]))
            elif re.fullmatch(r"(?i)h+|m+|s+", bracket):
                found.append(("date", f"[{bracket[0].lower()}]"))
        elif is_general:
            found.append(("general", ""))
        elif half:
            found.append(("half", half))
        elif power:
            found.append(("power", power))
        elif date:
            found.append(("date", date.lower()))
        elif digits:
            found.append(("digits", digits))
        elif other:
            kind = {".": "point", ",": "comma", "%": "percent", "@": "general"}.get(other, "word")
            found.append((kind, other))
    return tuple(found)


def _number(number, parts, value):
    spots = [n for n, (kind, _word) in enumerate(parts) if kind == "digits"]
    if not spots:  # words alone; a section without any hides its numbers
        return "".join(general(number) if k == "general" else w for k, w in parts if k != "comma").strip()
    first, last = spots[0], spots[-1]
    while first and parts[first - 1][0] == "point":
        first -= 1
    while last + 1 < len(parts) and parts[last + 1][0] in ("comma", "point"):
        last += 1
    middle = parts[first : last + 1]
    hundreds = 100 ** sum(kind == "percent" for kind, _word in parts)
    number = float(decimal.Decimal(repr(number)) * hundreds)
    if any(k == "word" and w == "/" for k, w in middle):
        words = _fraction(number, middle)
    elif any(kind == "power" for kind, _word in middle):
        words = _scientific(number, middle)
    elif any(kind == "word" and w.strip() for kind, w in middle):
        words = _spread(number, middle)
    else:
        words = _plain(number, middle)
    if words is None:
        return value
    before = "".join(w for k, w in parts[:first] if k in ("word", "percent"))
    after = "".join(w for k, w in parts[last + 1 :] if k in ("word", "percent"))
    sign = "-" if words.startswith("-") else ""
    return f"{sign}{before}{words.removeprefix('-')}{after}".strip()


def _plain(number, middle):
    """Digits with their separators, rounded as a spreadsheet rounds; None for more digits than anyone reads."""
    kinds = [kind for kind, _word in middle]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    whole = "".join(w for k, w in middle[:point] if k == "digits")
    places = "".join(w for k, w in middle[point:] if k == "digits")
    last = max((n for n, k in enumerate(kinds[:point]) if k == "digits"), default=-1)
    first = next((n for n, k in enumerate(kinds) if k == "digits"), 0)
    thousands = sum(k == "comma" for k in kinds[max(last, 0) + 1 :])
    grouped = "comma" in kinds[first : last + 1]
    exact = decimal.Decimal(repr(number)) / (1000**thousands)
    if abs(exact) >= decimal.Decimal(10) ** LONGEST_DIGITS:
        return None
    with decimal.localcontext() as context:
        context.prec = LONGEST_DIGITS + 40
        places = places[:30]
        rounded = exact.quantize(decimal.Decimal(1).scaleb(-len(places)), decimal.ROUND_HALF_UP)
    digits, _, rest = f"{abs(rounded):f}".partition(".")
    digits = digits.lstrip("0").rjust(whole.count("0"), "0")
    digits = f"{int(digits):,}" if grouped and digits and not digits.startswith("0") else digits
    while rest and len(rest) > places.rfind("0") + 1 and rest.endswith("0"):
        rest = rest[:-1]
    words = f"{digits}.{rest}" if rest or (places and "0" in places) else digits
    return f"-{words}" if rounded < 0 else words


def _scientific(number, middle):
    power = next(n for n, (kind, _word) in enumerate(middle) if kind == "power")
    places = sum(len(w) for k, w in middle[_index(middle, "point") : power] if k == "digits")
    width = sum(len(w) for k, w in middle[power:] if k == "digits")
    mantissa, exponent = f"{number:.{min(places, 30)}E}".split("E")
    sign = "-" if exponent.startswith("-") else ("+" if middle[power][1].endswith("+") else "")
    return f"{mantissa}E{sign}{exponent.lstrip('+-').lstrip('0').rjust(max(1, width), '0')}"


def _index(middle, kind):
    return next((n for n, (k, _word) in enumerate(middle) if k == kind), len(middle))


def _fraction(number, middle):
    slash = next(n for n, (k, w) in enumerate(middle) if k == "word" and w == "/")
    below = [w for k, w in middle[slash + 1 :] if k == "digits"]
    size = len(below[0]) if below else 1
    whole = math.floor(abs(number)) if sum(k == "digits" for k, _w in middle[:slash]) > 1 else 0
    part = Fraction(abs(number) - whole).limit_denominator(10 ** min(size, 4) - 1)
    if part == 1 and whole:
        whole, part = whole + 1, Fraction(0)
    words = f"{part.numerator}/{part.denominator}" if part else ""
    words = f"{whole} {words}".strip() if whole or not words else words
    return f"-{words}" if number < 0 else words


def _spread(number, middle):
    """Digits among words, as in a telephone number."""
    whole = sum(len(w) for k, w in middle if k == "digits")
    digits = str(round(abs(number))).rjust(whole, "0")
    ahead, digits = digits[: len(digits) - whole], digits[len(digits) - whole :]
    words = ""
    for kind, word in middle:
        if kind == "digits":
            words, digits = words + digits[: len(word)], digits[len(word) :]
        else:
            words += word
    return f"{'-' if number < 0 else ''}{ahead}{words}"


def _date(number, parts, since_1904):
    """A date, a time or both; None for what is no date."""
    if number < 0 or number > LAST_DAY:
        return None
    days = number + 1462 if since_1904 else (number + 1 if number < 60 and number >= 1 else number)
    fine = any(k == "digits" for k, _word in parts)
    moment = EPOCH + datetime.timedelta(milliseconds=round(days * 86_400_000))
    if not fine:
        moment = (moment + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
    hours = any(kind == "half" for kind, _word in parts)
    total_s = round(number * 86400)
    words, before = "", ""
    for n, (kind, word) in enumerate(parts):
        if kind == "date":
            is_minute = (
                word[0] == "m" and len(word) <= 2 and (before in ("h", "[") or _seconds_next(parts, n))
            )
            words += _date_part(moment, word, is_minute, hours, total_s)
            before = word[0]
        elif kind == "half":
            words += "AM" if moment.hour < 12 else "PM"
        elif kind == "digits":
            words += f"{moment.microsecond // 1000:03}"[: len(word)]
        elif kind != "percent":
            words += word
    return re.sub(r"\s+", " ", words).strip()


def _seconds_next(parts, n):
    following = next((w for k, w in parts[n + 1 :] if k == "date"), "")
    return following.startswith(("s", "[s"))


def _date_part(moment, word, is_minute, half, total_s):
    if word.startswith("["):
        return str(total_s // {"h": 3600, "m": 60, "s": 1}[word[1]])
    letter, size = word[0], len(word)
    if letter in "ye":
        return f"{moment.year % 100:02}" if size <= 2 and letter == "y" else str(moment.year)
    if letter == "m" and not is_minute:
        name = _MONTHS[moment.month - 1]
        return [str(moment.month), f"{moment.month:02}", name[:3], name, name[:1]][min(size, 5) - 1]
    if letter == "d":
        name = _DAYS[moment.weekday()]
        return [str(moment.day), f"{moment.day:02}", name[:3], name][min(size, 4) - 1]
    value = {"h": moment.hour % 12 or 12 if half else moment.hour, "m": moment.minute, "s": moment.second}
    return f"{value[letter]:02}" if size > 1 else str(value[letter])
