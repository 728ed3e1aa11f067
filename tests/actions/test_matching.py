"""An agent without a model recognises who wants their money back, and who only asks about it."""

from types import SimpleNamespace

import pytest

from apps.actions import matching


@pytest.mark.parametrize(
    "text",
    [
        "I want my money back for order NL-20418",
        "i want a refund for my order nl-20418 please",
        "Hello. Please refund my order NL-20418.",
        "Can I get a refund for order NL-20418?",
        "Give me my money back! NL-20418",
        "Ich möchte mein Geld zurück, Bestellung NL-20418",
    ],
)
def test_a_wish_is_recognised(refunding, agent, text):
    found = matching.match(agent, text, ())
    assert found is not None and found.missing is None
    assert found.parameters["payment"].upper() == "NL-20418"


@pytest.mark.parametrize(
    "text",
    [
        "How do refunds work?",
        "What is your refund policy for my order?",
        "How can I get my money back?",
        "When will I get my refund for order NL-20418?",
        "I do not want a refund for my order NL-20418",
        "I already got a refund for my order, thanks",
        "Do you refund orders?",
        "Where is my order NL-20418?",
        "NL-20418",
        "",
        "x" * 5000,
    ],
)
def test_a_question_about_it_is_not_a_wish(refunding, agent, text):
    assert matching.match(agent, text, ()) is None


def test_what_is_missing_is_asked_for_and_completes_it(refunding, agent):
    first = matching.match(agent, "I want my money back", ())
    assert "order number" in first.missing
    history = (said("visitor", "I want my money back"), said("agent", first.missing))
    then = matching.match(agent, "NL-20418", history)
    assert then.missing is None and then.parameters == {"payment": "NL-20418"}
    assert matching.match(agent, "How do refunds work?", history) is None


def test_a_part_is_understood_as_a_part(refunding, agent):
    found = matching.match(agent, "I want a refund of €12.50 for my order NL-20418", ())
    assert found.parameters == {"payment": "NL-20418", "amount": "12.50"}


def test_two_numbers_are_not_guessed_between(refunding, agent):
    assert matching.match(agent, "I want a refund for my order NL-20418 and NL-20419", ()).missing


def test_an_action_that_is_off_is_not_recognised(refunding, agent):
    refunding.enabled_at = None
    refunding.save()
    assert matching.match(agent, "I want my money back for order NL-20418", ()) is None


def said(author, text):
    return SimpleNamespace(author=author, text=text)
