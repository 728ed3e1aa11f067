"""A stream that was cut anywhere goes on exactly where it was."""

import asyncio

import pytest
from django.db import transaction

from apps.conversations import following, live, speaking
from apps.conversations.models import Message
from berrydesk.db import notifications
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit
from tests.cast import a_conversation

pytestmark = pytest.mark.django_db(transaction=True)


def _told(conversation, after="0"):
    async def collect():
        stream = following.follow(conversation.workspace_id, conversation.pk, after, for_s=0)
        return [news async for news in stream if news]

    return asyncio.run(collect())


def _answer(conversation, agent, text):
    row = Message.objects.create(
        workspace=agent.workspace, conversation=conversation, author="agent", is_streaming=True, text=text
    )
    event = conversation.log("message", message=str(row.pk), streaming=True)
    Message.objects.filter(pk=row.pk).update(text_from_seq=event.seq)
    return row


def test_words_that_are_flushed_reach_a_new_stream(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    _answer(chat, agent, "Thirty days.")
    assert [n.data["text"] for n in _told(chat) if n.kind == "delta"] == ["Thirty days."]


@pytest.mark.parametrize("cut", range(0, 13, 3))
def test_a_cut_stream_resumes_byte_for_byte(agent, vera, cut):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    whole = "Größe 42 — да."
    row = _answer(chat, agent, whole[:cut])
    before = _told(chat)
    heard = "".join(n.data["text"] for n in before if n.kind == "delta")
    Message.objects.filter(pk=row.pk).update(text=whole, is_streaming=False)
    chat.log("done", message=str(row.pk), text=whole, status="answered")
    heard += "".join(n.data["text"] for n in _told(chat, before[-1].position) if n.kind == "delta")
    assert heard == whole


def test_what_was_taken_back_is_not_told_again(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    row = _answer(chat, agent, "Half an ans")
    before = _told(chat)
    event = chat.log("restart", message=str(row.pk))
    Message.objects.filter(pk=row.pk).update(text="From our pages", text_from_seq=event.seq)
    after = _told(chat, before[-1].position)
    assert [(n.kind, n.data.get("text")) for n in after] == [("restart", None), ("delta", "From our pages")]


@pytest.mark.parametrize(("heard", "told"), [("", ["Thirty days."]), ("Thirty days. ", ["Thirty days. "])])
def test_who_comes_after_the_end_hears_the_answer_once(agent, vera, heard, told):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    row = _answer(chat, agent, heard)
    before = _told(chat)
    Message.objects.filter(pk=row.pk).update(text="Thirty days.", is_streaming=False)
    chat.log("done", message=str(row.pk), text="Thirty days.", status="answered", rewritten=True)
    after = _told(chat, before[-1].position)
    assert [n.data["text"] for n in [*before, *after] if n.kind == "delta"] == told
    assert after[-1].kind == "done"


def test_words_of_this_process_need_no_database(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")

    async def story():
        told = []
        stream = following.follow(chat.workspace_id, chat.pk, "0", for_s=1)
        async for news in stream:
            if news and news.kind == "message" and news.data.get("streaming"):
                live.begin(chat.pk, news.data["message"], int(news.position))
                live.append(chat.pk, "One ")
                asyncio.get_running_loop().call_later(0.05, live.append, chat.pk, "two.")
            if news and news.kind == "delta":
                told.append(news.data["text"])
                if "".join(told) == "One two.":
                    break
        live.end(chat.pk)
        return told

    _answer(chat, agent, "")
    assert "".join(asyncio.run(story())) == "One two."


@pytest.mark.parametrize("resumed", [True, False])
def test_words_of_who_took_the_turn_wake_the_stream_though_this_process_still_has_a_text(
    agent, vera, resumed
):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    row = _answer(chat, agent, "Half an ans")
    live.begin(chat.pk, row.pk, chat.events.get(kind="message", data__streaming=True).seq)
    live.append(chat.pk, "Half an answer of who was frozen")
    event = chat.log("restart", message=str(row.pk))
    Message.objects.filter(pk=row.pk).update(text="From our ", text_from_seq=event.seq)

    def write_on():
        with in_workspace(chat.workspace_id), transaction.atomic():
            Message.objects.filter(pk=row.pk).update(text="From our pages")
            notifications.notify(live.draft_key(chat.pk))

    async def story():
        told, after = [], str(event.seq) if resumed else str(event.seq - 1)
        stream = following.follow(chat.workspace_id, chat.pk, after, for_s=30)
        async for news in stream:
            if news.kind == "delta":
                told.append(news.data["text"])
                if len(told) == 2:
                    return told
                await database_unit(write_on)

    try:
        told = asyncio.run(asyncio.wait_for(story(), following.POLL_S - 1))
    finally:
        live.end(chat.pk)
    assert told == ["From our ", "pages"]


def test_a_teammates_words_wake_the_stream(agent, vera, ben):
    chat = a_conversation(agent, with_=vera, saying="Hello")

    async def story():
        stream = following.follow(chat.workspace_id, chat.pk, "0", for_s=4)
        first = True
        async for news in stream:
            if first:
                first = False
                asyncio.get_running_loop().run_in_executor(None, speak)
            if news and news.data.get("text") == "Hello from Ben":
                return news.data["name"]
        return None

    def speak():
        from django.db import connection

        from berrydesk.db.scopes import in_workspace

        with in_workspace(chat.workspace_id):
            speaking.say(chat, text="Hello from Ben", author="person", member=ben)
        connection.close()

    assert asyncio.run(story()) == "Ben"


@pytest.mark.parametrize(
    "nonsense", ["", "x", "-1", "9:x", "٣", None, "99999999999999999999999", "9" * 5000, "9:" + "9" * 5000]
)
def test_a_nonsense_position_is_no_error(nonsense):
    assert following.Position.parse(nonsense).seq >= 0
