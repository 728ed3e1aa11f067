"""A run is proposed, confirmed, approved or declined; ``perform`` carries it out."""

import logging
from datetime import timedelta

from berrydesk_sdk import Context, Effect, PluginError, VisitorError
from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pydantic import ValidationError

from apps.actions import performing, policies, recording, registry, wiring
from apps.actions.errors import NotAwaitingApproval, NotLost, NotSwitchedOn
from apps.actions.models import ActionRun, AgentAction, State
from apps.conversations.models import Conversation, Rung
from apps.conversations.phrases import phrase
from apps.workspaces import auditing
from berrydesk.errors import OwnerError
from berrydesk.plugins import calling

PROPOSED_FOR = timedelta(minutes=30)
APPROVAL_WITHIN = timedelta(days=3)

perform = performing.perform
log = logging.getLogger(__name__)


def propose(agent_action, *, conversation, turn, contact, parameters):
    """A run that waits for the visitor's click; one that only reads is done at once.

    The same thing asked again in the same conversation is the same run. Raises VisitorError.
    """
    language = conversation.language
    rung = performing.rung_of(conversation, contact)
    action, parsed, shown = _previewed(agent_action, contact, rung, parameters, language)
    customer = _customer(conversation, contact)
    with transaction.atomic():
        conversation = Conversation.objects.locked(conversation.pk)
        agent_action = AgentAction.objects.locked(agent_action.pk)
        rung = performing.rung_of(conversation, contact)
        _must_be_allowed(agent_action, action, rung, customer, shown, language)
        reads = action.effect is Effect.READ
        named = shown["subject"] or repr(sorted(parsed.model_dump(mode="json").items()))
        business_key = f"{agent_action.key}:{named}"[:300] if not reads else recording.new_idempotency_key()
        known = _still_open(business_key, conversation, parsed, shown)
        if known:
            return known
        run = _created(
            workspace_id=conversation.workspace_id,
            agent_action=agent_action,
            conversation=conversation,
            turn=turn,
            contact=contact,
            customer=customer,
            key=agent_action.key,
            effect=str(action.effect),
            parameters=parsed.model_dump(mode="json"),
            business_key=business_key,
            idempotency_key=recording.new_idempotency_key(),
            state=State.CONFIRMED if reads else State.PROPOSED,
            confirmed_at=timezone.now() if reads else None,
            preview=shown,
            amount_minor=shown["amount_minor"],
            currency=shown["currency"],
            expires_at=timezone.now() + PROPOSED_FOR,
        )
        recording.tell(run)
    if reads:
        perform(run.pk)
        run.refresh_from_db()
    return run


def confirm(run, by=None):
    """The visitor (or ``by`` for them) agreed: it will be done, once. Pressing twice is pressing once.

    What the owner's limits do not allow any more is declined in words instead. Returns the run.
    """
    with transaction.atomic():
        # Conversation, action, run: whoever locks several of them does it in this order.
        Conversation.objects.locked(run.conversation_id)
        AgentAction.objects.select_for_update().filter(pk=run.agent_action_id).first()
        row = recording.locked(run)
        if row.state != State.PROPOSED:
            return row
        if row.expires_at < timezone.now():
            return recording.move(row, State.EXPIRED, words=recording.words(row, "act_too_late"))
        refusal = _refusal_now(row)
        if refusal:
            outcome = recording.said("failed", refusal)
            return recording.move(row, State.REJECTED, words=refusal, outcome=outcome)
        facts = {"confirmed_at": timezone.now(), "decided_by": by}
        if policies.needs_approval(row.agent_action, row):
            facts["expires_at"] = timezone.now() + APPROVAL_WITHIN
            words = recording.words(row, "act_approval")
            recording.move(row, State.AWAITING_APPROVAL, words=words, **facts)
            recording.call_person(row)
            return row
        recording.move(row, State.CONFIRMED, **facts)
        wake(row)
    return row


def cancel(run):
    """The visitor does not want it; nothing is done, unless it had been confirmed before. Returns the run."""
    with transaction.atomic():
        row = recording.locked(run)
        if row.state == State.PROPOSED:
            recording.move(row, State.REJECTED, words=recording.words(row, "act_cancelled"))
    return row


