"""Two claims: do they speak of the same matter, and do they differ in what they say of it?"""

from dataclasses import dataclass

from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.claims import WORD, Claim, blanked, is_light, read
from apps.knowledge.sweep.values import CAPITALISING, values
from berrydesk.text.tokens import tokens

SURE = 0.62
"""From here a difference is shown without a model's word."""

DOUBTFUL = 0.45
"""From here a model may say whether it is one."""

LIGHT_WEIGHT = 0.2

JOINING = frozenset({"de", "nl", "sv", "da", "no", "nb", "fi"})
"""Languages that write several words as one: Probefahrt is Probe and fahren."""

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

TITLES_APART = 0.8
"""How much less a difference counts between pages whose titles name different things."""


LONGEST_DENIAL = 240
"""Characters; in a longer sentence a negator seldom denies the whole."""

CONDITIONAL = 0.85
"""How much less a denial counts where only one of the two names a condition."""


@dataclass(frozen=True)
class Difference:
    """Two claims that differ: in ``kind`` (a dimension, ``polarity`` or ``free``), by the words at these places."""

    one: Claim
    other: Claim
    kind: str
    marks: tuple
    other_marks: tuple
    confidence: float


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


def differ(one, other):
    """The Difference of two claims, or None. Both are of the same language."""
    if one.values and other.values and not one.dimensions & other.dimensions:
        return None
    if not one.values and not other.values and one.denies == other.denies:
        return None
    if not one.telling & set(other.terms) and one.page.language not in JOINING:
        return None
    if one.statement is other.statement or _same_table(one, other):
        return None
    if _apart(one, other) or _processes_apart(one, other):
        return None
    likeness = like(one, other)
    if not likeness.shared or (one.page.pk == other.page.pk and not _same_page_alike(one, other, likeness)):
        return None
    if _named_apart(one, other, likeness):
        return None
    if one.values and other.values:
        return _by_values(one, other, likeness)
    if not one.values and not other.values:
        return _by_polarity(one, other, likeness)
    return _by_free(one, other, likeness)


def agree(one, other):
    """True when the claims name the same value of some dimension for what may be the same matter."""
    return any(a.equals(b) for a in one.values for b in other.values if a.per == b.per)


def like(one, other):
    """How far two claims speak of the same matter."""
    language = one.page.language
    terms, others = one.terms, other.terms
    shared, common = 0.0, set()
    for term, weight in terms.items():
        if term in others:
            common.add(term)
            light = LIGHT_WEIGHT if is_light(term, language) else 1.0
            shared += light * min(weight, others[term])
    if language in JOINING:
        for (mine, weight), parts in [*_joined(terms, others), *_joined(others, terms)]:
            if mine not in common:
                common.update((mine, *parts))
                shared += weight
    one_extra = frozenset(t for t in one.own if t not in common and not is_light(t, language))
    other_extra = frozenset(t for t in other.own if t not in common and not is_light(t, language))
    only_one, only_other = float(len(one_extra)), float(len(other_extra))
    low, high = sorted((only_one, only_other))
    score = shared / (shared + 0.22 * (high - low) + 0.9 * low + 0.35) if shared else 0.0
    return Likeness(shared, only_one, only_other, frozenset(common), one_extra, other_extra, score)


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


def _processes_apart(one, other):
    a, b = PROCESSES & set(one.own), PROCESSES & set(other.own)
    return bool(a) and bool(b) and not a & b


def _same_page_alike(one, other, likeness):
    """Within a page, neighbours complement each other: only the same words with another value are suspect."""
    if one.statement.block == other.statement.block or (
        one.statement.lead and one.statement.lead == other.statement.lead
    ):
        return False
    return (
        min(likeness.only_one, likeness.only_other) == 0 and max(likeness.only_one, likeness.only_other) <= 1
    )


def _named_apart(one, other, likeness):
    """True when each sentence names what its own page is about, and the other does not."""
    a = likeness.one_extra & _title(one.page)
    b = likeness.other_extra & _title(other.page)
    if a and b and one.page.pk != other.page.pk:
        return True
    return bool(_own_names(one, other, likeness.one_extra) and _own_names(other, one, likeness.other_extra))


