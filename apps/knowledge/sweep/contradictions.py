"""Contradictions: what two pages, or two places of one, say differently about the same matter."""

from django.utils.translation import gettext as _

from apps.knowledge.sweep import comparing, found, kinship, likeness, outdated, subjects
from apps.knowledge.sweep.comparing import DOUBTFUL

KIND = "contradiction"

PARALLEL = 2
"""Pages about different things that differ in so many places are made after one pattern: two products, say."""


def find(page, around):
    """One finding for each two paragraphs that contradict each other."""
    by_other = {}
    for one, other in around.pairs(page):
        if outdated.is_past(one.page, around.today) or outdated.is_past(other.page, around.today):
            continue  # found as old; what it says was right
        by_other.setdefault(other.page.pk, []).append((one, other))
    for pairs in by_other.values():
        for differences in _by_paragraph(between(pairs, around.rarity)):
            yield _found(differences)


def between(pairs, rarity=kinship.alike):
    """The Differences within pairs of claims of two pages (or of one page and itself), the surest first.

    Each claim is matched with the one that speaks most nearly of the same; where these agree, a less similar
    pair that differs is no contradiction.
    """
    candidates = []
    for one, other in pairs:
        difference = comparing.differ(one, other, rarity)
        if difference and difference.confidence >= DOUBTFUL:
            candidates.append((difference.confidence, 0, difference, one, other))
        elif one.values and other.values and comparing.agree(one, other):
            candidates.append((likeness.like(one, other).score + 0.15, 1, None, one, other))
    return _matched(candidates)


def _by_paragraph(differences):
    grouped = {}
    for difference in differences:
        key = (difference.one.statement.block, difference.other.statement.block)
        grouped.setdefault(key, []).append(difference)
    return grouped.values()


def _found(differences):
    first = differences[0]
    left, right = _place(differences, 0), _place(differences, 1)
    explanation = _("“{one}” says {words}; “{other}” says {others}.").format(
        one=first.one.page.title, words=left.words, other=first.other.page.title, others=right.words
    )
    if first.one.page.pk == first.other.page.pk:
        explanation = _("“{one}” says {words} in one place, {others} in another.").format(
            one=first.one.page.title, words=left.words, others=right.words
        )
    terms = frozenset(likeness.like(first.one, first.other).terms)
    confidence = max(d.confidence for d in differences)
    severity = "high" if confidence >= 0.8 else "medium"
    return found.Found(
        KIND, severity, subjects.subject(first), explanation, left, right, confidence=confidence, terms=terms
    )


def _place(differences, side):
    first = differences[0].one if side == 0 else differences[0].other
    marks = set()
    for difference in differences:
        claim, spans = (
            (difference.one, difference.marks) if side == 0 else (difference.other, difference.other_marks)
        )
        shift = claim.statement.offset - first.statement.offset
        marks |= {(a + shift, b + shift) for a, b in spans}
    return found.place(first.page, first.statement, sorted(marks))


def _matched(candidates):
    """Greedily the surest pairs; each value of a statement is matched once, and its yes or no once."""
    candidates.sort(key=lambda c: (-c[0], -c[1]))
    taken, kept = set(), []
    for _score, _agree, difference, one, other in candidates:
        dimensions = (
            {_kind(d) for d in ("polarity", "free")}
            if difference is not None and difference.kind in ("polarity", "free")
            else {_kind(x.dimension) for x in one.values} & {_kind(x.dimension) for x in other.values}
        )
        if difference is not None and difference.kind not in ("polarity", "free"):
            dimensions = {_kind(difference.kind)}
        keys = {(id(one.statement), _at(one, d), other.page.pk, d) for d in dimensions}
        keys |= {(id(other.statement), _at(other, d), one.page.pk, d) for d in dimensions}
        if keys & taken:
            continue
        taken |= keys
        if difference is not None:
            kept.append(difference)
    return _without_patterns(kept)


def _at(claim, kind):
    """Where the claim's value of a kind stands."""
    return next((x.start for x in claim.values if _kind(x.dimension) == kind), None)


def _kind(dimension):
    return "time" if dimension == "workdays" else dimension.split(":")[0]


def _without_patterns(differences):
    unnamed = [d for d in differences if not d.has_matter and d.kind not in ("polarity", "free")]
    if len(unnamed) >= PARALLEL and likeness.titles_apart(differences[0].one.page, differences[0].other.page):
        return []
    return differences
