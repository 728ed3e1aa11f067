"""How far two values answer one question where their sentences share few words: by all that stands around them."""

import functools
import math
import re

from apps.knowledge.sweep import likeness as likeness_of
from apps.knowledge.sweep.branches import are_branches
from apps.knowledge.sweep.claims import blanked
from apps.knowledge.sweep.terms import light_terms, read
from apps.knowledge.sweep.values import values
from berrydesk.text import embedding

PARAGRAPH = 0.4
"""How much a word of the paragraph counts beside one of the sentence."""

LIGHT = 0.3
"""How much a word counts that by itself says little."""

WEIGHTS = {"words": 15.4, "meaning": 8.7, "likeness": 3.1}
BIAS = -6.1
"""A logistic fitted on the knowledge bases of ``tests/benchmarks/sweeps`` but ``dental``, on those of
``tests/benchmarks/bases``, and on the Anthropic documentation, with pairs that the other rules keep apart left out."""

SURE_AT = 1.5
"""Where the logistic is so sure that hardly a wrong pair lies above it."""

SURE_ELSEWHERE = 4.0
"""The same in other languages than English, whose words the embeddings know less well."""

LEAST, LEAST_PARTICULAR = 0.1, 0.01
"""Share of the words from which the rest is asked."""

ONE_SIDED = 2.0
"""How much less sure a pair is of which only one names a season, a plan or for whom it holds."""

ONE_LIMITED = 0.5
"""How much less sure where only one names a limit."""

ONE_PROCESS = 1.0
"""How much less sure for a process, such as cancelling, that only one speaks of."""

DOINGS = likeness_of.PROCESSES - {"@rent", "@appointment", "@discount", "@pay", "@expire"}
"""What is done with an order, say; the others are what a business is about."""

NAMED = frozenset({"phone", "email"})
PARTICULAR, ONLY = 3.0, 1.0
"""How much surer a pair is whose kind of value is rare, and where one says that there is no other."""

_PEOPLE = frozenset(
    {"child", "children", "kid", "peopl", "person", "adult", "parent", "kind", "niñ", "enfant"}
)
"""Of whom an age is said: a word that two ages share tells nothing of their matter."""

_ONLY = re.compile(
    r"(?i)\b(?:only|no other|nowhere else|nur|einzig|ausschließlich|solo|sólo|únicamente|seul\w*|uniquement)\b"
)

ONE_IS_CELL = 3.0
"""How much less sure for a cell that says how much something is, and a sentence that says how much it may be."""

_LIMIT = re.compile(
    r"(?i)\b(?:max(?:imum)?|min(?:imum)?|limit(?:ed|s)?|at (?:least|most)|up to|no more than|not (?:weigh |be |exceed )?more than|höchst\w*|maximal|mindest\w*|máxim[oa]|mínim[oa]|hasta|jusqu['’]\w*|au (?:plus|moins))\b"
)

NEAR, BY_DOUBLING = 0.6, 1.2
"""How much surer where one amount is at most double the other, and less sure for each further doubling: what was changed
on one page and forgotten on another is near.
"""

YEARLESS, MONTHS_APART = 10000, 6
"""Dates below have no year; months that lie between two dates of one event at most."""

FAR = 4.5
"""Doublings from which two amounts are hardly of one matter."""

MEASURELESS = frozenset({"phone", "email", "hours", "clock", "date", "monthday", "monthweekday"})

KEPT = 2000
"""Surroundings of claims that stay in memory, as they were read, without values and as vectors: some 8 MB where each has
1,500 characters.
"""

STRANGERS = 0.6
"""Sum of the likeness in words and in meaning below which two sentences have nothing around them in common."""

NAMING = frozenset({"place", "tier", "who", "made", "size", "year", "meal", "season", "billing", "speed"})
"""Kinds of scope that keep two claims apart where each names its own."""


def alike(_term, _language):
    """Every word is as rare as the next: what is taken where no index says more."""
    return 1.0


