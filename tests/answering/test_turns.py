"""A turn from question to answer, with the built-in answerer and with models that fail in every way."""

import asyncio
import re

import pytest

from apps.answering import engine, running
from apps.conversations import receiving
from apps.conversations.models import Event, Message, Span
from apps.inbox import handoff
from apps.inbox.models import Handoff
from apps.knowledge import batching
from tests.cast import a_conversation

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    {
        "external_id": "shipping",
        "title": "Shipping",
        "url": "https://nordlicht.example/shipping",
        "text": "We ship to Norway, Sweden and Germany. Parcels to Norway take 3 to 5 working days and cost €9.90.",
    },
    {
        "external_id": "returns",
        "title": "Returns",
        "url": "https://nordlicht.example/returns",
        "text": "You can return unworn boots within 30 days. The label is in your parcel.",
    },
]


@pytest.fixture
def taught(agent):
    batching.batch(agent, PAGES)
    return agent


def run(conversation):
    """Run the conversation's oldest open turn and those behind it, as the web process does."""
    turn = conversation.turns.open().in_order().first()
    asyncio.run(running.run_in_order(conversation.workspace_id, turn.pk))
    conversation.refresh_from_db()


def answer_of(conversation):
    return conversation.messages.filter(author="agent").latest("created_at")


