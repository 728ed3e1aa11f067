"""Moments and bounds that answer different questions: a deadline beside a duration, a condition beside a fact, a class beside opening hours."""

import re

from apps.knowledge.sweep import grammar, kinship
from apps.knowledge.sweep.branches import is_about_more
from apps.knowledge.sweep.terms import light_terms, read

MEASURED = frozenset({"time", "length", "mass", "temperature"})
"""Kinds of value that a condition may name a bound of, while another page says how much it is."""

_MOMENT = re.compile(r"(?i)^\s*(before|after|vor|nach|antes|después|avant|après)\b")

_MORE_THAN = re.compile(r"(?i)\b(?:(?:more|longer|less|shorter) than|mehr als|länger als|más de|plus de)\s*$")


def is_deadline_beside(a, b, one, other):
    """True for how long something lasts, and until when one may cancel it, say, of which the other does not speak."""
    if {a.role, b.role} != {"", "before"}:
        return False
    mine, theirs = (kinship.DOINGS & claim.own.keys() for claim in (one, other))
    return bool(mine - other.terms.keys()) or bool(theirs - one.terms.keys())


def are_hours_apart(a, b, one, other):
    """True for hours of other days, and for a business's own beside those of what the other page's title names: a class."""
    if a.days and b.days and not a.days & b.days:
        return True
    return (not one.telling and is_about_more(other.page, one.page)) or (
        not other.telling and is_about_more(one.page, other.page)
    )


def are_apart(a, b, one, other):
    """True for what a condition names against what is so, and for moments before and after different things."""
    texts = one.statement.text, other.statement.text
    if a.dimension in MEASURED and _is_bound(texts[0], a) != _is_bound(texts[1], b):
        return True
    if a.dimension != "time":
        return False
    moments = [_MOMENT.match(text[value.end :]) for value, text in ((a, texts[0]), (b, texts[1]))]
    if not all(moments):
        return False
    if moments[0].group(1).lower() != moments[1].group(1).lower():
        return True
    ahead = [
        set(read(text[: value.start], claim.page.language).terms) - light_terms(claim.page.language)
        for value, text, claim in ((a, texts[0], one), (b, texts[1], other))
    ]
    return bool(ahead[0] and ahead[1]) and not ahead[0] & ahead[1]


def _is_bound(text, value):
    """True for an amount that a condition names; how long something lasts may be said as one: "after ten minutes if idle"."""
    if value.dimension == "time" and not _MORE_THAN.search(text[: value.start]):
        return False
    return grammar.is_threshold(text, value.start)
