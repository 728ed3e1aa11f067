"""Two claims: do they speak of the same matter, and do they differ in what they say of it?"""

import re
from dataclasses import dataclass, replace

from apps.knowledge.sweep import conditions, denying, kinship, moments
from apps.knowledge.sweep import likeness as likeness_of
from apps.knowledge.sweep import units as u
from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.branches import are_branches
from apps.knowledge.sweep.claims import Claim
from apps.knowledge.sweep.terms import is_light
from apps.knowledge.sweep.values import values

SURE = 0.62
"""From here a difference is shown without a model's word."""

DOUBTFUL = 0.45
"""From here a model may say whether it is one."""

ALIKE = 0.8
"""From here two sentences say so much the same that nothing around them is asked: a footer, and a page's opening hours."""

AMONG_STRANGERS = 0.55
"""How sure two sentences are that speak alike, on pages and under headings that have nothing in common."""

BESIDE_DATE = 0.1
"""Words in common from which two sentences that share a date are of one event."""

COMPOUND = 11
"""Letters from which a German stem is likely made of two words."""

SPECIAL = 0.75
"""How much less a difference counts where one sentence is about what only its own page's title names."""

FAR_APART = 0.9
"""How much less a difference counts between amounts that are far apart; within one page it counts nothing."""

TITLES_APART = 0.8
"""How much less a difference counts between pages whose titles name different things."""


_NAMELESS = re.compile(
    r"(?i)\b(?:sells?|sold|buy|get|hire|rent|costs?|for|of) (?:them|these|those|it)\b|\b(?:single|new|small|large|big|other|old|spare) ones?\b"
)
"""A sentence that does not name what it sells: another sentence did."""


@dataclass(frozen=True)
class Difference:
    """Two claims that differ: in ``kind`` (a dimension, ``polarity`` or ``free``), by the words at these places."""

    one: Claim
    other: Claim
    kind: str
    marks: tuple
    other_marks: tuple
    confidence: float
    has_matter: bool = False


def may_differ(one, other):
    """True when the two can differ or agree in anything: the cheap question before ``differ``."""
    if conditions.may_oppose(one, other):
        return True
    if (one.free and other.paid) or (one.paid and other.free):
        return True
    if one.values and other.values:
        return not one.dimensions.isdisjoint(other.dimensions)
    if one.values or other.values:
        return bool(one.free or other.free)
    return one.denies != other.denies or (one.asks and other.asks)


def differ(one, other, rarity=kinship.alike):
    """The Difference of two claims, or None. Both are of the same language; ``rarity`` as in ``kinship``."""
    if not may_differ(one, other):
        return None
    told = _by_sentences(one, other)
    if told and told.confidence >= SURE:
        if likeness_of.like(one, other).score >= ALIKE or not kinship.are_strangers(one, other, rarity):
            return told
        told = replace(told, confidence=AMONG_STRANGERS)
    akin = (
        _by_surroundings(one, other, rarity)
        if one.values and other.values
        else _by_expense(one, other, rarity)
    )
    against = _by_conditions(one, other, rarity)
    return max(filter(None, (told, akin, against)), key=lambda each: each.confidence, default=None)


def _by_conditions(one, other, rarity):
    """For some only against for everybody, bound against free to leave, ruled out against done."""
    if not conditions.may_oppose(one, other):
        return None
    found = conditions.difference(one, other, likeness_of.like(one, other), rarity)
    return Difference(one, other, "polarity", *found) if found else None


def _by_surroundings(one, other, rarity):
    """The Difference of two claims whose sentences share little, by what stands around them."""
    if one.page.pk == other.page.pk or likeness_of.same_table(one, other):
        return None
    if are_branches(one, other):
        return None
    differing = [
        (a, b)
        for a in one.values
        for b in other.values
        if _comparable(a, b)
        and _counted_alike(a, b, one, other)
        and (not a.dimension.startswith("money") or _is_threshold(a, one) == _is_threshold(b, other))
        and not moments.is_deadline_beside(a, b, one, other)
        and not moments.are_apart(a, b, one, other)
        and (a.dimension != "date" or kinship.are_near_days(a, b))
        and (a.dimension != "hours" or not moments.are_hours_apart(a, b, one, other))
    ]
    if not differing or _agrees(one.values, other.values) or _both_say(differing[0], one, other):
        return None
    likeness = likeness_of.like(one, other)
    confidence = kinship.kinship(one, other, likeness, rarity)
    a, b = differing[0]
    if confidence < SURE and (_is_same_program(a, one, other) or _is_beside_same_date(one, other, rarity)):
        confidence = SURE
    return Difference(one, other, a.dimension, ((a.start, a.end),), ((b.start, b.end),), confidence, True)


def _is_same_program(value, one, other):
    """True where both say which version of one program is needed, and neither names another thing that needs it."""
    return value.dimension.startswith("version") and not likeness_of.named_apart(
        one, other, likeness_of.like(one, other)
    )


