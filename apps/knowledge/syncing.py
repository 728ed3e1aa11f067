"""One sync of a source: what is found is learned at once; what is settled is settled for good.

The row is the truth. Each document is settled in one transaction that also checks that the lease is still
ours, so a worker may die anywhere: the next one goes on, and counts nothing twice.
"""

import errno
import logging
import secrets
import time

from django.db import Error, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.knowledge import curating_errors, errors, indexing, reviewing, scheduling, sweeping
from apps.knowledge.connectors import registry
from apps.knowledge.connectors.bench import Bench
from apps.knowledge.connectors.outcome import Pause
from apps.knowledge.history_models import Correction
from apps.knowledge.missing import asking
from apps.knowledge.models import Document, DocumentStatus, Source, SourceKind, SourceStatus
from apps.knowledge.retrieval import postings
from berrydesk.db import leases
from berrydesk.db.notifications import notify
from berrydesk.errors import OwnerError

log = logging.getLogger(__name__)

RUN_S = 60
"""After this a worker lets others have their turn; the sync goes on in its next one."""
MOST_ATTEMPTS = 5
"""Claims without a single document settled in between: then the work itself kills the worker."""
LONGEST_REST_S = 24 * 3600
"""However long a service wants to be left alone."""
GONE = ("page_not_found", "noindex", "blocked_by_robots", "leaves_site")
"""Problems that mean that a page learned before is no longer there for visitors, or no longer ours to read."""


class LostLease(Exception):
    """Another worker has the source, or it was deleted: nothing more may be recorded."""


def sync(source, *, run_s=RUN_S):
    """Carry a leased source on. True when its sync is over, False when a further run should follow."""
    if not source.is_at_work:
        return True
    run = _Run(source, time.monotonic() + run_s)
    try:
        run.begin()
        is_walked = run.walk()
        if run.stop_asked:
            run.finish(problem=errors.Stopped())
        elif not is_walked:
            run.pass_on()
            return False
        else:
            run.finish()
    except LostLease:
        return True
    except Pause as pause:
        log.info("The source %s rests: %s", source.pk, pause)
        _rest(run, pause)
    except OwnerError as problem:
        log.info("The source %s cannot be read: %s", source.pk, problem)
        _safely(run, problem)
    except Exception as error:  # what nobody foresaw is said with a reference; its cause is in the log
        if _is_gone(source):
            return True
        reference = secrets.token_hex(4)
        log.exception("%s: the sync of source %s broke off", reference, source.pk)
        problem = errors.DiskFull if _is_disk_full(error) else errors.Crashed
        _safely(run, problem(reference=reference))
    return True


def settle(source, *, problem=None, is_complete=False):
    """Write down how the sync ended. The caller holds the row's lock or its lease."""
    learned = source.documents.learned().count()
    counts = Source.objects.filter(pk=source.pk).values("learned", "skipped", "failed", "unchanged").get()
    if source.cursor.get("is_partial"):  # a list of changes: what it did not name is as it was
        counts["unchanged"] += learned - counts["learned"]
        counts["learned"] = learned
        for column in (DocumentStatus.SKIPPED, DocumentStatus.FAILED):
            counts[column] = max(counts[column], source.documents.filter(status=column).count())
    if problem is None and not counts["learned"]:
        problem = _first_problem(source) or errors.NothingFound(name=source.name).as_dict()
    elif problem is not None:
        problem = problem.as_dict()
    whole = is_complete and not counts["failed"]
    if learned:
        status = SourceStatus.READY if whole and problem is None else SourceStatus.PARTIAL
    else:
        status = SourceStatus.FAILED
    Source.objects.filter(pk=source.pk).update(
        status=status,
        problem=problem,
        learned=counts["learned"],
        skipped=counts["skipped"],
        failed=counts["failed"],
        unchanged=counts["unchanged"],
        found=counts["learned"] + counts["skipped"] + counts["failed"],
        last_sync_at=timezone.now(),
        next_sync_at=scheduling.next_at(source, timezone.now()),
        stop_asked_at=None,
        attempts=0,
    )
    asking.ask(source.agent)
    sweeping.ask(source.agent)
    notify(source.news_key)


