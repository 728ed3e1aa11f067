"""From the proposal to the money, with a real Stripe server that ignores idempotency keys."""

import pytest
from berrydesk_sdk import VisitorError

from apps.actions import running, tools, wiring
from apps.actions.models import ActionRun
from apps.conversations import opening
from apps.conversations.models import Message


def propose(refunding, chat, contact, **parameters):
    return running.propose(refunding, conversation=chat, turn=None, contact=contact, parameters=parameters)


def test_nothing_happens_before_the_click(shop, refunding, chat, contact, order):
    number, intent = order
    run = propose(refunding, chat, contact, payment=number)
    assert run.state == "proposed" and run.card["confirm_label"] == "Refund €49.00"
    assert shop.refunds(intent) == []
    assert running.perform(run.pk) is None and shop.refunds(intent) == []


def test_a_click_refunds_once_and_says_so(shop, refunding, chat, contact, order):
    number, intent = order
    run = propose(refunding, chat, contact, payment=number, amount="10.00")
    assert running.confirm(run).state == "confirmed"
    assert running.confirm(run).state == "confirmed"
    assert running.perform(run.pk).state == "succeeded"
    assert running.perform(run.pk) is None
    assert [r.amount for r in shop.refunds(intent)] == [1000]
    assert "€10.00 is on its way" in Message.objects.get(conversation=chat).text
    states = [e.data["state"] for e in chat.events.filter(kind="action").order_by("seq")]
    assert states == ["proposed", "confirmed", "running", "succeeded"]


@pytest.fixture
def tryout(chat):
    """The conversation is the owner's own, in the preview."""
    type(chat).objects.filter(pk=chat.pk).update(is_preview=True)
    chat.refresh_from_db()
    return chat


def test_in_the_preview_nothing_is_done_and_that_is_said(shop, refunding, tryout, contact, order):
    run = propose(refunding, tryout, contact, payment=order[0])
    assert "five to ten days" in run.card["note"]
    running.confirm(run)
    run = running.perform(run.pk)
    assert run.state == "failed" and shop.refunds(order[1]) == []
    assert run.started_at is None, "no call was even begun"
    said = Message.objects.get(conversation=tryout).text
    assert said == run.card["note"] == run.outcome["message"]
    assert said.startswith("This is the preview: nothing was done.")
    assert not ActionRun.objects.counted().exists(), "limits do not count it"


def test_in_the_preview_a_teammates_yes_does_nothing_either(
    ben, agent, shop, refunding, tryout, contact, order
):
    wiring.wire(agent, "stripe.refund", enabled=True, policy={"approval_over": 1000})
    run = propose(refunding, tryout, contact, payment=order[0])
    running.confirm(run)
    running.approve(run, by=ben)
    assert running.perform(run.pk).state == "failed" and shop.refunds(order[1]) == []


def test_in_the_preview_what_was_lost_is_not_done_again(shop, refunding, tryout, contact, order):
    run = propose(refunding, tryout, contact, payment=order[0])
    running.confirm(run)
    ActionRun.objects.filter(pk=run.pk).update(state="running")
    assert running.perform(run.pk).state == "failed" and shop.refunds(order[1]) == []


def test_what_was_not_done_keeps_no_note_of_what_would_follow(refunding, chat, contact, order):
    run = propose(refunding, chat, contact, payment=order[0])
    assert running.cancel(run).card["note"] == ""


def test_asking_again_is_the_same_run(refunding, chat, contact, order):
    number, intent = order
    first = propose(refunding, chat, contact, payment=number)
    assert propose(refunding, chat, contact, payment=number) == first
    other = propose(refunding, chat, contact, payment=intent.id, amount="5")
    first.refresh_from_db()
    assert (first.state, other.state) == ("expired", "proposed")
    running.confirm(other)
    with pytest.raises(VisitorError, match="under way"):
        propose(refunding, chat, contact, payment=number)


def test_cancelling_changes_nothing(shop, refunding, chat, contact, order):
    run = propose(refunding, chat, contact, payment=order[0])
    assert running.cancel(run).state == "rejected"
    assert running.confirm(run).state == "rejected" and shop.refunds(order[1]) == []


