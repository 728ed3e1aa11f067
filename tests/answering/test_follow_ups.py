"""Short questions after another one are answered as they are meant, or not at all; no model."""

import pytest

from apps.conversations import receiving
from apps.knowledge import batching
from tests.answering.test_turns import answer_of, run
from tests.cast import a_conversation

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "Delivery": "We send parcels with DHL.\n\n| Country | Price | Working days |\n| --- | --- | --- |\n| Ireland | €4.90 | 1 to 2 |\n"
    "| Germany | €11.50 | 3 to 5 |\n| France | €13.20 | 3 to 5 |",
    "Warranty": "Copper kettles carry a warranty of six years. Hand grinders carry a warranty of two years.",
    "Hand grinder": "The grinder has steel burrs of 38 mm and 36 settings. It costs €89.",
    "Returns": "You can return any unused item within 30 days of receiving it.",
    "About": "We make kettles in Galway, since 2009. Visitors are welcome.",
}


@pytest.fixture
def taught(agent):
    batching.batch(
        agent, [{"external_id": name, "title": name, "text": text} for name, text in PAGES.items()]
    )
    return agent


def _answer(agent, visitor, first, *further):
    chat = a_conversation(agent, with_=visitor, saying=first)
    run(chat)
    for words in further:
        receiving.receive(chat, text=words)
        run(chat)
    return answer_of(chat).text


@pytest.mark.parametrize(
    "further",
    [("And to Spain?",), ("And to Spain?", "And to Portugal?"), ("Und in die Schweiz?",), ("Austria?",)],
)
def test_another_country_is_not_answered_with_the_first_ones_price_alone(taught, vera, further):
    assert "€11.50" in _answer(taught, vera, "How much is delivery to Germany?")
    words = _answer(taught, vera, "How much is delivery to Germany?", *further)
    assert "11.50" not in words or (
        "Ireland" in words and "France" in words
    )  # the whole list tells who is not on it


def test_another_country_that_is_named_is_answered(taught, vera):
    assert "France · Price: €13.20" in _answer(
        taught, vera, "How much is delivery to Germany?", "And to France?"
    )


def test_a_short_question_of_its_own_is_not_answered_with_what_was_asked_before(taught, vera):
    words = _answer(taught, vera, "Do you deliver to Germany?", "Do you have a shop in Dublin?")
    assert "11.50" not in words and "warranty" not in words


def test_another_thing_is_read_with_what_was_asked_of_the_first(taught, vera):
    words = _answer(taught, vera, "How long is the warranty on kettles?", "And the grinder?")
    assert "warranty of two years" in words and "burrs" not in words


def test_in_a_burst_too_another_thing_is_read_with_what_was_asked_before_it(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="How long is the warranty on kettles?")
    run(chat)
    receiving.receive(chat, text="And the grinder?")
    receiving.receive(chat, text="Do you deliver to France?")
    run(chat)
    words = answer_of(chat).text
    assert "warranty of two years" in words and "burrs" not in words and "€13.20" in words
