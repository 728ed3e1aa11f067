"""A confirmed run is done exactly once: by its row, its lease, and by asking the service what became of it.

The row says ``running`` before the call. Who loses the lease may not record anything. A run found ``running``
without a lease, or whose answer was lost, is ``unknown``: the plugin says what happened. Only when it
certainly did not happen is the call made again, with the same key.
"""

import logging
import threading
import time
from datetime import timedelta

from berrydesk_sdk import (
    Context,
    Outcome,
    PastRun,
    Person,
    Preview,
    Retryable,
    SetupError,
    Status,
    VisitorError,
)
from django.db import connection, transaction
from django.utils import timezone

from apps.actions import recording, registry, wiring
from apps.actions.errors import NotSwitchedOn
from apps.actions.models import ActionRun, State
from apps.conversations.models import Rung
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from berrydesk.errors import OwnerError
from berrydesk.plugins import calling

LEASE_S = calling.CUT_OFF_S + 20
"""Longer than a call can last, so that whoever takes over finds a call that has ended."""

MOST_REPEATS = 5
CHECK_PAUSES_S = (15, 30, 60, 300, 900, 3600)
BUSY_PAUSE_S = 5
GIVE_UP_AFTER = timedelta(hours=24)
UNTOLD_CHECKS = 3
"""A plugin that answered so often that it cannot tell will not find out: a person has to."""

HANGS_FOR_GOOD_S = 600

log = logging.getLogger(__name__)


def perform(run_id):
    """Carry the run as far as it goes now; harmless to call again, and at the same time. Returns the run or None."""
    began = time.monotonic()
    run = leases.take(ActionRun.objects.due().filter(pk=run_id), for_s=LEASE_S)
    if run is None:
        return None
    if run.state == State.CONFIRMED:
        return _do(run, began)
    if run.state == State.RUNNING:
        run = _record(run, State.UNKNOWN)
    return _find_out(run) if run else None


def context_of(run, *, settings, dry_run=False):
    """What the plugin may know of the run."""
    return Context(
        settings=settings,
        contact=person(run.contact, rung_of(run.conversation, run.contact)),
        idempotency_key=run.idempotency_key,
        run_id=str(run.pk),
        locale=run.conversation.language or "en",
        now=timezone.now(),
        dry_run=dry_run,
        confirmed=Preview(**{**run.preview, "rows": tuple(map(tuple, run.preview["rows"]))}),
    )


def rung_of(conversation, contact):
    """How well ``contact`` is known in the conversation now; somebody who is not its contact is nobody there."""
    is_theirs = contact is not None and conversation.contact_id == contact.pk
    return conversation.rung() if is_theirs else Rung.ANONYMOUS


def person(contact, rung):
    """The contact as plugins see them, known as well as ``rung`` says; None stays None."""
    if contact is None:
        return None
    return Person(
        id=str(contact.pk),
        external_id=contact.external_id,
        name=contact.name,
        email=contact.email,
        identity=str(rung),
        attributes=contact.attributes,
    )


def _do(run, began):
    """Make the call, which certainly has not happened yet. What is asked for in a preview changes nothing."""
    if run.is_dry:
        return _only_said(run)
    try:
        action, context, parameters = _prepared(run)
    except (OwnerError, ValueError) as problem:
        return _not_done(run, str(problem)[:500])
    run = _record(run, State.RUNNING, started_at=timezone.now())
    if run is None:
        return None
    settings = context.settings
    try:
        outcome = calling.call(
            lambda: action.perform(context, parameters), not_after=began + calling.START_WITHIN_S
        )
        if not isinstance(outcome, Outcome) or not isinstance(outcome.status, Status):
            raise TypeError(f"{run.key} returned {outcome!r:.100} instead of an Outcome")
    except VisitorError as problem:
        outcome = Outcome.failed(str(problem))
    except (Retryable, calling.TooLate) as problem:
        return _later(run, recording.plain(problem, settings, 500))
    except SetupError as problem:
        return _not_done(run, recording.plain(problem, settings, 500))
    except Exception as error:  # whatever a plugin raises, nobody knows what it did before
        recording.log_problem(log, f"Run {run.pk} of {run.key}: the answer was lost", error, settings)
        outcome = Outcome.unknown()
        if isinstance(error, calling.CutOff):
            _keep_while_under_way(run, error.thread)
    return _ended(run, outcome, settings)


def _keep_while_under_way(run, thread):
    """A call that was given up may still do its work: until it is over, nobody may begin it again.

    When this process dies, the call dies with it, and so does the lease.
    """
    began = time.monotonic()

    def keep():
        try:
            while thread.is_alive():
                with in_workspace(run.workspace_id):
                    if not leases.extend(run, for_s=LEASE_S):
                        return
                    if time.monotonic() - began > HANGS_FOR_GOOD_S:
                        recording.lose(run)
                connection.close()
                thread.join(LEASE_S / 3)
        finally:
            connection.close()

    threading.Thread(target=keep, name="lease of a hanging call", daemon=True).start()


