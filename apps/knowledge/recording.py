"""What a walk hands on is put on record: a batch at a time, and nothing twice.

A batch is settled last, in one transaction that also checks that the lease is still ours. A worker that dies
before that loses the batch alone, and whoever goes on reads it again: what it had learned is then unchanged.
"""

import logging
import time

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.knowledge import indexing, letting_go, reviewing
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import Document, DocumentStatus, Source, Visit
from berrydesk.db.leases import LostLease
from berrydesk.db.notifications import notify

log = logging.getLogger(__name__)

PROGRESS_S = 1.5
"""What was read is on record after this long, while more of it keeps coming: owners are promised news every two
seconds, and recording may take longer than it did the last time."""
MOST_CHARACTERS = 1_000_000
"""Of the texts in one batch: bounds memory, and how long the index stays locked."""

_LEARNED = ["problem", "seen_in_sync", "version", "modified_at", "facts"]
_PROBLEM = ["problem", "seen_in_sync", "status", "version"]


class Batch:
    """What a walk handed on and that is not on record yet, at most ``most`` outcomes.

    The first is recorded by itself, then two together, four and so on: what comes first is found at once, and a
    worker that is killed soon, time after time, has got on each time.
    ``fence()`` is called inside each transaction and raises LostLease; it brings the source's counts up to date.
    """

    def __init__(self, source, fence, *, most):
        self.source = source
        self._fence = fence
        self._most, self._room = most, 1
        self._beside = []
        self._held: list[Outcome] = []
        self._ids: set[str] = set()
        self._characters, self._since, self._took_s = 0, 0.0, 0.0
        self._went_on_at = time.monotonic()

    def __len__(self):
        return len(self._held)

    def beside(self, write):
        """``write()`` is called ahead of each batch, in one fenced transaction."""
        self._beside.append(write)

    def add(self, outcome):
        """The outcome waits for its batch, or the batch is on record by now."""
        if outcome.external_id in self._ids:
            self.settle()
        now = time.monotonic()
        took_s = now - self._went_on_at
        self._since = self._since if self._held else now
        self._held.append(outcome)
        self._characters += len(outcome.text or "")
        if outcome.external_id:
            self._ids.add(outcome.external_id)
        is_full = len(self._held) >= self._room or self._characters >= MOST_CHARACTERS
        if is_full or self.would_be_late(now + took_s):  # the next one will take as long as this one
            self.settle()
            self._took_s = time.monotonic() - now  # and the next batch as long as this one
            self._room = min(self._most, self._room * 2)
        self._went_on_at = time.monotonic()

    def would_be_late(self, at):
        """True when what waits here must not wait until then (of the monotonic clock)."""
        return bool(self._held) and at + self._took_s - self._since >= PROGRESS_S

    def settle(self):
        """Everything that was handed on is on record. Where the batch fails, all up to the one that fails is."""
        held, self._held, self._ids, self._characters = self._held, [], set(), 0
        if self._beside:
            with transaction.atomic():
                self._fence()
                for write in self._beside:
                    write()
        try:
            record(self.source, held, self._fence)
        except LostLease:
            raise
        except Exception as problem:  # one of them is to blame: the others need not suffer for it
            if len(held) == 1:
                raise
            log.info("A batch of %d documents failed, one by one now: %s", len(held), problem)
            for outcome in held:
                record(self.source, [outcome], self._fence)


def record(source, outcomes, fence):
    """The outcomes' documents are learned, or their problems noted; then each is counted, once.

    No two of them have one id.
    """
    fresh = _unsettled(source, outcomes)
    if not fresh:
        return
    gone = [_id(outcome) for outcome in fresh if outcome.is_gone]
    if gone:
        letting_go.forget(source, source.documents.filter(external_id__in=gone), fence)
    read = [outcome for outcome in fresh if outcome.text is not None and not outcome.is_gone]
    held = {_id(o) for o in read if source.reviews_changes and reviewing.hold(source, o, fence)}
    _learn(source, [outcome for outcome in read if _id(outcome) not in held], fence)
    with transaction.atomic():
        fence()
        _settle_visits(source, {key for outcome in fresh for key in _keys(outcome)})
        _Count(source, fresh, held).write()
        notify(source.news_key)


def _id(outcome):
    return outcome.external_id[:1000]


def _keys(outcome):
    return set(outcome.visits or (_id(outcome),))


def _unsettled(source, outcomes):
    """Without those that this sync dealt with already, before a crash or under another address."""
    keys = {key for outcome in outcomes for key in _keys(outcome)}
    settled = set(source.visits.filter(key__in=keys).exclude(done_at=None).values_list("key", flat=True))
    fresh = []
    for outcome in outcomes:
        if not _keys(outcome) <= settled:
            fresh.append(outcome)
            settled |= _keys(outcome)
    return fresh


