"""Conditions that differ: for some only or for everybody, bound for a time or free to leave, ruled out or taken for granted."""

import re

from apps.knowledge.sweep import grammar, kinship
from apps.knowledge.sweep.provisos import LONGEST, NEEDLESS
from apps.knowledge.sweep.terms import WORD, is_light, read

BONUS = 3.0
"""How much surer two sentences are about one matter when their conditions are opposed."""

_OPPOSED = (("only", "all"), ("tied", "loose"))

RULED_OUT = frozenset({"@combine", "@cash", "@pet"})
"""What a business allows or not as a whole: mentioned as done on one page, ruled out on another."""

_HAS_SUBJECT = re.compile(
    r"(?i)\b(?:our|the|its|their|these|those) (?!(?:shop|store|desk|office|hub|counter|reception|club|branch|caf[eé]|restaurant|bar)\w*\b)[\w-]+(?: [\w-]+)? (?:do|does|can|will)?\s*$"
)
"""Before a negator: something that the business has does not take cash, say; the business may."""

_EXCHANGED = re.compile(
    r"(?i)\b(?:exchang|redeem|refund|convert|swap|paid out|pay out|einge(?:tauscht|löst)|ausgezahlt|umgetauscht|canje|reembols|échang|rembours)\w*"
)


def opposed(one, other):
    """(marks, marks) where the conditions of two sentences oppose each other, else None."""
    mine, theirs = one.conditions, other.conditions
    for a, b in _OPPOSED:
        for this, that, said, against in ((one, other, mine, theirs), (other, one, theirs, mine)):
            if a not in said or b not in against or b in said or a in against:
                continue
            if a == "only" and not _is_about(this, that.statement.text[slice(*against[b])]):
                continue
            return (said[a], against[b]) if this is one else (against[b], said[a])
    return None


def _is_about(limited, freed):
    """True where a limit is a rule, not an instruction, and where what the other needs not ("no account is needed") is
    what it asks for.
    """
    text, language = limited.statement.text, limited.page.language
    if grammar.is_instruction(text, language):
        return False
    needless = NEEDLESS.match(freed)
    return not needless or bool(
        set(read(needless.group(1), language).terms) & set(read(text, language).terms)
    )


def may_oppose(one, other):
    """True where conditions are opposed, or one may rule out what the other takes for granted."""
    if opposed(one, other):
        return True
    return one.denies != other.denies and bool(RULED_OUT & one.own.keys() & other.own.keys())


def difference(one, other, likeness, rarity):
    """(marks of one, marks of other, confidence) where two whole sentences oppose each other, else None."""
    if one.values or other.values or not one.is_whole or not other.is_whole or one.page.pk == other.page.pk:
        return None
    found = opposed(one, other)
    if found:
        shared = {t for t in likeness.terms if not is_light(t, one.page.language)}
        apart = (kinship.DOINGS & a.own.keys() - kinship.words(b) for a, b in ((one, other), (other, one)))
        if not shared or any(apart):
            return None
        is_bound = "tied" in one.conditions or "tied" in other.conditions
        sure = kinship.kinship(one, other, likeness, rarity, bonus=BONUS + (1.0 if is_bound else 0.0))
        return (found[0],), (found[1],), sure
    return _ruled_out(one, other, likeness, rarity)


def _ruled_out(one, other, likeness, rarity):
    """One rules out what the other does as a matter of course."""
    if one.denies == other.denies or max(len(c.statement.text) for c in (one, other)) > LONGEST:
        return None
    no, yes = (one, other) if one.denies else (other, one)
    matter = RULED_OUT & set(no.denied) & yes.own.keys()
    if not matter or grammar.is_conditional(no.statement.text, no.page.language):
        return None
    if not all(grammar.is_sentence(c.statement.text) for c in (one, other)) or yes.statement.text.endswith(
        "?"
    ):
        return None
    marks = no.marked[:1], _named(yes, matter)
    if not marks[1] or ("@cash" in matter and _is_about_paying_out(no)):
        return None
    sure = kinship.kinship(one, other, likeness, rarity, bonus=BONUS)
    return (*marks, sure) if no is one else (*marks[::-1], sure)


def _is_about_paying_out(no):
    """True where something that the business has takes no cash, or something is not exchanged for it."""
    text = no.statement.text
    return bool(_HAS_SUBJECT.search(text[: no.marked[0][0]]) or _EXCHANGED.search(text))


def _named(claim, matter):
    """Where the sentence names one of the concepts."""
    for match in WORD.finditer(claim.statement.text):
        if matter & set(read(match.group(), claim.page.language).terms):
            return (match.span(),)
    return ((0, len(claim.statement.text)),)