def kinship(one, other, likeness, rarity=alike, bonus=0.0):
    """0 to 1: how sure it is that both speak of one matter; from ``comparing.SURE`` on it is shown.

    ``rarity``: a word and its language → how much it tells apart, its inverse document frequency. ``bonus``: how much surer the
    pair is for what the caller knows of it.
    """
    if _are_kept_apart(one, other, likeness):
        return 0.0
    words, is_particular = words_alike(one, other, rarity), bool(bonus) or _is_particular(one, other)
    if words < (LEAST_PARTICULAR if is_particular else LEAST):
        return 0.0
    meaning = meant_alike(one, other)
    if bool(one.days) != bool(other.days) and one.dimensions & other.dimensions & {
        "hours",
        "clock",
    }:
        return 0.0
    told = {"words": words, "meaning": meaning, "likeness": likeness.score}
    logit = BIAS + sum(WEIGHTS[name] * value for name, value in told.items())
    if likeness_of.apart(one, other) or _one_is_for_some(one, other):
        logit -= ONE_SIDED
    logit -= ONE_PROCESS * (_has_own_process(one, other) + _has_own_process(other, one))
    if is_particular:
        logit += bonus or PARTICULAR
        logit += (
            ONLY
            if (not bonus and _ONLY.search(one.statement.text)) or _ONLY.search(other.statement.text)
            else 0.0
        )
    if {x.role == "until" for x in one.values} != {x.role == "until" for x in other.values}:
        logit -= ONE_LIMITED
    sure_at = SURE_AT if one.page.language == "en" else SURE_ELSEWHERE
    if bool(_LIMIT.search(one.statement.text)) != bool(_LIMIT.search(other.statement.text)):
        logit -= ONE_IS_CELL if one.statement.row or other.statement.row else 0.0
    doublings = _doublings(one, other)
    logit += NEAR if 0 < doublings <= 1 else -BY_DOUBLING * max(0.0, doublings - 1)
    return 1 / (1 + math.exp(-(logit - sure_at) / 2 - 0.49))  # there it is 0.62


def is_far(a, b):
    """True for amounts so different that hardly anybody mistook one for the other."""
    return (
        a.dimension not in MEASURELESS and min(a.high, b.high) > 0 and abs(math.log2(a.high / b.high)) > FAR
    )