class _Run:
    """One worker's time with a source."""

    def __init__(self, source, ends_at):
        self.source = source
        self.ends_at = ends_at
        self.stop_asked = False

    def begin(self):
        """The source is shown as being read. Raises GaveUp where it kills worker after worker."""
        source = self.source
        if source.attempts > MOST_ATTEMPTS:
            reference = secrets.token_hex(4)
            log.error(
                "%s: source %s was claimed %d times without progress", reference, source.pk, source.attempts
            )
            raise errors.GaveUp(times=source.attempts - 1, reference=reference)
        with transaction.atomic():
            self._fence()
            source.status = SourceStatus.SYNCING
            source.sync_started_at = source.sync_started_at or timezone.now()
            source.problem = None  # whatever a rest was for is over
            source.save(update_fields=["status", "sync_started_at", "problem"])
            notify(source.news_key)

    def walk(self):
        """Record what the source holds; False when this run ended before the source did."""
        if self.stop_asked:
            return False
        with Bench() as bench:
            for outcome in registry.walk(self.source, bench):
                self.record(outcome)
                if self.stop_asked or time.monotonic() > self.ends_at:
                    return False
        return True

    def record(self, outcome):
        """Learn the document, or note its problem; then count it, once."""
        keys = set(outcome.visits or (outcome.external_id[:1000],))
        if self._are_settled(keys):
            return
        is_held = False
        if outcome.is_gone:
            for document in self.source.documents.filter(external_id=outcome.external_id[:1000]):
                self._forget(document)
        elif outcome.text is not None:
            is_held = self.source.reviews_changes and reviewing.hold(self.source, outcome, self._fence)
            if not is_held:
                self._learn(outcome)
        with transaction.atomic():
            self._fence()
            if not self._are_settled(keys):
                self._count(outcome, keys, is_held)
                self._settle_visits(keys)
            notify(self.source.news_key)

    def pass_on(self):
        """This run ends in good order: what comes next is no further attempt."""
        with transaction.atomic():
            self._fence()
            Source.objects.filter(pk=self.source.pk).update(attempts=0)

    def rest(self, pause):
        """Nobody goes on before the service's time has come; False when that would be once too often."""
        with transaction.atomic():
            self._fence()
            attempts = Source.objects.values_list("attempts", flat=True).get(pk=self.source.pk)
            attempts = 0 if pause.got_on else attempts
            if self.stop_asked or attempts >= MOST_ATTEMPTS:
                return False
            Source.objects.filter(pk=self.source.pk).update(
                problem=pause.problem.as_dict(), attempts=attempts
            )
            leases.rest(self.source, for_s=min(pause.for_s, LONGEST_REST_S))
            notify(self.source.news_key)
        return True

    def finish(self, *, problem=None):
        """The sync is over. What a complete one did not meet is forgotten."""
        source = self.source
        counts = Source.objects.filter(pk=source.pk).values("learned", "failed", "stop_asked_at").get()
        left = source.visits.waiting().count() + source.cursor.get("beyond", 0)
        if problem is None and left and source.kind == SourceKind.WEBSITE:
            problem = errors.PageLimit(limit=source.config["max_pages"], left=left)
        is_complete = problem is None and not left
        if is_complete and counts["learned"] and not counts["failed"] and not source.cursor.get("is_partial"):
            self._forget_what_is_gone()
        with transaction.atomic():
            self._fence()
            if is_complete and "bookmark" in source.cursor:
                Source.objects.filter(pk=source.pk).update(bookmark=source.cursor["bookmark"])
            settle(source, problem=problem, is_complete=is_complete)

    def _fence(self):
        """Raises LostLease unless the row is still ours; hears whether Stop was pressed."""
        if not leases.still_held(self.source):
            raise LostLease
        row = (
            Source.objects.filter(pk=self.source.pk)
            .values("stop_asked_at", "reviews_changes", "learned", "skipped", "failed")
            .get()
        )
        self.stop_asked = row["stop_asked_at"] is not None
        self.source.learned, self.source.skipped = row["learned"], row["skipped"]
        self.source.failed, self.source.reviews_changes = row["failed"], row["reviews_changes"]

    def _are_settled(self, keys):
        """True for what this sync dealt with already, before a crash or under another address."""
        return self.source.visits.filter(key__in=keys).exclude(done_at=None).count() == len(keys)

    def _learn(self, outcome):
        try:
            indexing.learn_document(
                self.source,
                external_id=outcome.external_id,
                title=outcome.title,
                text=outcome.text,
                url=outcome.url,
                language=outcome.language,
                fence=self._fence,
            )
        except IntegrityError as error:
            if _is_gone(self.source):
                raise LostLease from error
            raise

    def _count(self, outcome, keys, is_held):
        source, column = self.source, None
        document = source.documents.filter(external_id=outcome.external_id[:1000])
        is_known = False
        if is_held:
            is_known = document.learned().exists()
            column = "learned" if is_known else "skipped"
            document.update(seen_in_sync=source.sync_number)
        elif outcome.unchanged:
            is_known = not document.filter(status=DocumentStatus.SKIPPED).exists()
            column = "learned" if is_known else "skipped"
            document.update(seen_in_sync=source.sync_number)
            if is_known:
                reviewing.forget_about(document)
        elif outcome.text is not None:
            column = "learned"
            is_known = document.filter(learned_at__lt=source.sync_started_at).exists()
            document.update(
                problem=outcome.problem.as_dict() if outcome.problem else None,
                seen_in_sync=source.sync_number,
                version=outcome.version[:500],
                modified_at=outcome.modified_at,
                facts=outcome.facts,
            )
            reviewing.forget_about(document)
        elif outcome.problem is not None:
            column = "failed" if outcome.failed else "skipped"
            _note_problem(source, outcome)
        elif outcome.holds_others:
            document.update(status=DocumentStatus.SKIPPED, problem=None, seen_in_sync=source.sync_number)
        self._write_counts(column, is_known, keys)

    def _write_counts(self, column, is_known, keys):
        source = self.source
        waiting = source.visits.waiting().exclude(key__in=keys).count()
        changes = {"attempts": 0}
        if column:
            changes[column] = F(column) + 1
            setattr(source, column, getattr(source, column) + 1)
        if is_known:
            changes["unchanged"] = F("unchanged") + 1
        done = source.learned + source.skipped + source.failed
        most = source.config.get("max_pages")
        found = done + (min(waiting, max(0, most - source.learned - source.failed)) if most else waiting)
        Source.objects.filter(pk=source.pk).update(**changes, found=found)

    def _settle_visits(self, keys):
        now = timezone.now()
        known = set(self.source.visits.filter(key__in=keys).values_list("key", flat=True))
        self.source.visits.filter(key__in=keys, done_at=None).update(done_at=now)
        visit = self.source.visits.model
        visit.objects.bulk_create(
            [
                visit(workspace_id=self.source.workspace_id, source=self.source, key=key, url="", done_at=now)
                for key in keys
                if key not in known
            ],
            ignore_conflicts=True,
        )

    def _forget_what_is_gone(self):
        """Documents that this sync did not meet, and learned ones whose page is there no more."""
        source = self.source
        for document in source.documents.exclude(seen_in_sync=source.sync_number):
            self._forget(document)
        met = source.documents.learned().filter(seen_in_sync=source.sync_number, problem__code__in=GONE)
        for document in met:
            if not self._forget(document):
                continue
            Document.objects.create(
                workspace_id=source.workspace_id,
                source=source,
                agent_id=source.agent_id,
                external_id=document.external_id,
                title=document.title,
                url=document.url,
                status=DocumentStatus.SKIPPED,
                problem=document.problem,
                seen_in_sync=source.sync_number,
                set_aside_at=document.set_aside_at,
                set_aside_by_id=document.set_aside_by_id,
            )

    def _forget(self, document):
        """False where the document stays although its page is gone: corrected by its owner, or for review."""
        with transaction.atomic():
            postings.lock(self.source.agent)
            is_kept = Correction.objects.filter(document=document).exists()
            if is_kept:
                problem = curating_errors.PageOfCorrectionGone(title=str(document)).as_dict()
                Document.objects.filter(pk=document.pk).update(problem=problem)
            elif self.source.reviews_changes and document.status == DocumentStatus.LEARNED:
                reviewing.hold_gone(self.source, document)
                is_kept = True
            else:
                indexing.forget_document(document)
            self._fence()  # last, in the order in which learning takes its locks: the index, then the row
        return not is_kept