def approve(run, by=None):
    """A teammate agreed: it will be done. Raises NotAwaitingApproval."""
    with transaction.atomic():
        row = recording.locked(run)
        if row.state != State.AWAITING_APPROVAL:
            raise NotAwaitingApproval(state=row.get_state_display())
        recording.move(row, State.CONFIRMED, decided_by=by)
        auditing.record(row.workspace_id, by, "run.approved", row, row.preview["title"])
        wake(row)
    return row


def reject(run, by=None):
    """A teammate declined what was proposed or waits for approval. Raises NotAwaitingApproval."""
    with transaction.atomic():
        row = recording.locked(run)
        if row.state not in (State.PROPOSED, State.AWAITING_APPROVAL):
            raise NotAwaitingApproval(state=row.get_state_display())
        words = recording.words(row, "act_declined")
        recording.move(
            row, State.REJECTED, words=words, decided_by=by, outcome=recording.said("failed", words)
        )
        auditing.record(row.workspace_id, by, "run.rejected", row, row.preview["title"])
    return row


def settle(run, *, happened, by=None):
    """A teammate found out what became of a run that nobody could tell of: it is over, and so is its subject.

    Raises NotLost.
    """
    with transaction.atomic():
        row = recording.locked(run)
        if row.state != State.UNKNOWN or row.lost_at is None:
            raise NotLost(state=row.get_state_display())
        words = recording.words(row, "act_was_done" if happened else "act_was_not_done")
        recording.move(
            row,
            State.SUCCEEDED if happened else State.FAILED,
            words=words,
            decided_by=by,
            outcome=recording.said("succeeded" if happened else "failed", words),
        )
        verb = "run.found_done" if happened else "run.found_not_done"
        auditing.record(row.workspace_id, by, verb, row, row.preview["title"])
    return row


def expire(run):
    """What nobody agreed to in time is over."""
    with transaction.atomic():
        row = recording.locked(run)
        if row.state in (State.PROPOSED, State.AWAITING_APPROVAL) and row.expires_at < timezone.now():
            words = recording.words(row, "act_nobody_agreed")
            recording.move(row, State.EXPIRED, words=words if row.state == State.AWAITING_APPROVAL else "")
    return row


def dry_run(agent_action, parameters, contact=None):
    """``{"preview": {…} or None, "problems": […]}``: what would happen, without anything happening.

    The owner says who the ``contact`` is, so they are known as its ``rung`` says.
    """
    rung = Rung(contact.rung) if contact else Rung.ANONYMOUS
    try:
        action, _parsed, shown = _previewed(agent_action, contact, rung, parameters, "en", dry_run=True)
    except (VisitorError, OwnerError) as problem:
        return {"preview": None, "problems": [str(problem)]}
    refusal = policies.refusal(
        agent_action, action, rung=rung, customer="dry run",
        amount_minor=shown["amount_minor"], currency=shown["currency"],
    )  # fmt: skip
    return {"preview": shown, "problems": [refusal] if refusal else []}


def parse(action, parameters, language="en"):
    """The plugin's own parameters object. Raises VisitorError."""
    try:
        return action.Parameters.model_validate(parameters)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        field = action.Parameters.model_fields.get(name)
        if field is None:
            strange = ".".join(map(str, first["loc"])) or "that"
            raise VisitorError(phrase("act_strange_parameter", language, name=strange)) from None
        facts = {"name": field.title or name.replace("_", " "), "about": field.description or ""}
        raise VisitorError(phrase("act_parameter", language, **facts).strip()) from None


def wake(run):
    """A worker takes the run up after the commit; should the message be lost, the sweep finds the row."""

    def send():
        try:
            current_app.send_task("apps.actions.tasks.run_action", args=[str(run.workspace_id), str(run.pk)])
        except (OSError, OperationalError) as error:
            log.warning("Run %s waits for the sweep, the queue did not take it: %s", run.pk, error)

    transaction.on_commit(send)


