"""A process that lost its turn says nothing more; one that was only troubled for a moment keeps it."""

import asyncio
import logging
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now

from apps.answering import admitting, engine, flushing, running
from apps.answering.errors import TurnTaken
from apps.answering.trace import Trace
from apps.answering.voice import Voice
from apps.conversations import live
from apps.conversations.models import Message, Turn
from apps.inbox import handoff
from apps.routing import gateway
from berrydesk.db.units import database_unit
from tests.answering.test_models import with_model
from tests.cast import a_conversation
from tests.peers.faulty_model import FaultyModel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(agent, vera):
    return a_conversation(agent, with_=vera, saying="Where is my parcel?")


def a_process(chat):
    """A process that claimed the conversation's turn and began to speak."""
    turn = admitting.claim(chat.workspace_id, chat.turns.get().pk)
    voice = Voice(chat.workspace_id, admitting.admit(chat.workspace_id, turn), Trace())
    voice._draft = voice._begin()
    return voice


def write_down(voice, text):
    """The row says ``text`` if the turn is still the process's own. Returns whether it is."""
    return voice._draft.turn.pk in flushing.store([(voice._draft, voice._draft.from_seq, text)])


def freeze(chat):
    """As if the process that has the turn stood still until its lease was over."""
    Turn.objects.filter(conversation=chat).update(lease_until=Now() - timedelta(seconds=1))


def test_who_lost_the_turn_writes_down_nothing_more(chat, agent, vera):
    first, other = (
        a_process(chat),
        a_process(a_conversation(agent, with_=vera, saying="Do you ship to Spain?")),
    )
    assert write_down(first, "Words of the first")
    freeze(chat)
    second = a_process(chat)
    assert write_down(second, "Words of the second")
    both = [
        (first._draft, first._draft.from_seq, "Words of the first, and more"),
        (other._draft, other._draft.from_seq, "Yes"),
    ]
    assert flushing.store(both) == {other._draft.turn.pk}
    assert Message.objects.get(pk=second._draft.message_id).text == "Words of the second"
    assert Message.objects.get(pk=other._draft.message_id).text == "Yes"


def test_what_was_taken_back_is_not_written_down_any_more(chat):
    voice = a_process(chat)
    said_before = (voice._draft, voice._draft.from_seq, "Half an ans")
    assert write_down(voice, "Half")
    voice._restart()
    assert flushing.store([said_before]) == {voice._draft.turn.pk}
    assert Message.objects.get(pk=voice._draft.message_id).text == ""


def test_words_are_written_down_while_the_answer_is_written_and_end_it_once_the_turn_is_lost(chat):
    voice = a_process(chat)

    async def story():
        live.begin(chat.pk, voice._draft.message_id, voice._draft.from_seq)
        await voice.say("Half ")
        await voice.say("an answer")
        row = Message.objects.filter(pk=voice._draft.message_id)
        while await database_unit(row.values_list("text", flat=True).get) != "Half an answer":
            await asyncio.sleep(0.02)
        await database_unit(freeze, chat)
        with pytest.raises(TurnTaken):
            while True:
                await voice.say(" and more")
                await asyncio.sleep(0.02)
        voice.abandon()

    asyncio.run(asyncio.wait_for(story(), 10))


def test_words_that_could_not_be_written_down_are_written_down_though_none_follow(chat, monkeypatch, caplog):
    voice = a_process(chat)

    async def story():
        live.begin(chat.pk, voice._draft.message_id, voice._draft.from_seq)
        monkeypatch.setitem(connections.settings["default"], "HOST", "/nowhere")
        await voice.say("Half an answer")
        while "trying again" not in caplog.text:
            await asyncio.sleep(0.02)
        monkeypatch.undo()
        await flushing.flusher._task
        voice.abandon()

    with caplog.at_level(logging.WARNING):
        asyncio.run(asyncio.wait_for(story(), 10))
    assert Message.objects.get(pk=voice._draft.message_id).text == "Half an answer"


