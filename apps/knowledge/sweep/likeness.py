"""How far two claims speak of the same matter, and what tells them apart: people, places, products, processes."""

import re
from dataclasses import dataclass

from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.claims import blanked
from apps.knowledge.sweep.terms import is_light, light_terms, read
from apps.knowledge.sweep.values import CAPITALISING, values
from berrydesk.text.tokens import tokens

LIGHT_WEIGHT = 0.2

_DIGIT = re.compile(r"\d")

UNMARKED = frozenset({"standard", "estándar", "members"})
"""Those whom a sentence means that names nobody."""

MOST_OTHERWISE, LEAST_NAMED = 1, 2
"""Telling words that only one of two like sentences has, and those that both have beside what both pages are called;
twice as many where the titles share a word, as those of two products do.
"""

JOINING = frozenset({"de", "nl", "sv", "da", "no", "nb", "fi"})
"""Languages that write several words as one: Probefahrt is Probe and fahren."""

AKIN = 5
"""Letters with which two stems of one word begin."""

PROCESSES = frozenset(
    {
        "@return",
        "@refund",
        "@ship",
        "@warranty",
        "@cancel",
        "@repair",
        "@pay",
        "@trial",
        "@reply",
        "@backup",
        "@damage",
    }
    | {"@expire", "@rent", "@deposit", "@appointment", "@discount", "@upload"}
)
"""Sentences that name different ones of these, and none in common, speak of different things."""

SUBJECTLESS = (
    frozenset({"@warranty", "@discount", "@deposit", "@age", "@repair", "@rent", "@expire"}) | v.LIGHT
)
"""What every product of a business has: whose it is, its page says."""

DAY_AND_NIGHT = frozenset({"jour", "nuit", "day", "night", "tag", "nacht", "noch", "dia"})
"""Light in a sentence, telling in a title: Crème de jour and Crème de nuit."""


@dataclass(frozen=True)
class Likeness:
    """How far two claims speak of the same: ``shared`` weight, what only one has, and the shared terms."""

    shared: float
    only_one: float
    only_other: float
    terms: frozenset
    one_extra: frozenset
    other_extra: frozenset
    score: float


def like(one, other):
    """How far two claims speak of the same matter."""
    language = one.page.language
    terms, others, light = one.terms, other.terms, light_terms(language)
    common = terms.keys() & others.keys()
    shared = sum((LIGHT_WEIGHT if t in light else 1.0) * min(terms[t], others[t]) for t in common)
    if language in JOINING:
        for (mine, weight), parts in [*_joined(terms, others), *_joined(others, terms)]:
            if mine not in common:
                common.update((mine, *parts))
                shared += weight
    one_extra, other_extra = one.telling - common, other.telling - common
    for mine, theirs in _akin(one_extra, other_extra):
        common |= {mine, theirs}
        shared += 1.0
        one_extra, other_extra = one_extra - {mine}, other_extra - {theirs}
    only_one, only_other = float(len(one_extra)), float(len(other_extra))
    low, high = sorted((only_one, only_other))
    score = shared / (shared + 0.22 * (high - low) + 0.9 * low + 0.35) if shared else 0.0
    return Likeness(shared, only_one, only_other, frozenset(common), one_extra, other_extra, score)


def _akin(one, other):
    """Pairs of stems that begin alike: training and trainer."""
    for mine in one:
        for theirs in other:
            head = min(len(mine), len(theirs))
            if (
                head >= AKIN
                and mine[0] != "@"
                and mine[:head] == theirs[:head]
                and abs(len(mine) - len(theirs)) <= 2
            ):
                yield mine, theirs
                break


def _joined(terms, others):
    """((term, weight), parts): words of ``terms`` that hold one long word of ``others`` in them, or two short ones."""
    for term, weight in terms.items():
        if len(term) < 7 or term.startswith("@") or term in others:
            continue
        parts = [
            each
            for each in others
            if 4 <= len(each) < len(term) and not each.startswith("@") and each in term
        ]
        if any(len(each) >= 5 for each in parts) or len(parts) > 1:
            yield (term, min(weight, max(others[p] for p in parts))), parts


def say_the_same(one, other):
    """True for two sentences of nearly the same words that name themselves what they are about: "A heat pack costs …"."""
    a, b = one.telling, other.telling
    head = of_title(one.page) & of_title(other.page)
    return len(a ^ b) <= MOST_OTHERWISE and len((a & b) - SUBJECTLESS - head) >= LEAST_NAMED * (
        1 + bool(head)
    )


def processes_apart(one, other):
    a, b = PROCESSES & set(one.own), PROCESSES & set(other.own)
    return bool(a) and bool(b) and not a & b


def same_page_alike(one, other, likeness):
    """Within a page, neighbours complement each other: only the same words with another value are suspect."""
    if one.statement.block == other.statement.block or (
        one.statement.lead and one.statement.lead == other.statement.lead
    ):
        return False
    return (
        min(likeness.only_one, likeness.only_other) == 0 and max(likeness.only_one, likeness.only_other) <= 1
    )


def named_apart(one, other, likeness):
    """True when each sentence names what its own page is about, and the other does not."""
    a = likeness.one_extra & of_title(one.page)
    b = likeness.other_extra & of_title(other.page)
    if a and b and one.page.pk != other.page.pk:
        return True
    return bool(_own_names(one, other, likeness.one_extra) and _own_names(other, one, likeness.other_extra))


