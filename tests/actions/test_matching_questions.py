"""What only looks something up is recognised by the questions its author gave; an e-mail address is no order number."""

from types import SimpleNamespace

import pytest
from berrydesk_sdk import Action, Effect, Identity, Outcome, Preview
from pydantic import BaseModel, ConfigDict, Field

from apps.actions import matching, values, wishes


class Track(Action):
    """Say where an order is."""

    effect = Effect.READ
    identity = Identity.ANONYMOUS
    examples = [
        "Where is my order?",
        "When will my parcel arrive?",
        "Wo ist meine Bestellung?",
        "¿Dónde está mi pedido?",
    ]

    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        order: str = Field(title="order number", description="Such as A-1001", pattern=r"^A-[0-9]{4,8}$")

    def perform(self, context, parameters):
        return Outcome.succeeded(message="On its way.")


class Cancel(Track):
    """Cancel an order."""

    effect = Effect.WRITE
    examples = ["How do I cancel my order?"]

    def preview(self, context, parameters):
        return Preview("Cancel it", subject=parameters.order)


class AnyWords(Track):
    """Say where an order is, whatever it is called."""

    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        order: str = Field(title="order number", description="As on the receipt", max_length=80)


class ByMail(Track):
    """Say where the order of an address is."""

    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        address: str = Field(
            title="e-mail address", description="With which you ordered", pattern=r"^[\w.]+@[\w.]+$"
        )


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "where's my order",
        "Where is my order A-1001?",
        "Hi, where is my order right now?",
        "Where is order A-1001?",
        "Can you tell me where my order is?",
        "Could you please check where my order A-1001 is",
        "My order is A-1001. Where is my order?",
        "When will my parcel arrive?",
        "When does my parcel arrive",
        "Wo ist meine Bestellung?",
        "Wo ist meine Bestellung A-1001 jetzt?",
        "¿Dónde está mi pedido?",
    ],
)
def test_a_question_that_is_an_example_is_recognised(text):
    assert wishes.is_wish(Track(), text)


@pytest.mark.parametrize(
    "text",
    [
        "Where do I order?",
        "Where can I order?",
        "Where can I find my order number?",
        "What is my order?",
        "How do I change my order?",
        "Where is my refund for order A-1001?",
        "Where is your shop?",
        "When will my refund arrive?",
        "When do parcels arrive in Norway?",
        "Can I cancel my order?",
        "Do you ship orders to Norway?",
        "I want to know where you are",
        "A-1001",
    ],
)
def test_another_question_is_not(text):
    assert not wishes.is_wish(Track(), text)


@pytest.mark.parametrize("text", ["How do I cancel my order?", "How do I cancel my order A-1001?"])
def test_a_question_never_begins_what_changes_something(text):
    assert not wishes.is_wish(Cancel(), text)


@pytest.mark.parametrize("blanks", [" " * 3000, "\t \t", "\r", "\u00a0"])
def test_blanks_between_words_change_nothing(blanks):
    for text in ("Hello, where is my order?", "Hi - where is my order?"):
        assert wishes.is_wish(Track(), text.replace(" ", blanks))
        assert not wishes.is_wish(Cancel(), text.replace(" ", blanks))


@pytest.mark.parametrize(
    "text",
    [
        "vera.2041@example.com",
        "My e-mail is vera@example.com",
        "vera-20418@example.com please",
        "@vera.2041@example.com",
        "<vera.2041@example.com>",
        "NL-20418" + "a" * 56 + "@example.com",  # as long as the part before the @ can be
    ],
)
def test_an_email_address_holds_no_number(text):
    from berrydesk_stripe.refund import Refund

    assert values.found_in(Refund(), text) == {}


def test_a_number_beside_an_address_is_read():
    found = values.found_in(Track(), "My address is vera.2041@example.com and the order A-1001")
    assert found == {"order": "A-1001"}


def test_where_an_address_is_asked_for_it_is_taken():
    assert values.found_in(ByMail(), "it is vera@example.com") == {"address": "vera@example.com"}
    assert not values.is_no_value(ByMail(), "address", "vera@example.com")


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        ("vera@example.com", True),
        ("My e-mail is vera@example.com", True),
        ("A-1001", False),
        ("the big blue one, ordered with vera@example.com", False),
    ],
)
def test_an_address_alone_is_not_the_words_that_were_asked_for(text, is_none):
    assert values.is_no_value(AnyWords(), "order", text) is is_none


def test_who_answers_with_an_address_is_asked_once_more(refunding, agent):
    first = matching.match(agent, "I want my money back", ()).missing
    history = [
        SimpleNamespace(author="visitor", text="I want my money back"),
        SimpleNamespace(author="agent", text=first),
    ]
    then = matching.match(agent, "vera.20418@example.com", history)
    assert then.parameters == {} and then.missing.startswith("I could not read it from that.")
