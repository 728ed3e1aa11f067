"""Several questions in one message are answered one by one, and one beside statements is found; no model."""

import pytest

from apps.answering import gathering, parting
from apps.conversations import receiving
from apps.inbox import handoff
from apps.knowledge import batching
from tests.answering.test_turns import answer_of, run
from tests.cast import a_conversation

PAGES = {
    "Finch Electric": "The Finch Electric costs £1,890. It comes in green and grey, in three sizes, and weighs 19 kg.",
    "Delivery": "Delivery takes 3 to 5 working days. Parts are delivered free of charge from £40.\n\n"
    "We deliver to England, Scotland and Wales. We deliver to Northern Ireland in 7 working days, for £45.",
    "Warranty": "Frames carry a warranty of ten years. The battery carries a warranty of two years or 500 charges.",
    "Helmets": "Helmet fitting is free. Come by without an appointment, it takes ten minutes.",
    "Opening hours": "| Day | Hours |\n| --- | --- |\n| Monday to Friday | 9:00 to 18:00 |\n| Saturday | 10:00 to 16:00 |",
    "Repairs": "We repair bikes of any make. Punctures are mended while you wait, for £12.",
    "About us": "We are a family business in Leeds, since 1987. You can test ride every bike.",
}
PRICE, DAYS, NORTH, FREE, CLOSED, WARRANTY = (
    "£1,890",
    "3 to 5",
    "7 working",
    "is free",
    "16:00",
    "500 charges",
)


@pytest.fixture
def taught(agent):
    batching.batch(
        agent, [{"external_id": name, "title": name, "text": text} for name, text in PAGES.items()]
    )
    return agent


def _answer(agent, visitor, *messages):
    chat = a_conversation(agent, with_=visitor, saying=messages[0])
    run(chat)
    for words in messages[1:]:
        receiving.receive(chat, text=words)
        run(chat)
    return answer_of(chat).text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("How much is the Finch Electric? How long does delivery take?", (PRICE, DAYS)),
        (
            "How much is the Finch Electric? And how long does delivery take? Do you deliver to Northern Ireland?",
            (PRICE, DAYS, NORTH),
        ),
        ("Is helmet fitting free? What time do you close on Saturday?", (FREE, CLOSED)),
        ("hi, is helmet fitting free? what time do you close on saturday? thanks", (FREE, CLOSED)),
        ("Hello, can you help me? Is helmet fitting free? How much is the Finch Electric?", (FREE, PRICE)),
    ],
)
def test_each_question_of_one_message_is_answered(taught, vera, message, said):
    words = _answer(taught, vera, message)
    assert all(one in words for one in said) and "could not find" not in words


@pytest.mark.django_db(transaction=True)
def test_a_question_of_one_message_that_no_page_answers_is_named_alone(taught, vera):
    words = _answer(
        taught, vera, "I am Jo. Is helmet fitting free? My son likes flying. Do you sell helicopters?"
    )
    assert FREE in words and "could not find this in our pages: “Do you sell helicopters?”" in words


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Hello, I am Jo. I bought a bike last week, what is the warranty on the battery?", WARRANTY),
        (
            "Hi there! My name is Jo and I ride to work every day with my two children. Can I test ride a bike?",
            "test ride every bike",
        ),
        (
            "i got a puncture on my way home yesterday and my brother says it is the tube. do you mend punctures?",
            "£12",
        ),
    ],
)
def test_a_question_is_found_beside_statements_that_no_page_is_about(taught, vera, message, said):
    assert said in _answer(taught, vera, message)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "message",
    [
        "I want to buy a helicopter for my brother in law. How much is it?",
        "My parcel has been eaten by wolves. Why?",
    ],
)
def test_a_question_that_points_back_to_a_statement_is_not_read_without_it(taught, vera, message):
    assert "could not find that" in _answer(taught, vera, message)


@pytest.mark.django_db(transaction=True)
def test_a_question_of_several_that_a_person_answered_is_not_named_as_unanswered(taught, vera, ben):
    chat = a_conversation(taught, with_=vera, saying="Do you sell pianos? And helicopters?")
    run(chat)
    handoff.take(chat, by=ben)
    handoff.reply(chat, by=ben, text="Both, since May.")
    handoff.return_to_agent(chat, by=ben)
    receiving.receive(chat, text="And helicopters? Do you mend punctures?")
    run(chat)
    assert "£12" in answer_of(chat).text and "helicopters" not in answer_of(chat).text


@pytest.mark.django_db(transaction=True)
def test_of_very_many_questions_no_more_are_looked_at_than_of_a_burst(taught, vera):
    things = (
        "pianos",
        "tractors",
        "parrots",
        "submarines",
        "violins",
        "carpets",
        "teapots",
        "orchids",
        "lanterns",
    )
    words = _answer(
        taught, vera, " ".join(["Is helmet fitting free?", *(f"Do you sell {one}?" for one in things)])
    )
    assert FREE in words and words.count("could not find") == gathering.LINES - 1


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Is it free? And when do you close?", ["Is it free?", "And when do you close?"]),
        ("is it free??when do you close", []),
        ("Is it free?When do you close?", ["Is it free?", "When do you close?"]),
        ("Hola, ¿es gratis? ¿Y cuándo cierran", ["¿es gratis?", "¿Y cuándo cierran"]),
        ("Est-ce gratuit ? Quand fermez-vous ?", ["Est-ce gratuit ?", "Quand fermez-vous ?"]),
        ("送料は無料ですか？返品できますか？", ["送料は無料ですか？", "返品できますか？"]),
        ("هل التوصيل مجاني؟ متى تغلقون؟", ["هل التوصيل مجاني؟", "متى تغلقون؟"]),
        ("Is it free? 😊 When do you close? 🙏", ["Is it free?", "😊 When do you close?"]),
    ],
)
def test_questions_of_one_message_are_told_apart(message, asked):
    assert parting.questions(message) == asked


@pytest.mark.parametrize(
    "message",
    [
        "Do you open on Saturday? Or on Sunday?",
        "Hi, how are you? Is it free?",
        "It is free. Right? When do you close?",
        "Is https://shop.example/?Page=1 still there?",
        "Your page says “Lost? Call us”. Is it free?",
        "Is it free (really? always?) for approx. two hours?",
        "Do you deliver to Dr. Smith in St. Ives? Thank you.",
    ],
)
def test_a_single_question_is_not_parted(message):
    assert [line.text for line in parting.lines(message, 8)] == [message]


def test_a_country_that_is_told_goes_with_each_question():
    one, two, three = parting.lines("I live in Norway. Is it free? How long does it take? And to Spain?", 8)
    assert one.text == "I live in Norway. Is it free?"
    assert (two.text, two.asks) == ("I live in Norway. How long does it take?", "How long does it take?")
    assert three.text == "And to Spain?"
    (alone,) = parting.lines("I am Jo. I live in Norway. I have bees. Is it free?", 8)
    assert alone.alone == "I live in Norway. Is it free?"
