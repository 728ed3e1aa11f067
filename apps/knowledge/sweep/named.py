"""Values that are names: telephone numbers, e-mail addresses, and the version of a program that is needed."""

import re
import zlib

from apps.knowledge.sweep.amount import Value

TOLD_APART = 7
"""Last digits of a telephone number that are compared; before them stand codes that may be left out."""

LEAST_DIGITS, MOST_DIGITS = 8, 15

_PHONE = re.compile(r"(?<![\w.,/=#-])(?:\+|00|\(0|0)[\d\s()./–-]{6,22}\d(?![\w]|[.,-]\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?<![.])")

_NAME = r"((?:i|iPad|mac|watch|tv|vision)OS|(?:Microsoft |Google |Mozilla |Apple )?[A-Z][\w+#]*)"
_PROGRAM = r"((?:i|iPad|mac|watch|tv)OS|Android|Windows|Chrome|Firefox|Safari|Edge|Opera|Java|Python|PHP|Node|Office|Excel|Outlook)"
_VERSION = r"(?:version |v|versión |ab version )?(\d{1,4}(?:\.\d{1,2})?)"
_NEWER = (
    r"(?:\s*\+(?!\w)|\s*,?\s*(?:or|and|oder|und|y|o|u|ou|et)\s+(?:newer|later|higher|above|up|more recent|neuer|höher|später|superior(?:es)?|posterior(?:es)?|"
    r"más reciente|supérieure?s?|plus récente?s?|ultérieure?s?)\b)"
)
_LEAST = (
    r"(?:at least|minimum(?: of| is)?|requires?|needs?|from|mindestens|benötigt|braucht|erfordert|ab|al menos|como mínimo|requiere|necesita|a partir de|desde|"
    r"au moins|nécessite|à partir de)"
)
_REQUIRED = (
    re.compile(rf"{_NAME}:?\s+{_VERSION}{_NEWER}"),
    re.compile(
        rf"{_PROGRAM}:?,?\s+(?i:from|as of|since|ab|desde|à partir de|≥|>=)\s+(?:la )?{_VERSION}(?![\d.]*\d|\s*(?:%|€|£|\$|[ap]\.?m))(?=\W|$)"
    ),
    re.compile(rf"(?i:\b{_LEAST})\s+(?:an? |eine? |un |una )?{_NAME}\s+{_VERSION}(?![\d.]*\d|\s*%)"),
)
_NO_PROGRAM = frozenset(
    [
        "the",
        "a",
        "an",
        "page",
        "step",
        "unit",
        "room",
        "floor",
        "from",
        "at",
        "to",
        "in",
        "on",
        "gate",
        "platform",
        "level",
        "day",
        "week",
        "hall",
        "class",
        "size",
        "line",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)


def named(text):
    """The telephone numbers, addresses and versions that ``text`` names, in no order."""
    yield from _versions(text)
    for match in _EMAIL.finditer(text):
        yield _of(match, "email", zlib.crc32(match.group().lower().encode()))
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if LEAST_DIGITS <= len(digits) <= MOST_DIGITS and not re.search(
            r"\d[./]\d{1,2}[./]\d{4}", match.group()
        ):
            yield _of(match, "phone", int(digits[-TOLD_APART:]))


def _versions(text):
    for rule in _REQUIRED:
        for match in rule.finditer(text):
            name = match.group(1).split()[-1].lower()
            if name not in _NO_PROGRAM:
                whole, _point, part = match.group(2).partition(".")
                yield Value(
                    match.start(2), match.end(2), f"version:{name}", *(int(whole) + int(part or 0) / 100,) * 2
                )


def _of(match, dimension, number):
    return Value(match.start(), match.end(), dimension, float(number), float(number))