def _own_names(claim, other, extra):
    """Names and numbers of a sentence that the other lacks: "Aspen", "300"."""
    language = claim.page.language
    numbers = {t for t in extra if any(c.isdigit() for c in t)}
    if language in CAPITALISING:
        return numbers
    return numbers | {n for n in claim.names - other.names if set(tokens(n, language)) & extra}


def _same_table(one, other):
    """Rows of one table differ by their names."""
    a, b = one.statement, other.statement
    if one.page.pk == other.page.pk and a.table and a.table == b.table:
        return True
    return bool(a.row and b.row) and a.row.lower() != b.row.lower()


def _apart(one, other):
    """True when the claims hold for different people, places, times or things."""
    for kind in {*one.scope, *other.scope, *one.scope_around, *other.scope_around}:
        a = one.scope.get(kind) or one.scope_around.get(kind)
        b = other.scope.get(kind) or other.scope_around.get(kind)
        if a and b and not a & b:
            return True
        own_a, own_b = one.scope.get(kind), other.scope.get(kind)
        if kind in ("tier", "who", "made", "billing", "season", "fabric") and bool(own_a) != bool(own_b):
            named = own_a or own_b
            elsewhere = other if own_a else one
            if not named & _words_around(elsewhere) and not named <= {"standard", "estándar"}:
                return True
    return _products_apart(one, other)


def _words_around(claim):
    return {w for words in claim.scope_around.values() for w in words} | {
        w for words in claim.scope.values() for w in words
    }


def _products_apart(one, other):
    """True when both pages are about things of their own: each title names what the other page never does."""
    if one.page.pk == other.page.pk:
        return False
    a, b = _title_only(one, other), _title_only(other, one)
    if not a or not b:
        return False
    head = _title(one.page) & _title(other.page)
    return bool(head) or not _has_subject(one) or not _has_subject(other)


def _title(page):
    if "title" not in page.extra:
        words = read(page.title, page.language)
        page.extra["title"] = frozenset(
            t for t in words.terms if not is_light(t, page.language) and not t.startswith("@")
        )
    return page.extra["title"]


def _all(page):
    if "all" not in page.extra:
        said = [blanked(s.text, values(s.text, page.language)) for s in page.statements]
        page.extra["all"] = frozenset(read("\n".join(said), page.language).terms)
    return page.extra["all"]


def _title_only(one, other):
    """Words of a page's title that the other page never says."""
    return _title(one.page) - _all(other.page) - _title(other.page)


def _has_subject(claim):
    """True when the sentence itself says what it is about, beyond what every product has."""
    return any(t not in SUBJECTLESS for t in claim.telling)


def _by_values(one, other, likeness):
    best = None
    for a in one.values:
        if any(a.equals(b) and a.per == b.per for b in other.values):
            continue
        for b in other.values:
            if any(b.equals(x) and b.per == x.per for x in one.values):
                continue
            confidence = _value_confidence(a, b, one, other, likeness)
            if confidence and (best is None or confidence > best.confidence):
                best = Difference(
                    one, other, a.dimension, ((a.start, a.end),), ((b.start, b.end),), confidence
                )
    return best


def _value_confidence(a, b, one, other, likeness):
    """How sure it is that ``a`` and ``b`` answer the same question; 0 when they cannot."""
    if not _comparable(a, b) or (
        a.dimension.startswith("money") and _is_threshold(a, one) != _is_threshold(b, other)
    ):
        return 0.0
    dimension = "time" if a.dimension == "workdays" else a.dimension
    telling = {t for t in likeness.terms if not is_light(t, one.page.language)}
    matters = telling & v.MATTERS.get(dimension.split(":")[0], set())
    if dimension == "hours":
        if a.days and b.days and not a.days & b.days:
            return 0.0
    elif not matters and len(telling) < 2 and (not telling or likeness.one_extra or likeness.other_extra):
        return 0.0
    if dimension.startswith("count") and len(telling) < 2:
        return 0.0
    confidence = likeness.score
    if a.role and b.role and a.role == b.role:
        confidence += 0.06
    if matters:
        confidence += 0.08
    if titles_apart(one.page, other.page):
        if not matters and (_is_anaphoric(one) or _is_anaphoric(other)):
            return 0.0
        confidence *= TITLES_APART
    return min(1.0, confidence)