def _own_names(claim, other, extra):
    """Names and numbers of a sentence that the other lacks: "Aspen", "300"."""
    language = claim.page.language
    numbers = {t for t in extra if _DIGIT.search(t)}
    if language in CAPITALISING:
        return numbers
    return numbers | {n for n in claim.names - other.names if set(tokens(n, language)) & extra}


def one_is_special(one, other, likeness):
    """True when one sentence names what its own page's title names and the other does not: a part, or a kind."""
    if one.page.pk == other.page.pk:
        return False
    return bool(likeness.one_extra & of_title(one.page) or likeness.other_extra & of_title(other.page))


def are_siblings(page, other):
    """True for "Setting up check-ups" and "Setting up cleanings"."""
    one, two = (frozenset(tokens(each.title, each.language)) for each in (page, other))
    light = light_terms(page.language)
    return bool(one & two) and bool(one - two - light) and bool(two - one - light) and len(one ^ two) <= 4


def is_unknown_to(page, other):
    """True when the page's title names something that the other page never says."""
    return bool(of_title(page) & _all(page) - _all(other) - of_title(other))


def is_narrower(one, other, likeness):
    """True when one page is about a kind of what the other is about, and its sentence says so: "teaching pool"."""
    a, b = of_title(one.page), of_title(other.page)
    return bool((a < b and likeness.other_extra & b) or (b < a and likeness.one_extra & a))


def same_table(one, other):
    """Rows of one table differ by their names."""
    a, b = one.statement, other.statement
    if one.page.pk == other.page.pk and a.table and a.table == b.table:
        return True
    return bool(a.row and b.row) and a.row.lower() != b.row.lower()


def labelled_apart(one, other):
    """True when a claim stands under a label ("Gas: …", a table's row) that the other's words do not know."""
    a, b = one.label, other.label
    if a and b:
        return not (a & b or _joins(a, b, one.page.language))
    for label, claim in ((a, other), (b, one)):
        lacking = label - claim.terms.keys()
        if lacking and len(lacking) > len(label) // 3:
            return not _joins(lacking, claim.terms, one.page.language)
    return False


def _joins(terms, others, language):
    """True when each of the terms is part of a joined word of the others, or holds one."""
    if language not in JOINING:
        return False
    return all(any(len(x) >= 5 and len(t) >= 5 and (x in t or t in x) for x in others) for t in terms)


def apart(one, other):
    """True when the claims hold for different people, places, times or things: said there, or by what stands around.

    Sentences that say the same hold for what they name themselves.
    """
    if say_the_same(one, other):
        return any(
            bool(one.scope.get(kind)) != bool(other.scope.get(kind))
            or one.scope[kind].isdisjoint(other.scope[kind])
            for kind in {*one.scope, *other.scope}
        )
    for kind in {*one.scope, *other.scope, *one.scope_around, *other.scope_around}:
        a = one.scope.get(kind) or one.scope_around.get(kind)
        b = other.scope.get(kind) or other.scope_around.get(kind)
        if a and b and not a & b:
            return True
        own_a, own_b = one.scope.get(kind), other.scope.get(kind)
        if kind == "season" and bool(a) != bool(b):
            return True
        if kind in ("tier", "who", "made", "season", "fabric") and bool(own_a) != bool(own_b):
            named = own_a or own_b
            elsewhere = other if own_a else one
            if not named & _words_around(elsewhere) and not named <= UNMARKED:
                return True
    return products_apart(one, other)


def _words_around(claim):
    return {w for words in claim.scope_around.values() for w in words} | {
        w for words in claim.scope.values() for w in words
    }


def products_apart(one, other):
    """True when both pages are about things of their own: each title names what the other page never does."""
    if one.page.pk == other.page.pk:
        return False
    a, b = _title_only(one, other), _title_only(other, one)
    if not a or not b:
        return False
    head = of_title(one.page) & of_title(other.page)
    return bool(head) or not _has_subject(one) or not _has_subject(other)


def of_title(page):
    """The words of a page's title that say what it is about."""
    if "title" not in page.extra:
        words = read(page.title, page.language)
        page.extra["title"] = frozenset(
            t
            for t in words.terms
            if not t.startswith("@") and (not is_light(t, page.language) or t in DAY_AND_NIGHT)
        )
    return page.extra["title"]


def _all(page):
    if "all" not in page.extra:
        said = [blanked(s.text, values(s.text, page.language)) for s in page.statements]
        page.extra["all"] = frozenset(read("\n".join(said), page.language).terms)
    return page.extra["all"]


def _title_only(one, other):
    """Words of a page's title that the other page never says."""
    return of_title(one.page) - _all(other.page) - of_title(other.page)


def _has_subject(claim):
    """True when the sentence itself says what it is about, beyond what every product has."""
    return any(t not in SUBJECTLESS for t in claim.telling)


def bodies_apart(page, other):
    """True when each page is about what its title names and the other never says."""
    one, two = of_title(page) & _all(page), of_title(other) & _all(other)
    return bool(one - _all(other)) and bool(two - _all(page))


def titles_apart(page, other):
    """True when each title names something that the other page never says."""
    if page.pk == other.pk:
        return False
    one, two = of_title(page), of_title(other)
    return bool(one - _all(other) - two) and bool(two - _all(page) - one)
