"""Quotes read as an answer: the owner's words, without syntax, within one section."""

import pytest

from apps.knowledge import batching
from apps.knowledge.retrieval import quoting, searching

PRICES = """# Prices

We keep it simple.

## Implants

An implant costs £1,900. It needs two visits.

## Hygienist

A hygienist visit costs £62. Children are free.

## Parking

There is free parking behind the house.
"""
SHIPPING = """# Shipping

## Norway

We ship to Norway within 3 days. You pay *customs* at the door.

## Sweden

We ship to Sweden. See [our list](https://x.example/list) of **all** countries.

## How long does express take?

One day, and two days to islands.
"""
PRODUCTS = """| name | price | stock |
| --- | --- | --- |
| Electric toothbrush | £49.00 | 12 |
| Dental floss | £3.50 | 200 |
| Mouthwash | £6.00 | 40 |
"""


@pytest.fixture
def taught(agent):
    pages = {"prices": PRICES, "shipping": SHIPPING, "products.csv": PRODUCTS}
    batching.batch(
        agent, [{"external_id": name, "title": name.title(), "text": text} for name, text in pages.items()]
    )
    return agent


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("How much is an implant?", "An implant costs £1,900. It needs two visits."),
        ("What does a hygienist visit cost?", "A hygienist visit costs £62. Children are free."),
        ("Do you ship to Norway?", "We ship to Norway within 3 days. You pay customs at the door."),
        ("Do you ship to Sweden?", "We ship to Sweden. See our list of all countries."),
        ("How long does express take?", "One day, and two days to islands."),
        ("Is there parking?", "There is free parking behind the house."),
        ("What does the electric toothbrush cost?", "Electric toothbrush · price: £49.00, stock: 12"),
    ],
)
def test_the_answer_is_quoted_and_nothing_beside_it(taught, question, quote):
    found = searching.search(taught, question, limit=6)
    assert quoting.compose(question, found).quotes[0][1] == quote


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("*Standard* takes `5` days", "Standard takes 5 days"),
        ("2 * 3 * 4 is 24", "2 * 3 * 4 is 24"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("![A boot](https://x.example/boot.png) Boots", "Boots"),
    ],
)
def test_syntax_goes_and_words_stay(markdown, words):
    assert quoting.readable(markdown) == words
