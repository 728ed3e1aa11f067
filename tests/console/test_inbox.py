"""The inbox as the team meets it."""

import re

import pytest
from django.urls import reverse

from apps.conversations.models import Author, Conversation, Holder
from apps.inbox import handoff
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