def test_a_question_is_answered_in_the_owners_words_with_its_source(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    run(chat)
    answer = answer_of(chat)
    assert "“We ship to Norway" in answer.text
    assert "[1]" in answer.text
    assert answer.citations[0]["url"] == "https://nordlicht.example/shipping"
    turn = chat.turns.get()
    assert turn.outcome == "answered"
    assert turn.model == "built-in"
    assert turn.cost == 0


def test_what_is_not_in_the_pages_is_said_so(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Who won the football world cup in 1998?")
    run(chat)
    assert "could not find" in answer_of(chat).text
    assert chat.turns.get().outcome == "unanswered"


def test_an_agent_that_learned_nothing_says_so(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Do you ship to Norway?")
    run(chat)
    assert "not been given any pages" in answer_of(chat).text


@pytest.mark.parametrize(
    "words",
    [
        "I want to talk to a human",
        "Can I speak to a real person please?",
        "human please",
        "Ich möchte mit einem Menschen sprechen",
        "Quiero hablar con una persona",
        "Je veux parler à un conseiller",
        "转人工",
        "أريد التحدث إلى شخص",
    ],
)
def test_who_wants_a_person_gets_one(taught, vera, words):
    chat = a_conversation(taught, with_=vera, saying=words)
    run(chat)
    assert Handoff.objects.waiting().count() == 1
    assert chat.turns.get().outcome == "handed_off"


@pytest.mark.parametrize(
    "words", ["Do you sell a two-person tent?", "How many people work for customer service?"]
)
def test_talking_about_people_is_not_asking_for_one(taught, vera, words):
    chat = a_conversation(taught, with_=vera, saying=words)
    run(chat)
    assert not Handoff.objects.exists()


def test_a_burst_is_answered_once(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Hello")
    receiving.receive(chat, text="one question")
    receiving.receive(chat, text="Do you ship to Norway?")
    run(chat)
    assert chat.messages.filter(author="agent").count() == 1
    assert "Norway" in answer_of(chat).text


def test_each_question_of_a_burst_is_answered_or_named(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="hi")
    receiving.receive(chat, text="Do you ship to Norway?")
    receiving.receive(chat, text="Can I return boots?")
    receiving.receive(chat, text="Do you sell helicopters?")
    run(chat)
    answer = answer_of(chat)
    assert "Norway" in answer.text
    assert "30 days" in answer.text
    assert "could not find this in our pages: “Do you sell helicopters?”" in answer.text
    assert {c["n"] for c in answer.citations} == {int(n) for n in re.findall(r"\[(\d)\]", answer.text)}


def test_two_questions_at_once_are_both_answered(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    receiving.receive(chat, text="Can I return boots?")
    run(chat)
    assert "Norway" in answer_of(chat).text and "30 days" in answer_of(chat).text


def test_a_question_that_leans_on_the_one_before_it_in_a_burst_is_read_with_it(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    receiving.receive(chat, text="How long does it take?")
    run(chat)
    assert "3 to 5 working days" in answer_of(chat).text
    assert "could not find" not in answer_of(chat).text


def test_what_a_person_answered_before_is_not_named_as_unanswered_in_a_burst(taught, vera, ben):
    chat = a_conversation(taught, with_=vera, saying="And helicopters?")
    run(chat)
    handoff.take(chat, by=ben)
    handoff.reply(chat, by=ben, text="Yes, since May.")
    handoff.return_to_agent(chat, by=ben)
    receiving.receive(chat, text="and helicopters?")
    receiving.receive(chat, text="Do you ship to Norway?")
    run(chat)
    assert "Norway" in answer_of(chat).text and "could not find" not in answer_of(chat).text


def test_what_nobody_knew_before_is_named_again_in_a_burst(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you sell helicopters?")
    run(chat)
    receiving.receive(chat, text="Do you sell helicopters?")
    receiving.receive(chat, text="Do you ship to Norway?")
    run(chat)
    assert "Norway" in answer_of(chat).text
    assert "could not find this in our pages: “Do you sell helicopters?”" in answer_of(chat).text


def test_two_processes_answer_once(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    turn = chat.turns.get()

    async def both():
        return await asyncio.gather(*[engine.run(chat.workspace_id, turn.pk) for _ in range(4)])

    assert sorted(asyncio.run(both())) == [False, False, False, True]
    assert chat.messages.filter(author="agent").count() == 1


def test_a_person_who_took_over_silences_the_agent(taught, vera, ben):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    handoff.take(chat, by=ben)
    run(chat)
    assert not chat.messages.filter(author="agent", is_note=False).exists()
    assert chat.turns.get().outcome == "superseded"


def test_a_process_that_died_while_speaking_is_followed_by_another(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    turn = chat.turns.get()
    half = Message.objects.create(
        workspace=taught.workspace,
        conversation=chat,
        turn=turn,
        author="agent",
        is_streaming=True,
        text="We sh",
    )
    chat.log("message", message=str(half.pk), streaming=True)
    chat.turns.update(spoke_at=half.created_at)
    run(chat)
    half.refresh_from_db()
    assert not half.is_streaming
    assert "Norway" in half.text
    assert chat.messages.filter(author="agent").count() == 1
    assert Event.objects.filter(conversation=chat, kind="restart").exists()


def test_every_step_is_on_record(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    run(chat)
    stages = list(
        Span.objects.filter(turn=chat.turns.get()).order_by("position").values_list("stage", flat=True)
    )
    assert stages == ["admit", "understand", "route", "gather", "quote", "check"]


def test_the_next_question_waits_its_turn(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    first = chat.turns.get()
    chat.turns.update(spoke_at=first.created_at)
    second = receiving.receive(chat, text="Can I return boots?").turn
    assert asyncio.run(engine.run(chat.workspace_id, second.pk)) is False
    run(chat)
    assert [t.outcome for t in chat.turns.in_order()] == ["answered", "answered"]


def test_each_message_is_answered_in_its_own_language(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Wie lange kann ich Stiefel zurückgeben?")
    for words, language in (
        (None, "de"),
        ("Do you sell crampons for glaciers?", "en"),
        ("Quanto custa o envio?", "pt"),
        ("asdfgh", "pt"),
        ("هل تشحنون إلى النرويج؟", "ar"),
    ):
        if words:
            receiving.receive(chat, text=words)
        run(chat)
        assert (words, chat.language) == (words, language)


def test_after_take_and_hand_back_the_agent_answers_again(taught, vera, ben):
    chat = a_conversation(taught, with_=vera, saying="Where is my order?")
    handoff.take(chat, by=ben)
    handoff.return_to_agent(chat, by=ben)
    receiving.receive(chat, text="Do you ship to Norway?")
    run(chat)
    assert "Norway" in answer_of(chat).text
    assert [t.outcome for t in chat.turns.in_order()] == ["answered"]


@pytest.mark.parametrize("words", ["Do you ship to Norway?", "I want to talk to a human"])
def test_nothing_is_said_below_the_end(taught, vera, ben, words):
    chat = a_conversation(taught, with_=vera, saying=words)
    handoff.resolve(chat, by=ben)
    run(chat)
    assert chat.turns.get().outcome == "superseded"
    assert not chat.messages.filter(author="agent", is_note=False).exists()
    assert not Handoff.objects.exists()
    assert "has ended" in chat.messages.latest("created_at").text
