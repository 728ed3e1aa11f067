"""A run changes its state, the visitor's card with it, in one transaction."""

import traceback
import uuid

from berrydesk_sdk import Preview
from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from apps.actions.models import FINAL, ActionRun, State
from apps.actions.signals import run_needs_person
from apps.conversations import speaking
from apps.conversations.models import Conversation
from apps.conversations.phrases import phrase

HIGHEST_MINOR = 10**12
SHORTEST_SECRET = 4
"""Characters; taking shorter ones out of every text would only garble it."""

MAY_FOLLOW = {
    State.PROPOSED: {State.CONFIRMED, State.AWAITING_APPROVAL, State.REJECTED, State.EXPIRED, State.RUNNING},
    State.AWAITING_APPROVAL: {State.CONFIRMED, State.REJECTED, State.EXPIRED},
    State.CONFIRMED: {State.RUNNING, State.FAILED},
    State.RUNNING: {State.SUCCEEDED, State.FAILED, State.UNKNOWN, State.CONFIRMED},
    State.UNKNOWN: {State.SUCCEEDED, State.FAILED, State.RUNNING},
}


def locked(run):
    """The run, locked after its conversation: whoever locks both does it in this order."""
    Conversation.objects.locked(run.conversation_id)
    return ActionRun.objects.select_related("conversation", "contact").locked(run.pk)


def move(run, state, *, words="", **fields):
    """The locked ``run`` stands at ``state``; the log tells, and ``words`` are said once to the visitor."""
    if state not in MAY_FOLLOW.get(State(run.state), ()):
        raise ValueError(f"A run cannot go from {run.state} to {state}.")
    with transaction.atomic():
        run.state = state
        for name, value in fields.items():
            setattr(run, name, value)
        if state in FINAL:
            run.finished_at = timezone.now()
            run.lease_until, run.lease_by = None, ""
        run.save(update_fields=["state", "finished_at", "lease_until", "lease_by", *fields])
        tell(run)
        if words and not run.only_reads:
            speaking.say(run.conversation, text=words, key=f"run:{run.pk}:{state}")
    return run


def tell(run):
    """The log shows the run as it stands, where it has a card."""
    if run.only_reads:
        return
    run.conversation.log("action", run_id=str(run.pk), state=str(run.state), message=None, card=run.card)


def words(run, key, **facts):
    """A sentence of ours in the language of the run's visitor."""
    return phrase(key, run.conversation.language, **facts)


def call_person(run):
    """Once the caller's transaction commits, whoever raises handoffs hears that the run needs a person.

    Should the news be lost, the row still says so: ``ActionRun.objects.needing_person()``.
    """
    facts = {"workspace_id": str(run.workspace_id), "run_id": str(run.pk)}
    transaction.on_commit(lambda: run_needs_person.send_robust(ActionRun, **facts))


def lose(run):
    """Nobody can tell what became of the run: the visitor is told so once, and a person is called."""
    with transaction.atomic():
        row = locked(run)
        if row.state != State.UNKNOWN or row.lost_at:
            return
        row.lost_at = timezone.now()
        row.save(update_fields=["lost_at"])
        speaking.say(row.conversation, text=words(row, "act_lost"), key=f"run:{row.pk}:lost")
        call_person(row)


def shown_preview(preview, settings=None):
    """A plugin's preview as JSON, whatever the plugin put in. Raises TypeError for what is no preview."""
    if not isinstance(preview, Preview):
        raise TypeError(f"preview returned {type(preview).__name__} instead of a Preview")
    title = plain(preview.title, settings, 200)
    minor = preview.amount_minor
    currency = plain(preview.currency, None, 10).upper()
    return {
        "title": title,
        "rows": [[plain(label, settings, 80), plain(value, settings, 300)] for label, value in preview.rows][
            :20
        ],
        "amount_minor": minor if type(minor) is int and 0 < minor <= HIGHEST_MINOR else None,
        "currency": currency if len(currency) == 3 and currency.isascii() and currency.isalpha() else "",
        "confirm_label": plain(preview.confirm_label, settings, 60) or title[:60],
        "note": plain(preview.note, settings, 500),
        "subject": plain(preview.subject, settings, 200),
    }


def shown_outcome(outcome, settings=None):
    """A plugin's outcome as JSON, whatever the plugin put in."""
    details = outcome.details if isinstance(outcome.details, dict) else {}
    return {
        "status": str(outcome.status),
        "reference": plain(outcome.reference, settings, 200),
        "message": plain(outcome.message, settings, 1000),
        "details": {
            plain(k, settings, 80): v
            if type(v) in (int, bool, type(None)) and abs(v or 0) < 2**53
            else plain(v, settings, 300)
            for k, v in list(details.items())[:20]
        },
    }


def plain(value, settings, longest):
    """A plugin's ``value`` as a text that can be stored and shown: no secret of ``settings``, not too long."""
    text = "" if value is None else str(value)
    for secret in _secrets(settings):
        text = text.replace(secret, "•••")
    # Cut after the secrets are out, or half of one would stay.
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:longest]


def log_problem(log, words, error, settings):
    """The log says ``words`` and where ``error`` came from, without the secrets a plugin may have put in."""
    trace = "".join(traceback.format_exception(error))
    log.warning("%s\n%s", words, plain(trace, settings, 20_000))


def _secrets(settings):
    if settings is None:
        return []
    held = [getattr(settings, name, None) for name in type(settings).model_fields]
    found = [secret.get_secret_value() for secret in held if isinstance(secret, SecretStr)]
    return [secret for secret in found if len(secret) >= SHORTEST_SECRET]


def said(status, message):
    """The outcome of a run that no plugin ended."""
    return {"status": str(status), "reference": "", "message": message, "details": {}}


def new_idempotency_key():
    """A key that no other run has."""
    return f"berrydesk-{uuid.uuid4()}"
