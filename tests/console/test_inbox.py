"""The inbox as the team meets it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.actions import recording
from apps.actions.models import ActionRun, AgentAction
from apps.answering import deciding
from apps.console.framing import initials
from apps.conversations.models import Author, Conversation, Holder
from apps.inbox import handoff
from apps.workspaces.models import AuditEvent
from berrydesk.db.scopes import in_workspace
from tests.cast import a_conversation, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(agent, vera):
    """Vera asked for a person."""
    conversation = a_conversation(
        agent, with_=vera, saying="My boots <b>came loose</b>, I want my money back"
    )
    handoff.ask_for_person(conversation)
    return conversation


@pytest.fixture
def as_ben(client, ben):
    client.force_login(ben.user)
    return client


def address(name, conversation):
    return reverse(name, args=[conversation.number])


def again(conversation):
    with in_workspace(conversation.workspace_id):
        return Conversation.objects.get(pk=conversation.pk)


def test_an_empty_inbox_teaches(as_ben, agent):
    page = as_ben.get(reverse("inbox")).content.decode()
    assert "Nobody needs you right now" in page and " style=" not in page


def test_who_waits_stands_in_the_list_with_the_card(as_ben, waiting):
    assert "Asked for a person" in as_ben.get(reverse("inbox")).content.decode()
    page = as_ben.get(address("inbox_conversation", waiting)).content.decode()
    for word in ("Wants", "Tried", "Concluded", "Why you", "&lt;b&gt;came loose"):
        assert word in page
    assert "<b>came loose" not in page


def test_a_reply_takes_the_conversation_and_reaches_the_visitor_once(as_ben, ben, waiting):
    sent = {"text": "Hi Vera, refunded.", "client_id": "one"}
    for _again in range(2):
        assert as_ben.post(address("inbox_reply", waiting), sent).status_code == 302
    with in_workspace(ben.workspace):
        assert waiting.messages.filter(author=Author.PERSON, text="Hi Vera, refunded.").count() == 1
        assert waiting.handoffs.get().taken_by == ben
    assert "You answer" in as_ben.get(reverse("inbox")).content.decode()


def test_an_empty_reply_says_what_to_do(as_ben, waiting):
    answer = as_ben.post(address("inbox_reply", waiting), {"text": "  "})
    assert answer.status_code == 422 and "Write something" in answer.content.decode()


def test_a_taken_conversation_keeps_what_the_second_one_wrote(as_ben, ada, waiting):
    handoff.take(waiting, by=ada)
    answer = as_ben.post(address("inbox_reply", waiting), {"text": "I was about to say this"})
    assert answer.status_code == 422
    assert "already answering" in answer.content.decode()
    assert "I was about to say this" in answer.content.decode()
    assert as_ben.post(address("inbox_take", waiting)).status_code == 422
    assert "Ada answers" in as_ben.get(reverse("inbox"), {"show": "all"}).content.decode()


def test_take_hand_back_resolve(as_ben, ben, waiting):
    assert as_ben.post(address("inbox_take", waiting)).status_code == 302
    assert as_ben.post(address("inbox_hand_back", waiting)).status_code == 302
    assert again(waiting).holder == Holder.AGENT
    assert as_ben.post(address("inbox_resolve", waiting)).status_code == 302
    assert again(waiting).resolved_at
    assert "a new conversation begins" in as_ben.get(address("inbox_conversation", waiting)).content.decode()


@pytest.mark.parametrize("part", ["list", "thread"])
def test_the_live_parts_answer_only_what_changed(as_ben, waiting, part):
    page = address("inbox_conversation", waiting)
    first = as_ben.get(page, {"part": part})
    assert first.status_code == 200 and "<html" not in first.content.decode()
    state = re.search(r'"state": "([^"]+)"', first.content.decode()).group(1)
    assert as_ben.get(page, {"part": part, "state": state}).status_code in (204, 200)
    assert as_ben.get(page, {"part": part, "state": "old"}).status_code == 200
    as_ben.post(address("inbox_reply", waiting), {"text": "Here"})
    assert as_ben.get(page, {"part": part, "state": state}).status_code == 200


@pytest.fixture
def asked_for(agent, vera):
    """Vera confirmed a refund that a teammate has to approve, and Lumi called one."""
    conversation = a_conversation(agent, with_=vera, saying="I want my money back")
    wired = AgentAction.objects.create(
        workspace_id=agent.workspace_id, agent=agent, key="stripe.refund", enabled_at=timezone.now()
    )
    run = ActionRun.objects.create(
        workspace_id=agent.workspace_id,
        agent_action=wired,
        conversation=conversation,
        key="stripe.refund",
        effect="money",
        customer="vera",
        business_key="stripe.refund:ch_1",
        idempotency_key=recording.new_idempotency_key(),
        state="awaiting_approval",
        preview={"title": "Refund €49.00", "rows": [["Order", "NL-20418"]]},
        confirmed_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    deciding.call_person(agent.workspace_id, run.pk)
    return run


def decide(client, run, verb):
    return client.post(reverse(f"inbox_{verb}", args=[run.conversation.number, run.pk]))


def test_what_waits_for_approval_is_listed_shown_and_approved(as_ben, ben, asked_for):
    listed = as_ben.get(reverse("inbox")).content.decode()
    assert "Waiting for your approval" in listed and "Nobody is waiting." in listed
    page = as_ben.get(address("inbox_conversation", asked_for.conversation)).content.decode()
    for words in ("Refund €49.00", "NL-20418", ">Approve<", ">Decline<", "needs you for an action"):
        assert words in page
    assert decide(as_ben, asked_for, "approve").status_code == 302
    with in_workspace(ben.workspace):
        asked_for.refresh_from_db()
        assert (asked_for.state, asked_for.decided_by) == ("confirmed", ben)
        assert AuditEvent.objects.filter(verb="run.approved", actor=ben).exists()
    assert decide(as_ben, asked_for, "decline").status_code == 422
    assert "Waiting for your approval" not in as_ben.get(reverse("inbox")).content.decode()


def test_declining_tells_the_visitor(as_ben, ben, asked_for):
    assert decide(as_ben, asked_for, "decline").status_code == 302
    with in_workspace(ben.workspace):
        assert asked_for.conversation.messages.filter(text__contains="declined it").exists()


def test_what_nobody_could_find_out_is_settled_by_a_person(as_ben, ben, asked_for):
    with in_workspace(ben.workspace):
        ActionRun.objects.filter(pk=asked_for.pk).update(state="unknown", lost_at=timezone.now())
    page = as_ben.get(address("inbox_conversation", asked_for.conversation)).content.decode()
    assert "It happened" in page and "It did not happen" in page and "To be found out" in page
    assert decide(as_ben, asked_for, "did_not_happen").status_code == 302
    with in_workspace(ben.workspace):
        asked_for.refresh_from_db()
    assert asked_for.state == "failed"
    assert decide(as_ben, asked_for, "happened").status_code == 422


def test_a_viewer_decides_nothing_and_mallory_finds_nothing(client, ada, mallory, asked_for):
    for member, status in ((a_member("Otto", ada.workspace, "viewer"), 403), (mallory, 404)):
        client.force_login(member.user)
        for verb in ("approve", "decline", "happened", "did_not_happen"):
            assert decide(client, asked_for, verb).status_code == status


def test_who_takes_over_is_not_told_that_the_agent_failed(as_ben, agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    assert as_ben.post(address("inbox_take", chat)).status_code == 302
    page = as_ben.get(address("inbox_conversation", chat)).content.decode()
    assert "You took this over" in page and "could not go on" not in page and "handed this to you" not in page


def test_visitors_have_faces_of_their_own():
    assert [initials(name) for name in ("Visitor 10", "Visitor 2043", "Vera Vik", "Ben")] == [
        "10",
        "043",
        "VV",
        "B",
    ]


def test_nothing_of_it_exists_for_mallory(client, mallory, waiting):
    client.force_login(mallory.user)
    assert client.get(address("inbox_conversation", waiting)).status_code == 404
    for name in ("inbox_reply", "inbox_take", "inbox_hand_back", "inbox_resolve"):
        assert client.post(address(name, waiting), {"text": "x"}).status_code == 404
    assert "came loose" not in client.get(reverse("inbox")).content.decode()
    assert not again(waiting).resolved_at


def test_a_viewer_may_not(client, ada, waiting):
    client.force_login(a_member("Otto", ada.workspace, "viewer").user)
    assert client.get(reverse("inbox")).status_code == 403
    assert client.post(address("inbox_reply", waiting), {"text": "x"}).status_code == 403


def test_a_long_list_needs_no_more_queries(as_ben, agent, vera, waiting, django_assert_max_num_queries):
    for number in range(5):
        handoff.ask_for_person(a_conversation(agent, with_=type(vera)(f"key-{number}"), saying="Hello?"))
    with django_assert_max_num_queries(40) as caught:
        as_ben.get(address("inbox_conversation", waiting))
    assert len(reads(caught)) <= 15, [q["sql"][:120] for q in reads(caught)]


def reads(caught):
    return [
        q
        for q in caught.captured_queries
        if q["sql"].lstrip().upper().startswith(('SELECT "', "SELECT COUNT", "SELECT ("))
    ]
