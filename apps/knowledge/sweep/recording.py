"""Findings written down: found again under their key, remembered as dismissed, gone when they stand nowhere."""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from apps.conversations.models import Conversation, Message
from apps.knowledge.finding_models import Dismissal, Finding, FindingPlace
from apps.knowledge.models import Document
from apps.knowledge.sweep.comparing import SURE
from apps.knowledge.sweep.surroundings import RULES
from berrydesk.db import binary

_DESCRIBED = [
    "severity",
    "rank",
    "subject",
    "explanation",
    "is_pair",
    "confidence",
    "is_sure",
    "terms",
    "seen_at",
]

_QUOTED = """
    WITH standing AS (
        SELECT p.finding_id, p.side, d.id AS document, d.external_id, d.title
        FROM {places} p JOIN {findings} f ON f.id = p.finding_id JOIN {documents} d ON d.id = p.document_id
        WHERE f.agent_id = %(agent)s AND d.set_aside_at IS NULL
    ), said AS (
        SELECT m.id, m.documents, m.citations FROM {messages} m JOIN {conversations} v ON v.id = m.conversation_id
        WHERE v.agent_id = %(agent)s AND m.created_at >= %(since)s AND m.author = 'agent' AND m.citations <> '[]'
    ), quoted AS (
        SELECT finding_id, side, said.id FROM said CROSS JOIN LATERAL unnest(said.documents) AS key
        JOIN standing ON standing.document = key
        UNION
        SELECT finding_id, side, said.id FROM said CROSS JOIN LATERAL jsonb_array_elements(said.citations) AS c
        JOIN standing ON standing.external_id = c->>'external_id' AND standing.title = c->>'title'
        WHERE said.documents IS NULL
    )
    SELECT finding_id, side, count(DISTINCT id) FROM quoted GROUP BY GROUPING SETS ((finding_id, side), (finding_id))
"""
"""Answers that quoted a side of a finding, and (without a side) either. Older ones name their pages by id and title only."""

_STILL_THERE = "SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
"""Enough against deletion, and in nobody's way who only writes."""

RANKS = {"high": 0, "medium": 1, "low": 2}

SAME_MATTER = 0.4
"""Share of common terms from which a difference is about the matter that was dismissed."""


def without_echoes(found):
    """What was found of one page, without what says it twice: an empty page is no draft, a contradiction no duplicate."""
    kinds = {each.kind for each in found}
    against = {
        each.right.document_id
        for each in found
        if each.kind == "contradiction" and each.right and each.confidence >= SURE
    }
    kept = []
    for each in found:
        if each.kind == "duplicate" and each.right.document_id in against:
            continue
        if each.kind == "empty" and "draft" in kinds:
            continue
        kept.append(each)
    return kept


def standing_in(documents):
    """Ids of those documents in which a finding stands."""
    return set(FindingPlace.objects.filter(document__in=documents).values_list("document", flat=True))


def still_there(ids):
    """Those of the documents that were not deleted meanwhile, and cannot be until the caller's transaction ends."""
    if not ids:
        return set()
    held = _STILL_THERE.format(table=Document._meta.db_table)
    return {pk for (pk,) in binary.rows(held, [list(ids)])}


def record(agent, document, found, *, only=None, frame=(), beside=(), as_of=None):
    """The document's findings are ``found``, and no others (of the kind ``only``, where given).

    The caller's transaction. A finding that stood before keeps its time, its verdict and its dismissal. What stands
    in the paragraphs ``frame``, which many documents share, is found from the other side and stays; so does what was found
    from the other side since this document was learned. ``beside``: ids of documents that were looked at just now.
    ``as_of``: the time before which everything was read that this was found in, now where it is not given.
    """
    places = FindingPlace.objects.filter(document=document).exclude(text__in=list(frame))
    places = places.exclude(_is_seen_from_elsewhere(document, beside))
    if only:
        places = places.filter(finding__kind=only)
    touched = set(places.values_list("finding", flat=True))
    if touched:
        places.delete()
    by_key = {}
    for each in found:
        by_key.setdefault(each.key, []).append(each)
    rows = _findings(agent, by_key, as_of or timezone.now()) if by_key else {}
    standing = {}
    for row in FindingPlace.objects.filter(finding__in=list(rows.values())) if rows else ():
        standing.setdefault(row.finding_id, []).append(row)
    wanted = {}
    for key, each in [(key, each) for key, several in by_key.items() for each in several]:
        for row in _places(rows[key], each, standing.setdefault(rows[key].pk, [])):
            wanted[row.finding_id, row.document_id, row.side] = row
            standing[row.finding_id].append(row)
    FindingPlace.objects.bulk_create(
        wanted.values(),
        update_conflicts=True,
        unique_fields=["finding", "document", "side"],
        update_fields=["heading", "text", "marks"],
    )
    _drop(Finding.objects.filter(pk__in=touched | {row.pk for row in rows.values()}))


