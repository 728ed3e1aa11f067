"""People take over once, visibly, with the story; and give back."""

import pytest

from apps.conversations import receiving
from apps.conversations.models import Holder
from apps.inbox import handoff
from apps.inbox.errors import AlreadyTaken, ConversationEnded, EmptyReply
from apps.inbox.models import Handoff
from tests.cast import a_conversation


def test_asking_twice_hands_over_once(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="A person, please")
    first = handoff.ask_for_person(chat)
    assert handoff.ask_for_person(chat) == first
    assert chat.events.filter(kind="handoff").count() == 1
    assert Handoff.objects.waiting().count() == 1


def test_the_summary_says_what_the_visitor_wants(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="My boots came apart after five weeks")
    summary = handoff.ask_for_person(chat).summary
    assert "boots" in summary["wants"]
    assert summary["why"] == "Asked for a person"


def test_the_summary_holds_the_last_question_however_long_the_others_were(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="My boots " + "came apart " * 60)
    for text in ("And the laces " + "too " * 150, "Can I have my money back?"):
        receiving.receive(chat, text=text)
    wants = handoff.ask_for_person(chat).summary["wants"]
    assert wants.startswith("My boots") and "the laces" in wants
    assert wants.endswith("Can I have my money back?") and len(wants) <= 400


def test_the_last_question_stays_when_a_person_was_asked_for_in_words(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    for text in ("My boots came apart after five weeks", "Can I return them?", "A person, please"):
        receiving.receive(chat, text=text)
    wants = handoff.ask_for_person(chat).summary["wants"]
    assert wants == "Hello … My boots came apart after five weeks … Can I return them? … A person, please"


def test_who_replies_holds_the_conversation(agent, vera, ben, ada):
    chat = a_conversation(agent, with_=vera, saying="A person, please")
    handoff.ask_for_person(chat)
    handoff.reply(chat, by=ben, text="Hello Vera", client_id="r1")
    handoff.reply(chat, by=ben, text="Hello Vera", client_id="r1")
    assert chat.messages.filter(author="person").count() == 1
    with pytest.raises(AlreadyTaken) as refusal:
        handoff.reply(chat, by=ada, text="Me too")
    assert "Ben" in refusal.value.message


def test_an_empty_reply_is_not_sent(agent, vera, ben):
    chat = a_conversation(agent, with_=vera, saying="A person, please")
    with pytest.raises(EmptyReply):
        handoff.reply(chat, by=ben, text=" ")


def test_given_back_the_agent_may_speak_and_old_drafts_may_not(agent, vera, ben):
    chat = a_conversation(agent, with_=vera, saying="A person, please")
    handoff.take(chat, by=ben)
    handoff.return_to_agent(chat, by=ben)
    chat.refresh_from_db()
    assert chat.holder == Holder.AGENT
    assert chat.ownership == 2


def test_what_has_ended_stays_ended(agent, vera, ada):
    chat = a_conversation(agent, with_=vera, saying="Hello?")
    handoff.reply(chat, by=ada, text="Hello Vera", client_id="r1")
    handoff.resolve(chat, by=ada)
    for deed in (
        lambda: handoff.take(chat, by=ada),
        lambda: handoff.reply(chat, by=ada, text="One more thing"),
        lambda: handoff.ask_for_person(chat),
    ):
        with pytest.raises(ConversationEnded) as refusal:
            deed()
    assert "new conversation begins" in str(refusal.value)
    assert not chat.handoffs.open().exists()
    again = handoff.reply(chat, by=ada, text="Hello Vera", client_id="r1")
    assert again.text == "Hello Vera", "what was sent before the end, and sent again, is no new reply"
