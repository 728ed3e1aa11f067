"""What a contradiction is about, as a question that a customer might ask or in the words both share."""

from django.utils.translation import gettext_lazy as _

from apps.knowledge.sweep import vocabulary
from apps.knowledge.sweep.terms import WORD, read

_MATTERS = (
    ("@refund", "time", _("How long does a refund take?")),
    ("@return", "time", _("How long can a customer return something?")),
    ("@return", "free", _("Does sending something back cost anything?")),
    ("@return", "money", _("What does sending something back cost?")),
    ("@warranty", "time", _("How long is the warranty?")),
    ("@trial", "time", _("How long can one try it?")),
    ("@cancel", "time", _("Until when can one cancel?")),
    ("@cancel", "money", _("What does cancelling cost?")),
    ("@ship", "time", _("How long does delivery take?")),
    ("@ship", "threshold", _("From which amount is delivery free?")),
    ("@ship", "money", _("What does delivery cost?")),
    ("@ship", "free", _("Is delivery free?")),
    ("@discount", "percent", _("How large is the discount?")),
    ("@deposit", "money", _("How high is the deposit?")),
    ("@invoice", "time", _("When is an invoice due?")),
    ("@open", "hours", _("When is it open?")),
    ("@repair", "time", _("How long does a repair take?")),
    ("@reply", "time", _("How soon is a message answered?")),
    ("@upload", "data", _("How large may a file be?")),
)
LONGEST = 120
AFTER = 2
"""How much further away what follows a value counts."""


def subject(difference):
    """The heading of a finding, at most ``LONGEST`` characters."""
    one, other = difference.one, difference.other
    kind = difference.kind.split(":")[0]
    kind = "time" if kind == "workdays" else "threshold" if kind == "money" and one.free else kind
    named, both = set(one.own) & set(other.own), set(one.terms) & set(other.terms)
    for shared in (named, both):
        asked = [
            (concept, words) for concept, matter, words in _MATTERS if matter == kind and concept in shared
        ]
        if asked:
            return str(min(asked, key=lambda ask: _distance(ask[0], one) + _distance(ask[0], other))[1])
    asked = [c.statement.question for c in (one, other) if c.statement.question]
    if asked:
        return min(asked, key=len)[:LONGEST]
    return _shared_words(one, other)[:LONGEST] or one.page.title[:LONGEST]


def _distance(concept, claim):
    """Characters from where a claim names ``concept`` to its value: "return within 30 days for a refund" is about
    returning. What follows the value is further from it than what leads to it.
    """
    text = claim.statement.text
    places = [match.span() for match in WORD.finditer(text) if concept in _terms(match, claim)]
    places += [match.span() for match in vocabulary.SENT_BACK.finditer(text) if concept == "@return"]
    far = [
        value.start - end if end <= value.start else AFTER * max(0, start - value.end)
        for start, end in places
        for value in claim.values
    ]
    return min(far, default=LONGEST)


def _terms(match, claim):
    return read(match.group(), claim.page.language).terms


def _shared_words(one, other):
    """The longest stretch of one sentence whose telling words both share."""
    text, shared = one.statement.text, set(other.terms)
    marks = [*one.marked, *((x.start, x.end) for x in one.values)]
    best, start, last, count = "", None, None, 0
    for match in WORD.finditer(text):
        terms = read(match.group(), one.page.language).terms
        is_marked = any(a < match.end() and match.start() < b for a, b in marks)
        if is_marked or (terms and not set(terms) & shared):
            start, count = None, 0
            continue
        if start is None and terms:
            start, count = match.start(), 0
        if start is not None and terms:
            count, last = count + 1, match.end()
            if last - start > len(best):
                best = text[start:last]
    return best[:1].upper() + best[1:]
