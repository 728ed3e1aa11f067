"""Personal data that has a shape: e-mail addresses, phone numbers, cards, accounts, long and named numbers.

Names of people have no shape; who knows one gives it.
"""

import re
from dataclasses import dataclass

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_DIGITS = re.compile(r"(?<![\w.,])[+(]{0,2}\d(?:[ \-./()]{0,2}\d){5,24}(?![\w])")
_DATE = re.compile(r"(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)\d\d")
_AMOUNT = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?|\d+\.\d{1,2}")
_RANGE = re.compile(r"((?:19|20)\d\d|\d{1,6}[.,]\d{1,2}) ?[-/] ?((?:19|20)\d\d|\d{1,6}[.,]\d{1,2})")
_MIXED = re.compile(r"(?<!\w)#?(?=[A-Za-z\d-]*[A-Za-z])(?=(?:[A-Za-z-]*\d){6})[A-Za-z\d][A-Za-z\d-]{5,60}")
_HANDLE = re.compile(r"(?<!\w)[A-Za-z]\w{1,40}_\w{0,20}\d{2,8}\b")
_HASHED = re.compile(r"(?<!\w)#[A-Za-z]{0,4}-?\d{3,}\b")
_LABELLED = re.compile(
    r"(?i)\b(?:zip|post(?:al)? ?code|plz|order|ticket|invoice|tracking|account|customer|user ?name|username|user|booking|reservation|"
    r"reference|ref|case|policy|membership|serial|bestell\w*|rechnung\w*|kunden\w*|pedido|commande|factura|facture)"
    r"(?: ?(?:number|nummer|nr\.?|no\.?|id|code|n°|numero|número|numéro))?(?: is| ist| es| est)?\s{0,2}[:#=]?\s{0,2}"
    r"(?P<value>(?=[\w-]*\d{3})[A-Za-z\d][\w-]{2,40})"
)


@dataclass(frozen=True)
class Found:
    """A stretch of a text, and what it is: ``email``, ``phone``, ``card``, ``iban`` or ``number``."""

    start: int
    end: int
    kind: str


def find(text):
    """What is personal in ``text``, in order, without overlaps."""
    found = []
    for each in (_emails, _ibans, _runs_of_digits, _named_numbers):
        for one in each(text):
            if all(one.end <= other.start or one.start >= other.end for other in found):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def holds(text):
    """True where anything personal is found in ``text``."""
    return bool(find(text))


def masked(text):
    """``text`` with each stretch replaced by its kind in brackets, such as ``[email]``."""
    parts, at = [], 0
    for one in find(text):
        parts += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join([*parts, text[at:]])


def is_card(digits):
    """True where the Luhn check of ISO/IEC 7812 holds for 13 to 19 digits."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban(text):
    """True where the check digits of ISO 13616 hold."""
    plain = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _emails(text):
    return [Found(*match.span(), "email") for match in _EMAIL.finditer(text)]


def _ibans(text):
    """An account's number may be followed by capital words: the longest that checks counts."""
    for match in _IBAN.finditer(text):
        words = match.group()
        while words and not is_iban(words):
            words = words.rpartition(" ")[0]
        if words:
            yield Found(match.start(), match.start() + len(words), "iban")


def _runs_of_digits(text):
    for match in _DIGITS.finditer(text):
        words = match.group()
        digits = re.sub(r"\D", "", words)
        if is_card(digits):
            yield Found(*match.span(), "card")
        elif _DATE.match(words) or _AMOUNT.fullmatch(words) or _RANGE.fullmatch(words):
            continue
        elif len(digits) <= 15 and (words[0] in "+(0" or re.search(r"\d[ \-./()]+\d", words)):
            if len(digits) >= 7:
                yield Found(*match.span(), "phone")
        else:
            yield Found(*match.span(), "number")


def _named_numbers(text):
    for pattern in (_HASHED, _MIXED, _HANDLE):
        for match in pattern.finditer(text):
            yield Found(*match.span(), "number")
    for match in _LABELLED.finditer(text):
        yield Found(*match.span("value"), "number")
