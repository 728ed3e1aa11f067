"""Changes that a sync found are held until an owner accepts them, where the source says so.

What is live stays live meanwhile. To accept is one transaction, so nothing is half accepted; many at once are
marked first and carried out in portions by a worker, which any other may take over.
"""

import logging
import secrets

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.knowledge import curating_errors, indexing
from apps.knowledge.history_models import Correction
from apps.knowledge.models import Document, DocumentStatus, Source, SourceStatus
from apps.knowledge.retrieval import postings
from apps.knowledge.review_models import ChangeKind, PendingChange
from apps.workspaces import auditing
from berrydesk.db import leases
from berrydesk.db.leases import LostLease
from berrydesk.db.notifications import notify

log = logging.getLogger(__name__)

HELD = (curating_errors.HeldForReview.code, curating_errors.AnswersOffered.code)
LONGEST_QUESTION = 500
LONGEST_ANSWER = 20_000
PORTION = 50
"""Changes that are decided or carried out in one transaction."""


def hold(source, outcome, fence):
    """True when what was read is kept for review and must not be learned now.

    False for what is live already, and for corrected documents: their page's text stands beside the
    correction anyway. ``fence()`` is called inside the transaction.
    """
    digest = indexing.digest_of(vars(outcome))
    with transaction.atomic():
        postings.lock(source.agent)  # nobody accepts meanwhile; the index, then the row
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
    """The change is live. Raises ChangeOvertaken where a sync found something else meanwhile, SourceRemoved."""
    change.accepted_by = by
    try:
        _make_live([change])
    except LostLease:
        raise curating_errors.SourceRemoved(source=change.source.name) from None
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
    keys = list(source.changes.waiting().oldest_first().values_list("pk", flat=True))
    for at in range(0, len(keys), PORTION):
        changes = source.changes.filter(pk__in=keys[at : at + PORTION]).defer("text")
        with transaction.atomic():
            for change in changes.oldest_first().select_related("source"):
                decline(change, by)
    return len(keys)


def carry_out(source, is_time_up=lambda: False):
    """The changes that were accepted are live; False when time was up before that.

    One worker at a time: where another is at it, it is left to it. A change that fails waits for its owner again,
    with the reason beside its document, and keeps none of the others.
    """
    with leases.alone(f"changes:{source.pk}") as is_ours:
        if not is_ours:
            return True
        carried = False
        try:
            while portion := _portion(source):
                if carried and is_time_up():
                    return False
                _carry(source, portion)
                carried = True
        except LostLease:  # its owner removed the source meanwhile
            return True
        finally:
            if carried:
                recount(source)
    return True


def _portion(source):
    """The accepted changes that are carried out next, together."""
    accepted = source.changes.accepted().oldest_first()
    portion, characters = [], 0
    for key, length in accepted.annotate(length=Length("text")).values_list("pk", "length")[:PORTION]:
        if portion and characters + length > indexing.PORTION_CHARACTERS:
            break
        portion.append(key)
        characters += length
    related = ("source", "accepted_by", "document__agent")
    return list(accepted.filter(pk__in=portion).select_related(*related))


def _carry(source, changes):
    """The changes are live, or one by one those that can be; the others wait for their owner again."""
    try:
        _make_live(changes, only_accepted=True)
    except (InterfaceError, OperationalError, LostLease):
        raise  # the database or the source, not a change
    except Exception as problem:  # whatever is wrong with one of them
        if len(changes) == 1:
            _hand_back(changes[0], problem)
            return
        log.info("%d changes of the source %s fail, one by one now: %s", len(changes), source.pk, problem)
        for change in changes:
            _carry(source, [change])


def _hand_back(change, problem):
    if isinstance(problem, curating_errors.ChangeOvertaken):
        return  # a sync found something else: that waits for the owner
    reference = secrets.token_hex(4)
    log.error("%s: the change %s could not be carried out", reference, change.pk, exc_info=problem)
    told = curating_errors.ChangeFailed(title=change.title or change.url, reference=reference)
    with transaction.atomic():
        PendingChange.objects.filter(pk=change.pk).update(accepted_at=None, accepted_by=None)
        Document.objects.filter(pk=change.document_id).update(problem=told.as_dict())
        notify(change.source.news_key)


def _make_live(changes, *, only_accepted=False):
    """Raises ChangeOvertaken where one of them is no longer what its owner accepted.

    ``only_accepted``: a worker's changes, which their owner may have declined since they were read.
    """
    gone = [change for change in changes if change.kind == ChangeKind.GONE]
    read = [change for change in changes if change.kind != ChangeKind.GONE]
    if gone:
        _let_go(gone, only_accepted)
    if read:
        _learn(read, only_accepted)


def recount(source):
    """A source that is not being read says how much it holds now."""
    with transaction.atomic():
        row = Source.objects.select_for_update().filter(pk=source.pk).first()
        if row is None or row.is_at_work:
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
    still = Document.objects.filter(pk=document.pk).exclude(status=DocumentStatus.LEARNED)
    still.update(status=status, problem=problem.as_dict())


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


def _learn(changes, only_accepted):
    def take():
        """In the transaction that learns: the changes are used up, once."""
        changes[0].source.must_stay()
        _use_up(changes, only_accepted)
        for change in changes:
            Document.objects.filter(pk=change.document_id).update(
                version=change.version, modified_at=change.modified_at, facts=change.facts
            )

    items = [
        {
            "external_id": change.document.external_id,
            "title": change.title,
            "text": change.text,
            "url": change.url,
            "language": change.language or None,
        }
        for change in changes
    ]
    indexing.learn_documents(changes[0].source, items, fence=take)


def _let_go(changes, only_accepted):
    agent = changes[0].document.agent
    with transaction.atomic():
        postings.lock(agent)
        _use_up(changes, only_accepted)
        indexing.forget_documents(agent, [change.document for change in changes])


def _use_up(changes, only_accepted):
    """The changes wait no more, and the log says who accepted them. Raises ChangeOvertaken unless each is what it was."""
    for change in changes:
        rows = PendingChange.objects.accepted() if only_accepted else PendingChange.objects.all()
        same = rows.filter(pk=change.pk, digest=change.digest, kind=change.kind)
        if not same.delete()[0]:
            raise curating_errors.ChangeOvertaken(title=change.title or change.url)
        words = _("Accepted a change of %(document)s in %(source)s")
        words %= {"document": change.title or change.url, "source": change.source.name}
        auditing.record(change.workspace_id, change.accepted_by, "change.accepted", change.source, words)