def _is_anaphoric(claim):
    """True for "it", or for "the hopper" of whatever the page is about."""
    return bool(v.PRONOUN.match(claim.statement.text) or v.DEFINITE.match(claim.statement.text))


def titles_apart(page, other):
    """True when each title names something that the other page never says."""
    if page.pk == other.pk:
        return False
    one, two = _title(page), _title(other)
    return bool(one - _all(other) - two) and bool(two - _all(page) - one)


def _comparable(a, b):
    time = ("time", "workdays")
    if a.dimension != b.dimension and not (a.dimension in time and b.dimension in time):
        return False
    if a.dimension != b.dimension and (a.low, a.high) == (b.low, b.high):
        return False  # five days and five working days: said loosely
    if a.per != b.per:
        return False
    if a.role and b.role and a.role != b.role and {a.role, b.role} != {"until", "after"}:
        return False
    if a.dimension in time and not _same_size(a, b):
        return False
    return not a.equals(b)


def _is_threshold(value, claim):
    """True for the sum from which something is free, as opposed to what it costs."""
    return claim.free is not None


def _same_size(a, b):
    """Minutes and months are seldom the same matter."""
    low, high = sorted((max(a.high, 1e-9), max(b.high, 1e-9)))
    return high / low < 60


def _by_polarity(one, other, likeness):
    if one.denies == other.denies or not one.is_whole or not other.is_whole:
        return None
    if max(len(one.statement.text), len(other.statement.text)) > LONGEST_DENIAL:
        return None
    no, yes = (one, other) if one.denies else (other, one)
    extra = likeness.one_extra if no is one else likeness.other_extra
    language = one.page.language
    if yes.universal:
        extra = frozenset()
    telling = {t for t in likeness.terms if not is_light(t, language)}
    denied = [t for t in no.denied if not is_light(t, language)]
    if denied[:2] and not set(denied[:2]) <= telling & (set(yes.own) | set(yes.around)):
        return None
    own = no.telling
    said = (yes.telling & telling) & (
        own | set(no.around) if v.PRONOUN.match(no.statement.text) else own | telling
    )
    if len(said) < 2 or len(own & telling) < 2 or len(extra) > len(own) / 3:
        return None
    if one.page.pk == other.page.pk and not own <= yes.telling:
        return None
    other_extra = likeness.other_extra if no is one else likeness.one_extra
    score = likeness.shared / (likeness.shared + 0.9 * len(extra) + 0.25 * len(other_extra) + 0.35)
    if bool(v.CONDITION.search(no.statement.text)) != bool(v.CONDITION.search(yes.statement.text)):
        score *= CONDITIONAL
    if titles_apart(one.page, other.page):
        score *= TITLES_APART
    marks = no.marked[:1]
    opposite = _counterpart(yes, no)
    if no is one:
        return Difference(one, other, "polarity", marks, opposite, score)
    return Difference(one, other, "polarity", opposite, marks, score)


def _counterpart(yes, no):
    """What to mark in the affirming sentence: its Yes, else the first word that the other denies."""
    text = yes.statement.text
    said = v.YES.match(text)
    if said:
        return (said.span(),)
    shared = {*no.denied, *no.own}
    for wanted in (set(no.denied[:1]), shared):
        for match in WORD.finditer(text):
            found = set(read(match.group(), yes.page.language).terms)
            if found & wanted:
                return (match.span(),)
    return ()


def _by_free(one, other, likeness):
    """One says that it costs nothing, the other names a price."""
    free, paid = (other, one) if one.values else (one, other)
    if not free.free or paid.free or free.values:
        return None
    prices = [
        x for x in paid.values if x.dimension.startswith("money") and x.role in ("", "from") and x.low > 0
    ]
    threshold = [x for x in paid.values if x.role == "from" and x.dimension.startswith("money")]
    if not prices or (threshold and len(prices) == len(threshold)):
        return None
    telling = {t for t in likeness.terms if not is_light(t, one.page.language)}
    if not telling:
        return None
    mark = ((prices[0].start, prices[0].end),)
    confidence = likeness.score
    if free is one:
        return Difference(one, other, "free", (free.free,), mark, confidence)
    return Difference(one, other, "free", mark, (free.free,), confidence)