def _previewed(agent_action, contact, rung, parameters, language, dry_run=False):
    action = registry.action(agent_action.key)
    if not agent_action.is_enabled and not dry_run:
        raise NotSwitchedOn(title=action.title)
    parsed = parse(action, parameters, language)
    if not dry_run:  # who is not known well enough learns nothing about what exists
        _must_be_known(agent_action, action, rung, language)
    context = Context(
        settings=wiring.settings_of(agent_action),
        contact=performing.person(contact, rung),
        locale=language or "en",
        now=timezone.now(),
        dry_run=dry_run,
    )
    settings = context.settings
    try:
        preview = calling.call(lambda: action.preview(context, parsed))
        return action, parsed, recording.shown_preview(preview, settings)
    except VisitorError as problem:
        raise VisitorError(recording.plain(problem, settings, 500)) from problem
    except PluginError as problem:
        words = recording.plain(problem, settings, 500)
        log.warning("%s cannot be previewed: %s", agent_action.key, words)
        raise VisitorError(words if dry_run else phrase("act_not_now", language)) from problem
    except Exception as error:  # a plugin may fail in any way; a visitor reads a sentence
        recording.log_problem(log, f"{agent_action.key} failed while previewing", error, settings)
        words = f"The plugin failed: {recording.plain(error, settings, 300)}"
        raise VisitorError(words if dry_run else phrase("act_not_now", language)) from error


def _must_be_known(agent_action, action, rung, language):
    refusal = policies.refusal_by_identity(agent_action, action, rung, language)
    if refusal and policies.needed_rung(agent_action, action) is Rung.CLAIMED:
        raise policies.EmailNeeded(refusal)
    if refusal:
        raise VisitorError(refusal)


def _must_be_allowed(agent_action, action, rung, customer, shown, language):
    if not agent_action.is_enabled:
        raise NotSwitchedOn(title=action.title)
    refusal = policies.refusal(
        agent_action, action, rung=rung, customer=customer,
        amount_minor=shown["amount_minor"], currency=shown["currency"], language=language,
    )  # fmt: skip
    if refusal:
        raise VisitorError(refusal)


def _refusal_now(run):
    """Why the run may not be done any more. Its action is locked, so that sums hold."""
    try:
        action = registry.action(run.key)
        if run.agent_action_id is None:
            raise NotSwitchedOn(title=action.title)
        run.agent_action = AgentAction.objects.get(pk=run.agent_action_id)
        if not run.agent_action.is_enabled:
            raise NotSwitchedOn(title=action.title)
        rung = performing.rung_of(run.conversation, run.contact)
        return policies.refusal(
            run.agent_action, action, rung=rung, customer=run.customer,
            amount_minor=run.amount_minor, currency=run.currency, leave_out=run,
            language=run.conversation.language,
        )  # fmt: skip
    except OwnerError as problem:
        log.warning("Run %s cannot be confirmed: %s", run.pk, problem)
        return recording.words(run, "act_not_now")


def _created(**facts):
    """A new run. Raises VisitorError when another agent of the workspace began the same thing just now."""
    try:
        with transaction.atomic():
            return ActionRun.objects.create(**facts)
    except IntegrityError as error:
        raise VisitorError(phrase("act_under_way", facts["conversation"].language)) from error


def _still_open(business_key, conversation, parsed, shown):
    """The open run for the same thing: returned when it is the same, ended when only proposed, else refused."""
    known = ActionRun.objects.open().filter(business_key=business_key).first()
    if known is None:
        return None
    if known.conversation_id != conversation.pk:
        _end_elsewhere(known, conversation)
        return None
    if known.state != State.PROPOSED:
        raise VisitorError(phrase("act_under_way", conversation.language))
    known = recording.locked(known)
    same = known.parameters == parsed.model_dump(mode="json") and known.preview == shown
    if same and known.expires_at > timezone.now():
        recording.tell(known)
        return known
    recording.move(known, State.EXPIRED)
    return None


def _end_elsewhere(known, conversation):
    """What is only proposed in another conversation is over, and its card there shows so.

    Whoever waits for a lock here while another waits for ours would wait for ever, so nobody waits: what is
    being confirmed at this moment is under way. Raises VisitorError.
    """
    under_way = VisitorError(phrase("act_under_way", conversation.language))
    rows = Conversation.objects.filter(pk=known.conversation_id)
    if not rows.select_for_update(skip_locked=True, of=("self",)).exists():
        raise under_way
    idle = ActionRun.objects.select_related("conversation").filter(pk=known.pk, state=State.PROPOSED)
    row = idle.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        raise under_way
    recording.move(row, State.EXPIRED)


def _customer(conversation, contact):
    """Whom limits per customer count: the contact, or the browser, or this one conversation."""
    if contact is not None:
        return f"contact:{contact.pk}"
    return (
        f"visitor:{conversation.visitor_key}"[:100]
        if conversation.visitor_key
        else f"conversation:{conversation.pk}"
    )
