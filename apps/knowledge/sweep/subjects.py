"""What a contradiction is about, as a question that a customer might ask or in the words both share."""

from django.utils.translation import gettext_lazy as _

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


def subject(difference):
    """The heading of a finding, at most ``LONGEST`` characters."""
    one, other = difference.one, difference.other
    kind = difference.kind.split(":")[0]
    kind = "time" if kind == "workdays" else "threshold" if kind == "money" and one.free else kind
    both = set(one.terms) & set(other.terms)
    named = set(one.own) & set(other.own)
    for concept, matter, words in _MATTERS:
        if matter == kind and (concept in named or concept in both):
            return str(words)
    asked = [c.statement.question for c in (one, other) if c.statement.question]
    if asked:
        return min(asked, key=len)[:LONGEST]
    return _shared_words(one, other)[:LONGEST] or one.page.title[:LONGEST]


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