def _is_seen_from_elsewhere(document, beside):
    """True for sides of a pair that was found in the text of today, and whose other document was looked at in its own."""
    elsewhere = FindingPlace.objects.filter(finding=OuterRef("finding")).exclude(document=document)
    in_todays = Q(document__swept__rules=RULES, document__swept__learned_at=F("document__learned_at"))
    return Exists(elsewhere.filter(in_todays | Q(document__in=list(beside)))) & Q(
        finding__is_pair=True, finding__seen_at__gt=document.learned_at
    )


def _places(finding, found, standing):
    """The rows of both sides, as they stood before where they did."""
    flipped = _is_flipped(found, standing)
    sides = [(found.left, 1 if flipped else 0)]
    if found.right is not None:
        sides.append((found.right, 0 if flipped else 1))
    for place, side in sides:
        yield FindingPlace(
            workspace_id=finding.workspace_id,
            finding=finding,
            document_id=place.document_id,
            side=side,
            heading=place.heading[:1000],
            text=place.text,
            marks=[list(mark) for mark in place.marks],
        )


def tidy(agent):
    """Findings that lost a side with its document are gone."""
    _drop(Finding.objects.filter(agent=agent))


def count_answers(agent):
    """Each finding and each side of it knows how many answers of the last 30 days quoted it: an answer counts once.

    Near-identical passages take one place in what is found, so an answer that quotes one quotes them all.
    """
    tables = {"messages": Message, "conversations": Conversation, "documents": Document}
    tables |= {"places": FindingPlace, "findings": Finding}
    sql = _QUOTED.format(**{name: model._meta.db_table for name, model in tables.items()})
    with connection.cursor() as cursor:
        cursor.execute(sql, {"agent": agent.pk, "since": timezone.now() - timedelta(days=30)})
        counted = {(finding, side): answers for finding, side, answers in cursor.fetchall()}
    places = FindingPlace.objects.filter(finding__agent=agent).values_list("pk", "finding", "side", "answers")
    findings = Finding.objects.filter(agent=agent).values_list("pk", "answers")
    _say_again(
        FindingPlace, [(pk, known, counted.get((finding, side), 0)) for pk, finding, side, known in places]
    )
    _say_again(Finding, [(pk, known, counted.get((pk, None), 0)) for pk, known in findings])


def _say_again(model, rows):
    """The rows of (key, answers known, answers counted) say what was counted."""
    changed = {}
    for pk, known, answers in rows:
        if known != answers:
            changed.setdefault(answers, []).append(pk)
    for answers, keys in changed.items():
        model.objects.filter(pk__in=keys).update(answers=answers)


def _drop(findings):
    sides = FindingPlace.objects.filter(finding=OuterRef("pk"))
    findings.exclude(Exists(sides.filter(side=0))).delete()
    findings.filter(is_pair=True).exclude(Exists(sides.filter(side=1))).delete()


def _findings(agent, by_key, seen_at):
    """{key: row}: those that stood are brought up to date, the others made."""
    known = {row.key: row for row in Finding.objects.filter(agent=agent, key__in=list(by_key))}
    made = []
    for key, (found, *_others) in by_key.items():
        row = known.get(key)
        if row is None:
            row = Finding(workspace_id=agent.workspace_id, agent=agent, key=key, kind=found.kind)
            row.dismissal = _dismissal(agent, found)
            made.append(row)
        row.seen_at = seen_at
        row.severity, row.rank = found.severity, RANKS[found.severity]
        row.subject, row.explanation = found.subject[:300], found.explanation
        row.is_pair, row.confidence = found.right is not None, found.confidence
        row.is_sure, row.terms = found.confidence >= SURE, sorted(t[:100] for t in found.terms)
    Finding.objects.bulk_update(known.values(), _DESCRIBED)
    Finding.objects.bulk_create(made)
    return known | {row.key: row for row in made}


def _dismissal(agent, found):
    """The owner's word on an earlier finding that this one repeats, or None."""
    words, documents, terms = words_of(found), found.documents, set(found.terms)
    for dismissal in Dismissal.objects.filter(
        agent=agent, kind=found.kind, documents__overlap=list(documents)
    ):
        if not documents <= set(dismissal.documents) or dismissal.words != words:
            continue
        known = set(dismissal.terms)
        if not terms or not known or len(terms & known) >= SAME_MATTER * len(terms | known):
            return dismissal
    return None


def words_of(found):
    """The differing words of both sides, in an order that does not depend on the side."""
    if found.kind == "duplicate":
        return []
    places = [p for p in (found.left, found.right) if p is not None]
    return sorted(" ".join(p.words.lower().split())[:1000] for p in places)


def _is_flipped(found, standing):
    """True when the finding's left side is what is right now: it may have been found from the other page first."""
    if found.right is None:
        return False
    if found.kind != "duplicate" and not _same(found.left.text, found.right.text):
        for row in standing:
            if _same(row.text, found.left.text):
                return row.side == 1
            if _same(row.text, found.right.text):
                return row.side == 0
    for row in standing:
        if row.document_id == found.left.document_id:
            return row.side == 1
        if row.document_id == found.right.document_id:
            return row.side == 0
    return False


def _same(text, other):
    return " ".join(text.lower().split()) == " ".join(other.lower().split())