def _later(run, problem):
    """Nothing was changed: try again in a moment, but not for ever."""
    repeats = run.repeats + 1
    if repeats > MOST_REPEATS or run.only_reads:
        return _not_done(run, problem)
    return _record(run, State.CONFIRMED, repeats=repeats, problem=problem, pause_s=BUSY_PAUSE_S * repeats)


def _ended(run, outcome, settings):
    if outcome.status is Status.UNKNOWN and run.only_reads:  # it changed nothing, whatever it did
        outcome = Outcome.failed(recording.words(run, "act_not_done"))
    if outcome.status is Status.UNKNOWN:
        # The lease stays: the call may still be on its way, and is over when the lease is.
        return _record(run, State.UNKNOWN, words=recording.words(run, "act_checking"))
    state = State.SUCCEEDED if outcome.status is Status.SUCCEEDED else State.FAILED
    shown = recording.shown_outcome(outcome, settings)
    if not shown["message"]:
        key = "act_done" if state == State.SUCCEEDED else "act_not_done"
        shown["message"] = recording.words(run, key, title=run)
    return _record(run, state, outcome=shown, problem="", words=shown["message"])


def _find_out(run):
    """Ask the plugin what became of the call; make it again only when it certainly did not happen."""
    settings = None
    try:
        action, context, parameters = _prepared(run, must_be_on=False)
        settings = context.settings
        past = PastRun(str(run.pk), parameters, run.idempotency_key, run.started_at or run.created_at)
        found = calling.call(lambda: action.reconcile(context, past))
        if found is not None and not (isinstance(found, Outcome) and isinstance(found.status, Status)):
            raise TypeError(f"{run.key} returned {found!r:.100} instead of an Outcome or None")
    except Exception as error:  # a plugin may fail in any way: then it is still not known
        recording.log_problem(log, f"Run {run.pk} of {run.key} could not be reconciled", error, settings)
        return _ask_again(run, recording.plain(error, settings, 500))
    if found is None:
        return _once_more(run)
    if found.status is Status.UNKNOWN:
        return _ask_again(run, "The plugin cannot tell what happened.", cannot_tell=True)
    return _ended(run, found, settings)


def _once_more(run):
    if run.repeats >= MOST_REPEATS:
        return _not_done(run, run.problem)
    run.repeats += 1
    ActionRun.objects.filter(pk=run.pk, lease_by=run.lease_by).update(repeats=run.repeats)
    began = time.monotonic()
    return _do(run, began) if leases.extend(run, for_s=LEASE_S) else None


def _ask_again(run, problem, *, cannot_tell=False):
    pause = CHECK_PAUSES_S[min(run.checks, len(CHECK_PAUSES_S) - 1)]
    with transaction.atomic():
        row = recording.locked(run)
        if not leases.still_held(run):
            return None
        row.checks += 1
        row.problem = problem[:500]
        row.save(update_fields=["checks", "problem"])
        leases.extend(row, for_s=pause)
        began = row.started_at or row.created_at
        if (cannot_tell and row.checks >= UNTOLD_CHECKS) or timezone.now() - began > GIVE_UP_AFTER:
            recording.lose(row)
    return row


def _prepared(run, must_be_on=True):
    """(action, context, parameters). Raises OwnerError or ValueError."""
    run = ActionRun.objects.select_related("agent_action", "conversation", "contact").get(pk=run.pk)
    action = registry.action(run.key)
    if run.agent_action is None or (must_be_on and not run.agent_action.is_enabled):
        raise NotSwitchedOn(title=action.title)
    context = context_of(run, settings=wiring.settings_of(run.agent_action))
    return action, context, action.Parameters.model_validate(run.parameters)


def _only_said(run):
    """The owner tried it out: every way to a call leads past here, so none is made."""
    words = recording.words(run, "act_only_preview")
    return _record(run, State.FAILED, outcome=recording.said(Status.FAILED, words), words=words)


def _not_done(run, problem):
    words = recording.words(run, "act_not_done")
    outcome = recording.said(Status.FAILED, words)
    return _record(run, State.FAILED, outcome=outcome, problem=problem, words=words)


def _record(run, state, *, pause_s=None, **facts):
    """The run moved, or None when the lease was lost: then another one has it."""
    with transaction.atomic():
        row = recording.locked(run)
        if not leases.still_held(run):
            return None
        row = recording.move(row, state, **facts)
        if state == State.RUNNING:
            leases.extend(row, for_s=LEASE_S)
        if pause_s is not None:
            leases.extend(row, for_s=pause_s)
    return row