def _learn(source, outcomes, fence):
    items = [
        {"external_id": o.external_id, "title": o.title, "text": o.text, "url": o.url, "language": o.language}
        for o in outcomes
    ]
    if not items:
        return
    try:
        indexing.learn_documents(source, items, fence=fence)
    except IntegrityError as error:
        if not Source.objects.filter(pk=source.pk).exists():
            raise LostLease from error
        raise


def _settle_visits(source, keys):
    now = timezone.now()
    known = set(source.visits.filter(key__in=keys).values_list("key", flat=True))
    source.visits.filter(key__in=known, done_at=None).update(done_at=now)
    Visit.objects.bulk_create(
        [
            Visit(workspace_id=source.workspace_id, source=source, key=key, url="", done_at=now)
            for key in keys - known
        ],
        ignore_conflicts=True,
    )


class _Count:
    """What a batch's outcomes mean for the documents' rows and for the source's numbers."""

    def __init__(self, source, outcomes, held):
        self.source = source
        self.numbers = {"learned": 0, "skipped": 0, "failed": 0, "unchanged": 0}
        self.seen, self.live, self.learned, self.troubled, self.new = [], [], [], [], []
        found = source.documents.filter(external_id__in=[_id(outcome) for outcome in outcomes])
        self.rows = {row.external_id: row for row in found.defer("text")}
        self.hides_others = any(outcome.hides_others for outcome in outcomes)
        for outcome in outcomes:
            self._add(outcome, self.rows.get(_id(outcome)), _id(outcome) in held)

    def _add(self, outcome, row, is_held):
        if is_held:
            self._met(row, is_known=row is not None and row.status == DocumentStatus.LEARNED)
        elif outcome.unchanged:
            is_known = row is None or row.status != DocumentStatus.SKIPPED
            self._met(row, is_known=is_known)
            if is_known and row is not None:
                self.live.append(row.pk)
        elif outcome.text is not None:
            self._taught(outcome, row)
        elif outcome.problem is not None:
            self._in_trouble(outcome, row)
        elif outcome.holds_others:
            self._archive(outcome, row)

    def _met(self, row, *, is_known):
        self.numbers["learned" if is_known else "skipped"] += 1
        self.numbers["unchanged"] += is_known
        if row is not None:
            self.seen.append(row.pk)

    def _taught(self, outcome, row):
        self.numbers["learned"] += 1
        if row is None:
            return
        is_known = row.learned_at is not None and row.learned_at < self.source.sync_started_at
        self.numbers["unchanged"] += is_known
        row.problem = outcome.problem.as_dict() if outcome.problem else None
        row.seen_in_sync = self.source.sync_number
        row.version, row.modified_at = outcome.version[:500], outcome.modified_at
        row.facts = outcome.facts
        self.learned.append(row)
        self.live.append(row.pk)

    def _in_trouble(self, outcome, row):
        """A row with the problem; a document that was learned before keeps what it taught."""
        status = DocumentStatus.FAILED if outcome.failed else DocumentStatus.SKIPPED
        self.numbers["failed" if outcome.failed else "skipped"] += 1
        row = self._row(outcome, row)
        row.problem, row.seen_in_sync = outcome.problem.as_dict(), self.source.sync_number
        if outcome.version and not outcome.failed:  # judged in this state: no need to look at it again
            row.version = outcome.version[:500]
        if row.status != DocumentStatus.LEARNED:
            row.status = status

    def _archive(self, outcome, row):
        """A row that taught nothing; its version says in which state it was opened."""
        row = self._row(outcome, row)
        row.seen_in_sync = self.source.sync_number
        if row.status != DocumentStatus.LEARNED:  # as what an owner corrected may be
            row.status, row.problem, row.version = DocumentStatus.SKIPPED, None, outcome.version[:500]

    def _row(self, outcome, row):
        """The document's row, which is written."""
        if row is None:
            row = Document(
                workspace_id=self.source.workspace_id,
                source=self.source,
                agent_id=self.source.agent_id,
                external_id=_id(outcome),
                title=outcome.title[:500],
                url=outcome.url[:2000],
            )
            self.new.append(row)
        else:
            self.troubled.append(row)
        return row

    def write(self):
        """The rows say so. The caller's transaction is fenced, and the visits are settled."""
        documents = Document.objects
        documents.filter(pk__in=self.seen).update(seen_in_sync=self.source.sync_number)
        documents.bulk_create(self.new)
        documents.bulk_update(self.learned, _LEARNED)
        documents.bulk_update(self.troubled, _PROBLEM)
        reviewing.forget_about(self.live)
        source, numbers = self.source, self.numbers
        if self.hides_others and not source.cursor.get("is_patchy"):
            source.remember(is_patchy=True)
        for column in ("learned", "skipped", "failed"):
            setattr(source, column, getattr(source, column) + numbers[column])
        done = source.learned + source.skipped + source.failed
        waiting, most = source.visits.waiting().count(), source.most_pages
        found = done + (min(waiting, max(0, most - source.learned - source.failed)) if most else waiting)
        more = {column: F(column) + count for column, count in numbers.items() if count}
        Source.objects.filter(pk=source.pk).update(**more, found=found, attempts=0)
