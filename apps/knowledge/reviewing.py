"""Changes that a sync found are held until an owner accepts them, where the source says so.

What is live stays live meanwhile. To accept is one transaction a document, so nothing is half accepted; many
at once are marked first and carried out by a worker, which any other may take over.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.knowledge import curating_errors, indexing
from apps.knowledge.history_models import Correction
from apps.knowledge.models import Document, DocumentStatus, Source, SourceStatus
from apps.knowledge.retrieval import postings
from apps.knowledge.review_models import ChangeKind, PendingChange
from apps.workspaces import auditing
from berrydesk.db.notifications import notify

HELD = (curating_errors.HeldForReview.code, curating_errors.AnswersOffered.code)
LONGEST_QUESTION = 500
LONGEST_ANSWER = 20_000


def hold(source, outcome, fence):
    """True when what was read is kept for review and must not be learned now.

    False for what is live already, and for corrected documents: their page's text stands beside the
    correction anyway. ``fence()`` is called inside the transaction.
    """
    digest = indexing.digest_of(vars(outcome))
    with transaction.atomic():
        fence()
        document = source.documents.filter(external_id=outcome.external_id[:1000]).first()
        if document and document.status == DocumentStatus.LEARNED:
            if document.content_hash == digest:
                PendingChange.objects.filter(document=document).delete()
                return False
            if Correction.objects.filter(document=document).exists():
                return False
        document = document or _announced(source, outcome)
        _note(source, document, outcome, digest)
    return True


def hold_gone(source, document):
    """The document's page is gone: it stays until an owner accepts that. The caller's transaction is fenced."""
    change = PendingChange.objects.filter(document=document).first()
    if change is None or change.kind != ChangeKind.GONE:
        PendingChange.objects.filter(document=document).delete()
        PendingChange.objects.create(
            workspace_id=source.workspace_id,
            source=source,
            document=document,
            kind=ChangeKind.GONE,
            title=document.title,
            url=document.url,
        )


def accept(change, by=None):
    """The change is live. Raises ChangeOvertaken where a sync found something else meanwhile."""
    if change.kind == ChangeKind.GONE:
        _let_go(change)
    else:
        _learn(change)
    words = _("Accepted a change of %(document)s in %(source)s")
    words %= {"document": change.title or change.url, "source": change.source.name}
    auditing.record(change.workspace_id, by, "change.accepted", change.source, words)
    recount(change.source)


def accept_pair(change, question, answer, by=None):
    """As ``accept``, with the owner's words for the question and the answer. Raises PairIncomplete as well."""
    question, answer = (words.replace("\x00", "").strip() for words in (question, answer))
    if not question or not answer or len(question) > LONGEST_QUESTION or len(answer) > LONGEST_ANSWER:
        raise curating_errors.PairIncomplete(limit=f"{LONGEST_ANSWER:,}")
    change.title, change.text = " ".join(question.split()), f"{question}\n\n{answer}"
    accept(change, by)


def decline(change, by=None):
    """What is live stays; the same is not offered again until the page changes again."""
    with transaction.atomic():
        open_ones = PendingChange.objects.filter(pk=change.pk, digest=change.digest, declined_at=None)
        if not open_ones.update(
            declined_at=timezone.now(), declined_by=by, accepted_at=None, accepted_by=None
        ):
            return
        if change.kind == ChangeKind.NEW:
            problem = curating_errors.DeclinedPage(title=change.title or change.url).as_dict()
            Document.objects.filter(pk=change.document_id).exclude(status=DocumentStatus.LEARNED).update(
                status=DocumentStatus.SKIPPED, problem=problem
            )
        words = _("Declined a change of %(document)s in %(source)s")
        words %= {"document": change.title or change.url, "source": change.source.name}
        auditing.record(change.workspace_id, by, "change.declined", change.source, words)
        notify(change.source.news_key)


def accept_all(source, by=None, only=None):
    """Every change that waits now, or those of these keys, will be live soon: how many; the caller wakes a worker."""
    waiting = source.changes.waiting()
    waiting = waiting if only is None else waiting.filter(pk__in=only)
    count = waiting.update(accepted_at=timezone.now(), accepted_by=by)
    if count:
        notify(source.news_key)
    return count


