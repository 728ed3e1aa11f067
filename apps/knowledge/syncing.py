"""One sync of a source: what is found is learned as it comes; what is settled is settled for good.

The row is the truth, so a worker may die anywhere: the next one goes on, and counts nothing twice.
"""

import errno
import logging
import secrets
import time

from django.db import Error, transaction
from django.utils import timezone

from apps.knowledge import curating_errors, errors, letting_go, recording, scheduling, sweeping
from apps.knowledge.connectors import registry
from apps.knowledge.connectors.bench import Bench
from apps.knowledge.connectors.outcome import Pause
from apps.knowledge.missing import asking
from apps.knowledge.models import DocumentStatus, Source, SourceKind, SourceStatus
from apps.knowledge.recording import LostLease
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
            counts[column] = max(
                counts[column], source.documents.with_problems().filter(status=column).count()
            )
    if problem is None and not counts["learned"]:
        problem = _first_problem(source) or errors.NothingFound(name=source.name).as_dict()
    elif problem is not None:
        problem = problem.as_dict()
    whole = is_complete and not counts["failed"] and not source.cursor.get("is_patchy")
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
            self.fence()
            source.status = SourceStatus.SYNCING
            source.sync_started_at = source.sync_started_at or timezone.now()
            source.problem = None  # whatever a rest was for is over
            source.save(update_fields=["status", "sync_started_at", "problem"])
            notify(source.news_key)

    def walk(self):
        """Record what the source holds; False when this run ended before the source did."""
        if self.stop_asked:
            return False
        batch = recording.Batch(self.source, self.fence, most=registry.together(self.source.kind))
        with Bench(batch, is_stopped=self._is_stopped) as bench:
            try:
                is_whole = self._carry(registry.walk(self.source, bench), batch)
            except LostLease:
                raise
            except Exception:
                batch.settle()  # what was read before is none the worse for it
                raise
            batch.settle()
        return is_whole

    def _carry(self, outcomes, batch):
        """What a walk must pass over again to come to something new is not of this run's time."""
        began_at, is_new = time.monotonic(), False
        for outcome in outcomes:
            if outcome is not None:
                batch.add(outcome)
                self.ends_at += 0 if is_new else time.monotonic() - began_at
                is_new = True
            if self._is_stopped() or (is_new and time.monotonic() > self.ends_at):
                return False
        return True

    def _is_stopped(self):
        """Stop is heard after each document, though several are recorded together."""
        if not self.stop_asked:
            self.stop_asked = Source.objects.filter(pk=self.source.pk, stop_asked_at__isnull=False).exists()
        return self.stop_asked

    def pass_on(self):
        """This run ends in good order: what comes next is no further attempt."""
        with transaction.atomic():
            self.fence()
            Source.objects.filter(pk=self.source.pk).update(attempts=0)

    def rest(self, pause):
        """Nobody goes on before the service's time has come; False when that would be once too often."""
        with transaction.atomic():
            self.fence()
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
        """The sync is over. What is gone is forgotten; what it did not meet only if nothing can have hidden it."""
        source = self.source
        counts = Source.objects.filter(pk=source.pk).values("learned", "failed", "stop_asked_at").first()
        if counts is None:  # its owner removed it meanwhile
            raise LostLease
        left = source.visits.waiting().count() + source.cursor.get("beyond", 0)
        is_walked = problem is None and (not left or _is_at_limit(source, counts))
        if problem is None and left and source.kind == SourceKind.WEBSITE:
            problem = errors.PageLimit(limit=source.config["max_pages"], left=left)
        is_complete = problem is None and not left
        if counts["learned"] and not isinstance(problem, errors.Crashed | errors.DiskFull):
            is_told = source.cursor.get("is_partial") or source.cursor.get("is_patchy")
            letting_go.forget_what_is_gone(source, self.fence, unmet=is_walked and not is_told)
        with transaction.atomic():
            self.fence()
            if is_complete and "bookmark" in source.cursor:
                Source.objects.filter(pk=source.pk).update(bookmark=source.cursor["bookmark"])
            settle(source, problem=problem, is_complete=is_complete)

    def fence(self):
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


def _is_at_limit(source, counts):
    """True when as many pages were read as the owner wants: what was not met lies beyond that."""
    return bool(source.most_pages) and counts["learned"] + counts["failed"] >= source.most_pages


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