def _is_beside_same_date(one, other, rarity):
    """True for one date each that differs, in sentences that share another date and what stands around them."""
    days = one.days, other.days
    if any(len(each) != 2 for each in days) or kinship.words_alike(one, other, rarity) < BESIDE_DATE:
        return False
    shared = [(x, y) for x in days[0] for y in days[1] if x.equals(y)]
    return len(shared) == 1 and not any(x in shared[0] for c in (one, other) for x in c.values)


def _by_sentences(one, other):
    is_near = one.telling & other.terms.keys() or other.telling & one.terms.keys()
    if not is_near and one.page.language not in likeness_of.JOINING:
        return None
    if one.statement is other.statement or likeness_of.same_table(one, other):
        return None
    if likeness_of.apart(one, other) or likeness_of.processes_apart(one, other):
        return None
    if likeness_of.labelled_apart(one, other) or are_branches(one, other):
        return None
    likeness = likeness_of.like(one, other)
    if not likeness.shared or (
        one.page.pk == other.page.pk and not likeness_of.same_page_alike(one, other, likeness)
    ):
        return None
    if likeness_of.named_apart(one, other, likeness):
        return None
    if one.values and other.values:
        return _by_values(one, other, likeness)
    if not one.values and not other.values:
        return _by_necessity(one, other, likeness) or _by_words(one, other, likeness)
    return _by_free(one, other, likeness)


def agree(one, other):
    """True when the claims name the same value of some dimension for what may be the same matter."""
    return not likeness_of.labelled_apart(one, other) and any(
        a.equals(b) for a in one.values for b in other.values if a.per == b.per
    )


def _by_values(one, other, likeness):
    best = None
    for a in one.values:
        if _agrees((a,), other.values):
            continue
        for b in other.values:
            if _agrees((b,), one.values) or _both_say((a, b), one, other):
                continue
            confidence = _value_confidence(a, b, one, other, likeness)
            if confidence and (best is None or confidence > best.confidence):
                marks, other_marks = ((a.start, a.end),), ((b.start, b.end),)
                matter = bool(_matters(a, likeness, one.page.language))
                best = Difference(one, other, a.dimension, marks, other_marks, confidence, matter)
    return best


def _agrees(values, others):
    """True when any of the values is said among the others, too."""
    return any(a.equals(b) and a.per == b.per for a in values for b in others)


def _both_say(pair, one, other):
    """True where one's value stands elsewhere in the other's sentence: "€6 on Team, €5 on Scale", said twice."""
    a, b = pair
    return any(a.equals(x) for x in other.said) or any(b.equals(x) for x in one.said)


def _value_confidence(a, b, one, other, likeness):
    """How sure it is that ``a`` and ``b`` answer the same question; 0 when they cannot."""
    if (
        not _comparable(a, b)
        or not _counted_alike(a, b, one, other)
        or (a.dimension.startswith("money") and _is_threshold(a, one) != _is_threshold(b, other))
        or moments.is_deadline_beside(a, b, one, other)
        or moments.are_apart(a, b, one, other)
    ):
        return 0.0
    dimension = "time" if a.dimension == "workdays" else a.dimension
    telling = {t for t in likeness.terms if not is_light(t, one.page.language)}
    matters = _matters(a, likeness, one.page.language)
    if dimension == "hours":
        if moments.are_hours_apart(a, b, one, other):
            return 0.0
    elif (
        not matters
        and _weight(telling, one.page.language) < 2
        and (not telling or likeness.one_extra or likeness.other_extra)
    ):
        return 0.0
    is_far = kinship.is_far(a, b)
    if is_far and one.page.pk == other.page.pk:
        return 0.0
    confidence = likeness.score * (FAR_APART if is_far else 1.0)
    if a.role and b.role and a.role == b.role:
        confidence += 0.06
    if matters:
        confidence += 0.08
    if not matters and likeness_of.one_is_special(one, other, likeness):
        confidence *= SPECIAL
    if _NAMELESS.search(one.statement.text) or _NAMELESS.search(other.statement.text):
        confidence *= SPECIAL
    if likeness_of.titles_apart(one.page, other.page) and not likeness_of.say_the_same(one, other):
        if not matters and (_is_anaphoric(one) or _is_anaphoric(other)):
            return 0.0
        confidence *= TITLES_APART
    return min(1.0, confidence)


def _weight(telling, language):
    """How many words the terms are; a long one of a language that joins words is two."""
    joins = language in likeness_of.JOINING
    return sum(2 if joins and len(term) >= COMPOUND else 1 for term in telling)


def _is_anaphoric(claim):
    """True for "it", or for "the hopper" of whatever the page is about."""
    return bool(v.PRONOUN.match(claim.statement.text) or v.DEFINITE.match(claim.statement.text))


