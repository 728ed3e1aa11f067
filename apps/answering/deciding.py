"""Action runs that need a person: one is called, decides, and the agent goes on."""

from django.db import transaction
from django.utils import timezone

from apps.actions import running
from apps.actions.models import ActionRun
from apps.conversations.models import Conversation
from apps.inbox import handoff
from apps.inbox.models import Reason
from berrydesk.db.scopes import in_workspace


def call_person(workspace_id, run_id):
    """The conversation of a run that needs a person came to the inbox; once, however often it is asked."""
    with in_workspace(workspace_id), transaction.atomic():
        known = ActionRun.objects.needing_person().filter(pk=run_id, person_called_at=None).first()
        if known is None:
            return
        conversation = Conversation.objects.locked(known.conversation_id)
        if not conversation.resolved_at:
            handoff.hand_over(conversation, reason=Reason.ACTION)
        ActionRun.objects.filter(pk=run_id).update(person_called_at=timezone.now())


def approve(run, *, by):
    """The run will be done, and the agent speaks again. Raises NotAwaitingApproval."""
    return _decided(running.approve, run, by=by)


def decline(run, *, by):
    """Nothing was done, the visitor knows, and the agent speaks again. Raises NotAwaitingApproval."""
    return _decided(running.reject, run, by=by)


def settle(run, *, happened, by):
    """What nobody could find out is known now, and the agent speaks again. Raises NotLost."""
    return _decided(running.settle, run, happened=happened, by=by)


def _decided(decide, run, *, by, **facts):
    with transaction.atomic():
        row = decide(run, by=by, **facts)
        conversation = Conversation.objects.get(pk=row.conversation_id)
        called = conversation.handoffs.waiting().filter(reason=Reason.ACTION).exists()
        if called and not ActionRun.objects.needing_person().filter(conversation=conversation).exists():
            # Nobody took the conversation, and there is nothing left in it that a person was called for.
            handoff.return_to_agent(conversation, by=by)
    return row