def decline_all(source, by=None):
    """None of what waits now becomes live: how many that were."""
    changes = list(source.changes.waiting().oldest_first().select_related("source"))
    for change in changes:
        decline(change, by)
    return len(changes)


def carry_out(source, is_time_up=lambda: False):
    """The changes that were accepted are live; False when time was up before that."""
    for change in source.changes.accepted().oldest_first().select_related("source", "accepted_by"):
        if is_time_up():
            return False
        try:
            accept(change, change.accepted_by)
        except curating_errors.ChangeOvertaken:
            continue  # a sync found something else: it waits for the owner again
    return True


def recount(source):
    """A source that is not being read says how much it holds now."""
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.is_at_work:
            return
        learned = row.documents.learned().count()
        left = row.documents.filter(status__in=[DocumentStatus.SKIPPED, DocumentStatus.WAITING]).count()
        if learned and (row.problem or {}).get("code") in HELD:
            row.problem = None
        row.learned, row.skipped, row.unchanged = learned, left, min(row.unchanged, learned)
        row.found = learned + left + row.failed
        if not learned:
            row.status = SourceStatus.FAILED
        elif row.status == SourceStatus.FAILED:
            row.status = SourceStatus.PARTIAL if row.problem or row.failed else SourceStatus.READY
        row.save(update_fields=["learned", "skipped", "unchanged", "found", "status", "problem"])
        notify(row.news_key)


def forget_about(document_ids):
    """Nothing waits for these documents any more: what the page says is live, by whatever way."""
    PendingChange.objects.filter(document__in=document_ids).delete()


def _announced(source, outcome):
    """A row for a document that is not live yet."""
    return Document.objects.create(
        workspace_id=source.workspace_id,
        source=source,
        agent_id=source.agent_id,
        external_id=outcome.external_id[:1000],
        title=(outcome.title or "").replace("\x00", "")[:500],
        url=(outcome.url or "")[:2000],
        status=DocumentStatus.WAITING,
    )


def _note(source, document, outcome, digest):
    """The change waits, unless this very one does already or was declined."""
    is_live = document.status == DocumentStatus.LEARNED
    kind = ChangeKind.CHANGED if is_live else ChangeKind.NEW
    change = PendingChange.objects.filter(document=document).first()
    if change is None or (change.kind, change.digest) != (kind, digest):
        change = _offered_anew(source, document, outcome, kind, digest)
    if is_live:
        return
    if change.declined_at:
        status, problem = (
            DocumentStatus.SKIPPED,
            curating_errors.DeclinedPage(title=change.title or change.url),
        )
    else:
        status, problem = (
            DocumentStatus.WAITING,
            curating_errors.HeldForReview(title=change.title or change.url),
        )
    Document.objects.filter(pk=document.pk).update(status=status, problem=problem.as_dict())


def _offered_anew(source, document, outcome, kind, digest):
    forget_about([document.pk])
    return PendingChange.objects.create(
        workspace_id=source.workspace_id,
        source=source,
        document=document,
        kind=kind,
        title=(outcome.title or "").replace("\x00", "")[:500],
        url=(outcome.url or "")[:2000],
        text=outcome.text.replace("\x00", ""),
        language=outcome.language or "",
        digest=digest,
        version=outcome.version[:500],
        modified_at=outcome.modified_at,
        facts=outcome.facts,
    )


def _learn(change):
    document = change.document

    def take():
        """In the transaction that learns: the change is used up, once."""
        if not PendingChange.objects.filter(pk=change.pk, digest=change.digest).delete()[0]:
            raise curating_errors.ChangeOvertaken(title=change.title or change.url)
        Document.objects.filter(pk=document.pk).update(
            version=change.version, modified_at=change.modified_at, facts=change.facts
        )

    indexing.learn_document(
        change.source,
        external_id=document.external_id,
        title=change.title,
        text=change.text,
        url=change.url,
        language=change.language or None,
        fence=take,
    )


def _let_go(change):
    with transaction.atomic():
        postings.lock(change.document.agent)
        if not PendingChange.objects.filter(pk=change.pk, kind=ChangeKind.GONE).delete()[0]:
            raise curating_errors.ChangeOvertaken(title=change.title or change.url)
        indexing.forget_document(change.document)