def test_a_stranger_is_refused(refunding, chat, order):
    with pytest.raises(VisitorError, match="signed in"):
        propose(refunding, chat, None, payment=order[0])


def test_above_the_limit_is_refused_in_words(shop, agent, refunding, chat, contact):
    shop.paid("NL-991", minor=10_001)
    with pytest.raises(VisitorError, match="more than I may pay out"):
        propose(refunding, chat, contact, payment="NL-991")


def test_asked_for_elsewhere_the_first_card_is_over(agent, refunding, chat, contact, order):
    first = propose(refunding, chat, contact, payment=order[0])
    elsewhere = opening.open_conversation(agent, visitor_key="at home", contact=contact)
    elsewhere.verified_until = chat.verified_until
    elsewhere.save()
    second = propose(refunding, elsewhere, contact, payment=order[0])
    assert second != first and second.state == "proposed"
    told = chat.events.filter(kind="action").order_by("seq").last().data
    assert (told["run_id"], told["state"]) == (str(first.pk), "expired")


def test_a_german_visitor_reads_german(agent, refunding, chat, contact, order):
    type(chat).objects.filter(pk=chat.pk).update(language="de")
    chat.refresh_from_db()
    run = propose(refunding, chat, contact, payment=order[0])
    assert run.card["cancel_label"] == "Abbrechen"
    running.cancel(run)
    assert chat.messages.in_order().last().text == "In Ordnung, es wurde nichts getan."
    wiring.wire(agent, "stripe.refund", enabled=True, policy={"max_amount": 100})
    with pytest.raises(VisitorError, match="mehr, als ich allein auszahlen darf"):
        propose(refunding, chat, contact, payment=order[0])


def test_a_teammate_approves(ben, agent, refunding, chat, contact, order):
    wiring.wire(agent, "stripe.refund", enabled=True, policy={"approval_over": 1000})
    run = propose(refunding, chat, contact, payment=order[0])
    assert running.confirm(run).state == "awaiting_approval"
    assert running.perform(run.pk) is None
    assert running.approve(run, by=ben).state == "confirmed"
    assert running.perform(run.pk).state == "succeeded"


def test_switched_off_after_the_click_is_not_done(shop, refunding, chat, contact, order):
    run = propose(refunding, chat, contact, payment=order[0])
    running.confirm(run)
    wiring.wire(refunding.agent, "stripe.refund", enabled=False)
    assert running.perform(run.pk).state == "failed" and shop.refunds(order[1]) == []


def test_secrets_are_encrypted_and_stay_when_left_out(agent, refunding):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT settings FROM actions_agentaction WHERE id = %s", [refunding.pk])
        assert "sk_test" not in cursor.fetchone()[0]
    again = wiring.wire(agent, "stripe.refund", enabled=True, settings={"secret_key": ""})
    assert again.settings["secret_key"].startswith("sk_test")
    assert wiring.shown_settings(again)["secret_key"] is True
    assert "accepted" in wiring.check_settings(
        __import__("berrydesk_stripe.refund").refund.Refund(), again.settings
    )


def test_a_dry_run_changes_nothing(shop, refunding, order, contact):
    told = running.dry_run(refunding, {"payment": order[0]}, contact)
    assert told["preview"]["title"] == "Refund €49.00" and told["problems"] == []
    assert running.dry_run(refunding, {"payment": "NL-1"}, contact)["problems"]
    assert ActionRun.objects.count() == 0 and shop.refunds(order[1]) == []


def test_a_model_sees_and_calls_it(agent, refunding):
    (tool,) = tools.tools_for(agent)
    assert tool["function"]["name"] == "stripe_refund"
    assert set(tool["function"]["parameters"]["properties"]) == {"payment", "amount", "reason"}
    row, parameters = tools.parse_call(agent, "stripe_refund", '{"payment": "NL-20418"}')
    assert row == refunding and parameters["payment"] == "NL-20418"
    for name, arguments in [
        ("other", "{}"),
        ("stripe_refund", "["),
        ("stripe_refund", "[]"),
        ("stripe_refund", "{}"),
    ]:
        with pytest.raises(VisitorError):
            tools.parse_call(agent, name, arguments)