def who_waits(then="pid"):
    """``then`` of each statement that waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {then} FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchall()


def test_words_that_were_given_up_while_they_could_not_be_written_down_stay_so(chat, caplog):
    voice = a_process(chat)

    async def story():
        live.begin(chat.pk, voice._draft.message_id, voice._draft.from_seq)
        await voice.say("Half an answer")
        while not await database_unit(who_waits):
            await asyncio.sleep(0.02)
        voice.abandon()
        assert await database_unit(who_waits, "pg_cancel_backend(pid)") == [(True,)]
        await flushing.flusher._task

    with caplog.at_level(logging.WARNING), transaction.atomic():
        Turn.objects.select_for_update().get(pk=voice._draft.turn.pk)
        asyncio.run(asyncio.wait_for(story(), 10))
    assert "trying again" in caplog.text
    assert Message.objects.get(pk=voice._draft.message_id).text == ""


@pytest.mark.parametrize("deed", ["restart", "status"])
def test_who_lost_the_turn_does_not_touch_its_successors_words(chat, deed):
    first = a_process(chat)
    write_down(first, "Words of the first")
    freeze(chat)
    second = a_process(chat)
    write_down(second, "Words of the second")
    deeds = {
        "restart": first._restart,
        "status": lambda: first.tell("Reading"),
    }
    with pytest.raises(TurnTaken):
        deeds[deed]()
    assert Message.objects.get(pk=second._draft.message_id).text == "Words of the second"
    assert not chat.events.filter(kind="status").exists()


def test_a_person_who_took_over_sees_no_more_status(chat, ada):
    voice = a_process(chat)
    handoff.take(chat, by=ada)
    with pytest.raises(engine.Superseded):
        voice.tell("Reading")


def test_a_worker_that_lost_the_turn_ends_quietly(chat, agent):
    gateway.warm_now()
    turn = chat.turns.get()

    async def story(server):
        work = asyncio.create_task(running.run_in_order(chat.workspace_id, turn.pk))
        while not server.calls:
            await asyncio.sleep(0.05)
        await database_unit(Turn.objects.filter(pk=turn.pk).update, lease_by="another")
        await work  # not cancelled: the turn is simply another's

    with FaultyModel("hang") as server:
        with_model(agent, server.url)
        asyncio.run(story(server))
    assert chat.turns.open().exists()
    assert not chat.messages.filter(author="agent").exists()


def test_a_database_that_is_away_for_a_moment_costs_no_turn(chat, monkeypatch, caplog):
    turn = admitting.claim(chat.workspace_id, chat.turns.get().pk)

    async def story():
        work = asyncio.create_task(asyncio.Event().wait())
        heart = asyncio.create_task(engine._beat(chat.workspace_id, turn, work))
        monkeypatch.setitem(connections.settings["default"], "HOST", "/nowhere")
        while "trying again" not in caplog.text:
            await asyncio.sleep(0.05)
        monkeypatch.undo()
        while not await database_unit(
            Turn.objects.filter(pk=turn.pk, lease_until__gt=turn.lease_until).exists
        ):
            await asyncio.sleep(0.05)
        assert not work.done() and not heart.done()
        heart.cancel()
        work.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(asyncio.wait_for(story(), 15))


def test_what_was_said_after_a_hand_back_is_answered(chat, ada):
    """The process read the turn before a person took over and gave back; then the visitor wrote on."""
    from apps.conversations import receiving

    turn = admitting.claim(chat.workspace_id, chat.turns.get().pk)
    handoff.take(chat, by=ada)
    handoff.return_to_agent(chat, by=ada)
    receiving.receive(chat, text="Are you there?")
    assert "Are you there?" in admitting.admit(chat.workspace_id, turn).question
    assert engine._stay_silent(chat.workspace_id, turn, Trace()) is False