def are_near_days(a, b):
    """True for two days of one event: half a year apart at most, where both name their year."""
    months = [12 * (x.low // 10000) + x.low // 100 % 100 for x in (a, b)]
    return min(a.low, b.low) < YEARLESS or abs(months[0] - months[1]) <= MONTHS_APART


def _doublings(one, other):
    """How often the smaller of the two nearest amounts must be doubled to reach the larger."""
    kinds = one.dimensions & other.dimensions - MEASURELESS
    sizes = [[x.high for x in claim.values if _kind(x) in kinds and x.high > 0] for claim in (one, other)]
    return min((abs(math.log2(a / b)) for a in sizes[0] for b in sizes[1]), default=0.0)


def _kind(value):
    return "time" if value.dimension == "workdays" else value.dimension


def _are_kept_apart(one, other, likeness):
    if one.page.pk == other.page.pk or one.page.language != other.page.language:
        return True
    if likeness_of.named_apart(one, other, likeness) or likeness_of.bodies_apart(one.page, other.page):
        return True
    if likeness_of.products_apart(one, other) or likeness_of.is_narrower(one, other, likeness):
        return True
    if likeness_of.are_siblings(one.page, other.page) or are_branches(one, other):
        return True
    if _have_own_subjects(one, other):
        return True
    if likeness_of.labelled_apart(one, other) and not _is_cell_of(one, other) and not _is_cell_of(other, one):
        return True
    if bool(one.scope.get("season") or one.scope_around.get("season")) != bool(
        other.scope.get("season") or other.scope_around.get("season")
    ):
        return True
    for kind in NAMING:
        a = one.scope.get(kind) or one.scope_around.get(kind)
        b = other.scope.get(kind) or other.scope_around.get(kind)
        if a and b and not a & b:
            return True
    return False


def _have_own_subjects(one, other):
    """True where each sentence says what it is about, and nothing around the other knows it: gift cards, and points."""
    mine, theirs = one.telling - likeness_of.SUBJECTLESS, other.telling - likeness_of.SUBJECTLESS
    if not mine or not theirs:
        return False
    return (
        not one.telling.isdisjoint(other.telling)
        and mine.isdisjoint(words(other))
        and theirs.isdisjoint(words(one))
    )


def _is_particular(one, other):
    """True for two telephone numbers, two addresses, or two ages of people: kinds of value that few sentences hold."""
    if one.dimensions & other.dimensions & NAMED:
        return True
    return all(any(x.unit == "age" for x in claim.values) for claim in (one, other)) and bool(
        one.telling & other.telling - _PEOPLE
    )


def _one_is_for_some(one, other):
    """True when only one of the two names a plan, people or a make for which it holds."""
    for kind in ("tier", "who", "made"):
        a = one.scope.get(kind) or one.scope_around.get(kind)
        b = other.scope.get(kind) or other.scope_around.get(kind)
        if bool(a) != bool(b) and not (a or b) <= likeness_of.UNMARKED:
            return True
    return False


def _has_own_process(claim, other):
    """True when a sentence speaks of cancelling, say, and nothing around the other does."""
    return bool(DOINGS & claim.own.keys() - words(other))


def _is_cell_of(cell, claim):
    """True for a table's cell whose column is what the other's page is about, and whose row shares a word with it."""
    s, language = cell.statement, cell.page.language
    if not s.column or not s.row:
        return False
    column, row = (set(read(words, language).terms) for words in (s.column, s.row))
    light = light_terms(language)
    return (
        bool(column - light)
        and column <= set(read(claim.page.title, language).terms)
        and bool((row - light) & claim.terms.keys())
    )


def words_alike(one, other, rarity):
    """The cosine of the words of both and of what stands around them, the rarer ones counting more."""
    mine, theirs = _weighed(one, rarity), _weighed(other, rarity)
    norm = math.sqrt(sum(w * w for w in mine.values()) * sum(w * w for w in theirs.values()))
    return sum(w * theirs[t] for t, w in mine.items() if t in theirs) / norm if norm else 0.0


def meant_alike(one, other):
    """The cosine of the meaning of both and of what stands around them."""
    return float(_vector(_surroundings(one)) @ _vector(_surroundings(other)))


def are_strangers(one, other, rarity):
    """True where all that stands around two sentences has hardly a word and little meaning in common."""
    return words_alike(one, other, rarity) + meant_alike(one, other) < STRANGERS


def words(claim):
    """The words of a claim and of what stands around it."""
    return {*read(_surroundings(claim), claim.page.language).terms, *claim.terms}


def _weighed(claim, rarity):
    light = light_terms(claim.page.language)
    weights = dict.fromkeys(read(_surroundings(claim), claim.page.language).terms, PARAGRAPH)
    for term, weight in claim.terms.items():
        weights[term] = max(weights.get(term, 0.0), weight)
    language = claim.page.language
    return {t: w * rarity(t, language) * (LIGHT if t in light else 1.0) for t, w in weights.items()}


def _surroundings(claim):
    """What stands around a claim, its own sentence included, without values."""
    s = claim.statement
    return _blank(
        " ".join([claim.page.title, *s.above, s.question, s.lead, s.intro, s.block]), claim.page.language
    )


@functools.lru_cache(maxsize=KEPT)
def _blank(text, language):
    return " ".join(blanked(text, values(text, language)).split())


@functools.lru_cache(maxsize=KEPT)
def _vector(text):
    return embedding.embed([text])[0]
