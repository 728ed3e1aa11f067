"""Actions that need a person: one is called, once, decides, and the agent goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.actions import recording, running
from apps.actions.errors import NotLost
from apps.actions.models import ActionRun, AgentAction
from apps.answering import deciding, tasks
from apps.conversations.models import Conversation, Holder
from apps.inbox import handoff
from apps.inbox.models import Reason
from tests.cast import a_conversation


@pytest.fixture
def run(agent, vera):
    """Vera was offered a refund that needs approval."""
    wired = AgentAction.objects.create(
        workspace_id=agent.workspace_id,
        agent=agent,
        key="stripe.refund",
        enabled_at=timezone.now(),
        policy={"approval_over": 0, "identity": "anonymous"},
    )
    return ActionRun.objects.create(
        workspace_id=agent.workspace_id,
        agent_action=wired,
        conversation=a_conversation(agent, with_=vera, saying="Refund me"),
        key="stripe.refund",
        effect="money",
        customer="vera",
        amount_minor=4900,
        currency="EUR",
        business_key="stripe.refund:ch_1",
        idempotency_key=recording.new_idempotency_key(),
        preview={"title": "Refund €49.00", "rows": [["Amount", "€49.00"]]},
        expires_at=timezone.now() + timedelta(hours=1),
    )


def lost(run):
    ActionRun.objects.filter(pk=run.pk).update(state="unknown", started_at=timezone.now())
    recording.lose(run)
    return ActionRun.objects.get(pk=run.pk)


def of(run):
    return Conversation.objects.get(pk=run.conversation_id)


def test_what_waits_for_approval_comes_to_the_inbox_once(run):
    assert running.confirm(run).state == "awaiting_approval"
    for _delivered_again in range(2):
        tasks.call_person(str(run.workspace_id), str(run.pk))
    assert run.conversation.handoffs.get().reason == Reason.ACTION
    assert of(run).holder == Holder.HUMAN
    assert "A person has to agree" in run.conversation.messages.in_order().last().text


def test_who_was_not_heard_of_is_found_by_the_sweep(run):
    running.confirm(run)  # and the process died before it could say so
    assert ActionRun.objects.needing_person().filter(person_called_at=None).get() == run
    assert tasks.sweep() == 0  # no turn waits; the run was handed to a worker


def test_approved_it_goes_on_and_the_agent_speaks_again(run, ben):
    running.confirm(run)
    deciding.call_person(run.workspace_id, run.pk)
    assert deciding.approve(run, by=ben).state == "confirmed"
    assert of(run).holder == Holder.AGENT and not run.conversation.handoffs.open().exists()


def test_declined_the_visitor_is_told_and_nothing_is_done(run, ben):
    running.confirm(run)
    deciding.call_person(run.workspace_id, run.pk)
    assert deciding.decline(run, by=ben).state == "rejected"
    assert run.conversation.messages.filter(text__contains="declined it").exists()
    assert of(run).holder == Holder.AGENT


def test_who_took_the_conversation_keeps_it(run, ben):
    running.confirm(run)
    deciding.call_person(run.workspace_id, run.pk)
    handoff.take(run.conversation, by=ben)
    deciding.approve(run, by=ben)
    assert of(run).holder == Holder.HUMAN and run.conversation.handoffs.open().get().taken_by == ben


def test_a_visitor_who_went_back_to_the_agent_still_gets_a_decision(run, ben):
    running.confirm(run)
    deciding.call_person(run.workspace_id, run.pk)
    handoff.return_to_agent(run.conversation)
    assert deciding.approve(run, by=ben).state == "confirmed"


@pytest.mark.parametrize(
    ("happened", "state", "words"), [(True, "succeeded", "it was done"), (False, "failed", "was not done")]
)
def test_a_person_finds_out_what_nobody_could_tell(run, ben, happened, state, words):
    run = lost(run)
    deciding.call_person(run.workspace_id, run.pk)
    assert run.conversation.handoffs.get().reason == Reason.ACTION
    assert deciding.settle(run, happened=happened, by=ben).state == state
    told = [message.text for message in run.conversation.messages.in_order()]
    assert any("A person looks into it" in text for text in told)
    assert any(words in text for text in told)
    assert not ActionRun.objects.open().filter(business_key=run.business_key).exists()


def test_what_is_still_being_found_out_cannot_be_settled(run, ben):
    ActionRun.objects.filter(pk=run.pk).update(state="unknown")
    with pytest.raises(NotLost):
        deciding.settle(run, happened=True, by=ben)
