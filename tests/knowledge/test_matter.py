"""A quote is about what was asked: the visitor's own numbers find nothing, and what turns to something else is left out."""

import pytest

from apps.knowledge.retrieval import matter, quoting, searching
from tests.cast import taught


def _quotes(agent, question):
    return [
        words
        for _passage, words in quoting.compose(question, searching.search(agent, question, limit=6)).quotes
    ]


@pytest.mark.parametrize("question", ["refund after 20 days", "Can I get a refund after 20 days?"])
def test_how_long_ago_something_was_finds_no_other_20_days(agent, question):
    taught(
        agent,
        {
            "refunds": "Refunds are possible within 30 days of delivery.",
            "engraving": "Engraving takes 20 days. We engrave up to 20 letters.",
        },
    )
    assert _quotes(agent, question) == ["Refunds are possible within 30 days of delivery."]


@pytest.mark.parametrize(
    "further",
    [
        "We can engrave a name on every mug.",
        "Engraving takes two working days.",
        "Gift wrap comes in blue and red.",
    ],
)
def test_a_sentence_after_the_answer_that_is_about_something_else_is_not_quoted(agent, further):
    answer = "You get a refund within 30 days of the purchase, to the card you paid with."
    taught(agent, {"all": f"{answer} {further} Our shop is in Galway."})
    assert _quotes(agent, "refund after 20 days") == [answer]


@pytest.mark.parametrize(
    "further",
    [
        "Engraved mugs cannot be returned.",
        "It arrives within five days.",
        "Please include the receipt.",
        "Opened food is excluded.",
    ],
)
def test_what_limits_or_continues_the_answer_is_quoted_with_it(agent, further):
    text = f"You get a refund within 30 days of the purchase, to the card you paid with. {further}"
    taught(agent, {"all": text})
    assert _quotes(agent, "Can I get a refund?") == [text]


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Can I return it after 20 days?", "Can I return it after  days?"),
        ("I bought it 3 weeks ago", "I bought it  weeks ago"),
        ("Kann ich nach 20 Tagen zurückgeben?", "Kann ich nach  Tagen zurückgeben?"),
        ("¿Puedo devolver después de 20 días?", "¿Puedo devolver después de  días?"),
        ("Is there a 14 days trial?", "Is there a 14 days trial?"),
        ("Do you ship within 2 days?", "Do you ship within 2 days?"),
        ("Is LK-20 after 5 pm there?", "Is LK-20 after 5 pm there?"),
    ],
)
def test_only_the_number_of_a_visitors_own_case_is_not_searched(question, searched):
    assert matter.without_own_case(question) == searched


@pytest.mark.parametrize("mark", ["- ", "  * ", "\t• ", "\u00a0| ", "\n\n  3. ", "\n" * 8000 + "4) "])
def test_a_list_is_quoted_whole_however_its_lines_are_indented(mark):
    text = f"You get a refund within 30 days.\n{mark}We can engrave a name on every mug."
    assert matter.kept(matter.of("refund", "en"), text) == text