def _comparable(a, b):
    time = ("time", "workdays")
    if a.dimension != b.dimension and not (a.dimension in time and b.dimension in time):
        return False
    if a.dimension != b.dimension and (a.low, a.high) == (b.low, b.high):
        return False  # five days and five working days: said loosely
    if a.role and b.role and a.role != b.role and {a.role, b.role} != {"until", "after"}:
        return False
    if a.dimension in time and not _same_size(a, b):
        return False
    return not a.equals(b)


def _is_threshold(value, claim):
    """True for a sum that an order must reach, from which something is free, say; as opposed to what it costs."""
    if claim.free is not None:
        return True
    text = claim.statement.text
    start = max(text.rfind(mark, 0, value.start) for mark in ",;:(") + 1
    ahead = text[start : value.start]
    if v.ORDER_OF.search(ahead) or v.ORDER_OF.search(" ".join((claim.statement.row, claim.statement.column))):
        return True
    if v.ORDER_AFTER.match(text[value.end :]):
        return True
    return value.role == "from" and (claim.denies or bool(v.GRANTED.search(text)))


def _names_threshold(claim):
    """True for a sentence that holds for orders of some sum on: "no delivery charge above €80"."""
    said = values(claim.statement.text, claim.page.language)
    return any(x.dimension.startswith("money") and _is_threshold(x, claim) for x in said)


def _matters(value, likeness, language):
    """Concepts in common that alone make values of this dimension comparable."""
    dimension = "time" if value.dimension == "workdays" else value.dimension.split(":")[0]
    return {t for t in likeness.terms if not is_light(t, language)} & v.MATTERS.get(dimension, set())


def _counted_alike(a, b, one, other):
    """True when both are by the same thing; a table's column or an adjective may say so instead of the value."""
    if a.per == b.per or (a.per and b.per):
        return a.per == b.per
    named, claim = (a.per, other) if a.per else (b.per, one)
    text = claim.statement.text.lower()
    if any(word in text for word in u.EACH.get(named, ())):
        return True
    if not claim.statement.row:
        return False
    return named in text or bool(claim.label and one.telling & (other.telling - claim.label))


def _same_size(a, b):
    """Minutes and months are seldom the same matter."""
    low, high = sorted((max(a.high, 1e-9), max(b.high, 1e-9)))
    return high / low < 60


def _by_words(one, other, likeness):
    """One denies what the other affirms, or does without what the other asks for."""
    found = denying.polarity(one, other, likeness)
    if found is None or _names_threshold(one) != _names_threshold(other):
        return None
    marks, other_marks, score = found
    if likeness_of.titles_apart(one.page, other.page):
        score *= TITLES_APART
    return Difference(one, other, "polarity", marks, other_marks, score)


def _by_necessity(one, other, likeness):
    found = denying.necessity(one, other, likeness)
    return Difference(one, other, "polarity", *found) if found else None


def _by_expense(one, other, rarity):
    """One says that it costs nothing, the other names a price or says who pays: by what stands around them."""
    if one.page.pk == other.page.pk or likeness_of.same_table(one, other):
        return None
    free, paid = (one, other) if one.free else (other, one)
    if not free.free or paid.free:
        return None
    if kinship.DOINGS & free.own.keys() - kinship.words(paid):
        return None  # the delivery is free, the thing is not
    mark = paid.paid or next(((x.start, x.end) for x in _prices(paid)), None)
    if mark is None or (paid.paid and free.values):
        return None
    confidence = kinship.kinship(one, other, likeness_of.like(one, other), rarity)
    if likeness_of.is_unknown_to(free.page, paid.page):
        confidence *= SPECIAL
    left, right = (free.free, mark) if free is one else (mark, free.free)
    return Difference(one, other, "free", (left,), (right,), confidence)


def _prices(claim):
    """What it costs; nothing where only a sum is named from which something is free."""
    money = [x for x in claim.values if x.dimension.startswith("money")]
    prices = [x for x in money if x.role in ("", "from") and x.low > 0]
    threshold = [x for x in money if x.role == "from"]
    return [] if threshold and len(prices) == len(threshold) else prices


def _by_free(one, other, likeness):
    """One says that it costs nothing, the other names a price."""
    free, paid = (other, one) if one.values else (one, other)
    prices = _prices(paid)
    if not free.free or paid.free or free.values or not prices:
        return None
    telling = {t for t in likeness.terms if not is_light(t, one.page.language)}
    if not telling:
        return None
    named = likeness_of.PROCESSES & set(free.own)
    if (named and not named & paid.terms.keys()) or kinship.DOINGS & free.own.keys() - paid.terms.keys():
        return None  # the delivery is free, the thing is not
    mark = ((prices[0].start, prices[0].end),)
    confidence = likeness.score
    if free is one:
        return Difference(one, other, "free", (free.free,), mark, confidence)
    return Difference(one, other, "free", mark, (free.free,), confidence)
