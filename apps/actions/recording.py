"""A run changes its state, the visitor's card with it, in one transaction."""

import uuid

from django.db import transaction
from django.utils import timezone

from apps.actions.models import FINAL, ActionRun, State
from apps.conversations import speaking
from apps.conversations.models import Conversation

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


def shown_preview(preview):
    """A plugin's preview as JSON, whatever the plugin put in."""
    return {
        "title": str(preview.title),
        "rows": [[str(label), str(value)] for label, value in preview.rows],
        "amount_minor": preview.amount_minor,
        "currency": preview.currency.upper(),
        "confirm_label": str(preview.confirm_label or preview.title),
        "note": str(preview.note),
        "subject": str(preview.subject),
    }


def shown_outcome(outcome):
    """A plugin's outcome as JSON."""
    return {
        "status": str(outcome.status),
        "reference": outcome.reference,
        "message": str(outcome.message),
        "details": {
            str(k): v if isinstance(v, str | int | float | bool | None) else str(v)
            for k, v in outcome.details.items()
        },
    }


def said(status, message):
    """The outcome of a run that no plugin ended."""
    return {"status": str(status), "reference": "", "message": message, "details": {}}


def new_idempotency_key():
    """A key that no other run has."""
    return f"berrydesk-{uuid.uuid4()}"
