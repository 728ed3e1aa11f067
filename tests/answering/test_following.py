"""A follow-up is read with what it leans on, in several languages."""

import pytest

from apps.answering import following


@pytest.mark.parametrize(
    "question",
    [
        "and for boots?",
        "What about Norway?",
        "ok, and what about tents",
        "How much is it?",
        "Und nach Österreich?",
        "Wie sieht es mit Stiefeln aus?",
        "Was kostet das?",
        "¿Y a Canarias?",
        "¿Cuánto cuesta eso?",
        "Et pour la Suisse ?",
        "那靴子呢？",
        "它多少钱？",
        "では子供は？",
        "وماذا عن الكويت؟",
    ],
)
def test_what_leans_is_told(question):
    assert following.leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "Do you ship to Norway?",
        "How long do I have to send boots back that do not fit?",
        "Wie hoch sind die Versandkosten nach Österreich?",
        "¿Cuánto tarda en llegar un pedido a Madrid?",
        "靴子怎么退货？",
        "領収書はどこでもらえますか",
        "كم يستغرق التوصيل إلى جدة؟",
    ],
)
def test_what_stands_alone_is_left_alone(question):
    assert not following.leans(question)


def test_a_follow_up_is_read_with_the_question_it_leans_on():
    before = ["Do you ship boots and what does it cost for a large parcel?", "and tents?"]
    readings = following.readings("and sleeping bags?", before)
    assert f"{before[0]}\nand sleeping bags?" in readings
    assert "\n".join([*before, "and sleeping bags?"]) in readings


@pytest.mark.parametrize(
    ("before", "question", "reading"),
    [
        ("Do you ship to Norway?", "and to Spain?", "Do you ship to ?\nand to Spain?"),
        ("Do you ship to Norway?", "Und in die Schweiz?", "Do you ship to ?\nUnd in die Schweiz?"),
        (
            "Wie lange dauert der Versand nach Norwegen?",
            "Und Österreich?",
            "Wie lange dauert der Versand nach ?\nUnd Österreich?",
        ),
        ("可以寄到德国吗", "法国呢", "可以寄到吗\n法国呢"),
        (
            "Do you ship to Norway?",
            "and what does it cost?",
            "Do you ship to Norway?\nand what does it cost?",
        ),
    ],
)
def test_another_country_stands_in_the_place_of_the_first(before, question, reading):
    assert reading in following.readings(question, [before])


def test_a_whole_question_has_no_other_reading():
    long = "Which of your waterproof jackets can be washed in a machine at forty degrees?"
    assert following.readings(long, ["Do you ship to Norway?"]) == []


def test_nothing_before_means_no_other_reading():
    assert following.readings("and for boots?", []) == []
