"""Conversations and the inbox over the API."""

import pytest

from apps.inbox import handoff
from berrydesk.db.scopes import in_workspace
from tests.cast import a_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(agent, vera):
    conversation = a_conversation(agent, with_=vera, saying="A person, please")
    handoff.ask_for_person(conversation)
    return conversation


def test_a_person_answers_settles_and_is_seen(adas, chat):
    (waiting,) = adas.get("/handoffs?state=waiting").json()["items"]
    assert waiting["conversation_id"] == str(chat.pk)
    assert waiting["summary"]["wants"] == "A person, please"
    said = adas.post(f"/conversations/{chat.pk}/messages", {"text": "Here I am"})
    assert said.status_code == 201
    assert said.json()["author"] == "person"
    assert adas.get("/handoffs").json()["items"][0]["taken_by"] == "ada@example.com"
    whole = adas.get(f"/conversations/{chat.pk}").json()
    assert whole["holder"] == "human"
    assert "Here I am" in [m["text"] for m in whole["messages"]]
    assert adas.post(f"/conversations/{chat.pk}/return-to-agent").json()["holder"] == "agent"
    assert adas.post(f"/conversations/{chat.pk}/resolve").json()["resolved_at"]
    for path, body in (("messages", {"text": "One more thing"}), ("assign", {"member": "ada@example.com"})):
        late = adas.post(f"/conversations/{chat.pk}/{path}", body)
        assert (late.status_code, late.json()["code"]) == (409, "conversation_ended")


def test_a_member_can_be_named(adas, ben, chat):
    answer = adas.post(f"/conversations/{chat.pk}/assign", {"member": "ben@example.com"})
    assert answer.status_code == 200
    taken = adas.post(f"/conversations/{chat.pk}/messages", {"text": "Hello"})
    assert taken.status_code == 409
    assert "Ben" in taken.json()["detail"]


def test_somebody_unknown_cannot_speak(adas, chat):
    answer = adas.post(f"/conversations/{chat.pk}/messages", {"text": "Hi", "member": "mallory@example.com"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "nobody_to_speak"


def test_conversations_are_filtered(adas, chat):
    assert len(adas.get("/conversations").json()["items"]) == 1
    assert adas.get("/conversations?channel=api").json()["items"] == []
    assert adas.get("/conversations?outcome=answered").json()["items"] == []
    assert adas.get("/conversations?outcome=nonsense").status_code == 422
    assert adas.get("/conversations?since=2099-01-01T00:00:00Z").json()["items"] == []


def test_a_trace_is_found_by_its_turn(adas, chat):
    (trace_id,) = adas.get(f"/conversations/{chat.pk}").json()["trace_ids"]
    trace = adas.get(f"/traces/{trace_id}").json()
    assert trace["conversation_id"] == str(chat.pk)
    assert trace["spans"] == []


def test_mallory_finds_nothing(chat, mallorys):
    with in_workspace(chat.workspace_id):
        turn = chat.turns.get().pk
    assert mallorys.get("/conversations").json()["items"] == []
    assert mallorys.get("/handoffs?state=all").json()["items"] == []
    for method, path in [
        ("GET", f"/conversations/{chat.pk}"),
        ("GET", f"/traces/{turn}"),
        ("POST", f"/conversations/{chat.pk}/messages"),
        ("POST", f"/conversations/{chat.pk}/assign"),
        ("POST", f"/conversations/{chat.pk}/resolve"),
        ("POST", f"/conversations/{chat.pk}/return-to-agent"),
    ]:
        assert mallorys(method, path, {"text": "x"}).status_code == 404, path