def _note_problem(source, outcome):
    """A row with the problem; a document that was learned before keeps what it taught."""
    document, is_new = Document.objects.get_or_create(
        source=source,
        external_id=outcome.external_id[:1000],
        defaults={
            "workspace_id": source.workspace_id,
            "agent_id": source.agent_id,
            "title": outcome.title[:500],
            "url": outcome.url[:2000],
            "status": DocumentStatus.FAILED if outcome.failed else DocumentStatus.SKIPPED,
            "problem": outcome.problem.as_dict(),
            "seen_in_sync": source.sync_number,
            "version": "" if outcome.failed else outcome.version[:500],
        },
    )
    if is_new:
        return
    document.problem = outcome.problem.as_dict()
    document.seen_in_sync = source.sync_number
    if outcome.version and not outcome.failed:  # judged in this state: no need to look at it again
        document.version = outcome.version[:500]
    if document.status != DocumentStatus.LEARNED:
        document.status = DocumentStatus.FAILED if outcome.failed else DocumentStatus.SKIPPED
    document.save(update_fields=["problem", "seen_in_sync", "status", "version"])


def _first_problem(source):
    """Why nothing was learned: what went wrong first, else what was left out first."""
    offered = source.changes.waiting().count() if registry.always_reviewed(source.kind) else 0
    if offered:
        return curating_errors.AnswersOffered(count=offered).as_dict()
    rows = source.documents.with_problems().order_by("created_at", "pk")
    row = rows.filter(status=DocumentStatus.FAILED).first() or rows.first()
    return row.problem if row else None


def _safely(run, problem):
    """Record the failure, unless the source is another's by now; a full disk may refuse even that."""
    try:
        run.finish(problem=problem)
    except LostLease:
        return
    except Error:
        log.exception(
            "The end of the sync of source %s could not be recorded; the sweep will try", run.source.pk
        )


def _rest(run, pause):
    """The source rests, or its sync ends with the reason for it."""
    try:
        if not run.rest(pause):
            run.finish(problem=errors.Stopped() if run.stop_asked else pause.problem)
    except LostLease:
        return


def _is_gone(source):
    return not Source.objects.filter(pk=source.pk).exists()


def _is_disk_full(error):
    """True for a full disk, whoever met it: PostgreSQL (53100) or we ourselves."""
    while error is not None:
        if getattr(error, "sqlstate", None) == "53100":
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False
