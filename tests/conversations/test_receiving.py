"""What a visitor says is stored once and asks for exactly as many answers as it should."""

import importlib
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.agents.models import Agent
from apps.conversations import opening, receiving
from apps.conversations.errors import ConversationClosed, EmptyMessage, MessageTooLong
from apps.conversations.models import Contact, Conversation, Holder
from apps.inbox import handoff
from berrydesk.db.scopes import in_workspace
from tests.cast import a_conversation


def test_the_same_message_twice_is_stored_once(agent, vera):
    chat = opening.open_conversation(agent, visitor_key=vera.key)
    first = receiving.receive(chat, text="Do you ship to Norway?", client_id="one")
    again = receiving.receive(chat, text="Do you ship to Norway?", client_id="one")
    assert first.message == again.message
    assert not again.is_new
    assert chat.messages.count() == 1


def test_a_burst_is_one_turn(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    receiving.receive(chat, text="My parcel")
    receiving.receive(chat, text="is late")
    turn = chat.turns.get()
    assert turn.revision == 3
    assert turn.messages.count() == 3


def test_what_is_said_while_the_agent_speaks_is_the_next_turn(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    chat.turns.update(spoke_at=timezone.now())
    receiving.receive(chat, text="One more thing")
    assert chat.turns.count() == 2


def test_nobody_answers_for_a_person(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="A person, please")
    handoff.ask_for_person(chat)
    received = receiving.receive(chat, text="Are you there?")
    assert received.turn is None
    chat.refresh_from_db()
    assert chat.holder == Holder.HUMAN


@pytest.mark.parametrize(
    ("text", "problem"), [("  ", EmptyMessage), ("\x00", EmptyMessage), ("x" * 9_000, MessageTooLong)]
)
def test_what_cannot_be_a_message_is_refused_in_words(agent, vera, text, problem):
    chat = opening.open_conversation(agent, visitor_key=vera.key)
    with pytest.raises(problem) as refusal:
        receiving.receive(chat, text=text)
    assert refusal.value.remedy
    assert not chat.messages.exists()


def test_an_ended_conversation_takes_no_more(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Thanks")
    handoff.resolve(chat)
    with pytest.raises(ConversationClosed):
        receiving.receive(chat, text="Hello again")


def test_conversations_are_numbered_within_their_workspace(agent, vera):
    numbers = [opening.open_conversation(agent, visitor_key=vera.key).number for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_visitors_are_numbered_from_one_and_keep_their_number(agent, vera):
    contact = Contact.objects.create(workspace_id=agent.workspace_id, external_id="c-1")
    opened = [
        opening.open_conversation(agent, visitor_key="owner", is_preview=True),
        opening.open_conversation(agent, visitor_key=vera.key),
        opening.open_conversation(agent, visitor_key="another"),
        opening.open_conversation(agent, visitor_key="owner", is_preview=True),
        opening.open_conversation(agent, visitor_key=vera.key),
        opening.open_conversation(agent, contact=contact),
        opening.open_conversation(agent),
        opening.open_conversation(agent, contact=contact),
    ]
    assert [one.visitor_number for one in opened] == [None, 1, 2, None, 1, 3, 4, 3]
    Conversation.objects.update(visitor_number=None)
    migration = importlib.import_module("apps.conversations.migrations.0005_visitors_are_numbered")
    for most in (2, 6, 1000):
        with connection.schema_editor() as editor:
            migration.number(None, editor, most)
        again = Conversation.objects.order_by("number").values_list("visitor_number", flat=True)
        assert list(again) == [None, 1, 2, None, 1, 3, 4, 3]
        Conversation.objects.filter(number__gt=4).update(visitor_number=None)  # killed in the middle


@pytest.mark.django_db(transaction=True)
def test_the_visitors_of_an_installation_are_numbered_when_it_is_updated(ada, vera):
    def look():
        with connection.cursor() as cursor:
            about = connection.introspection.get_constraints(cursor, Conversation._meta.db_table)
        return {name: one["columns"] for name, one in about.items() if "visitor_number" in one["columns"]}

    with in_workspace(ada.workspace):
        agent = Agent.objects.create(workspace=ada.workspace, name="Lumi")
        for key in (vera.key, "another", vera.key):
            opening.open_conversation(agent, visitor_key=key)
    before = look()
    call_command("migrate", "conversations", "0004", verbosity=0)
    assert not look()
    with connection.cursor() as cursor:  # an update was killed when it had just begun
        cursor.execute(
            "ALTER TABLE conversations_conversation ADD visitor_number integer CHECK (visitor_number >= 0)"
        )
    call_command("migrate", verbosity=0)
    assert look() == before and len(before) == 2
    with in_workspace(ada.workspace):
        numbers = Conversation.objects.order_by("number").values_list("visitor_number", flat=True)
        assert list(numbers) == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_visitors_who_come_at_once_have_numbers_of_their_own(agent):
    def come(n):
        with in_workspace(agent.workspace_id):
            opening.open_conversation(agent, visitor_key=f"v{n}")
        connection.close()

    coming = [threading.Thread(target=come, args=[n]) for n in range(8)]
    for thread in coming:
        thread.start()
    for thread in coming:
        thread.join()
    numbers = Conversation.objects.values_list("visitor_number", flat=True)
    assert sorted(numbers) == list(range(1, 9))
