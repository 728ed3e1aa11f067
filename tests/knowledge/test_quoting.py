"""Quotes read as an answer: the owner's words, without syntax, within one section."""

import pytest

from apps.knowledge import batching
from apps.knowledge.parsing import from_text, tables
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


CATALOGUE = "name,price,stock,sku\nHeron kettle,49.00 GBP,12,LK-1\nHeron kettle large,59.00 GBP,0,LK-2\nOtter mug,9.50 GBP,80,LK-3\nWren teapot,35.00 GBP,7,LK-4\nSwan jug,22.00 GBP,33,LK-5\n"
RECORD = "name: Otter mug\nprice: 9.50 GBP\nstock: 80\nsku: LK-3"


@pytest.mark.parametrize(
    "question",
    [
        "What does the Otter mug cost?",
        "How many Otter mugs are in stock?",
        "What is the sku of the Otter mug?",
        "What is the price of LK-3?",
    ],
)
def test_one_record_of_a_catalogue_is_quoted_whole_and_without_its_neighbours(agent, question):
    text = from_text.read_csv(CATALOGUE.encode(), name="catalogue.csv")["markdown"]
    batching.batch(agent, [{"external_id": "catalogue.csv", "title": "catalogue.csv", "text": text}])
    found = searching.search(agent, question, limit=6)
    assert quoting.compose(question, found).quotes[0][1] == RECORD
    assert all(passage.text.count("sku:") == 1 for passage in found)


def test_one_row_of_a_sheet_is_quoted_without_its_neighbours(agent):
    rows = [line.split(",") for line in CATALOGUE.splitlines()]
    batching.batch(agent, [{"external_id": "a.xlsx", "title": "a.xlsx", "text": tables.as_table(rows)}])
    found = searching.search(agent, "How many Otter mugs are in stock?", limit=6)
    quotes = quoting.compose("How many Otter mugs are in stock?", found).quotes
    assert [words for _passage, words in quotes] == ["Otter mug · price: 9.50 GBP, stock: 80, sku: LK-3"]


def test_a_placeholder_is_left_out_of_a_quote(agent):
    text = "# Warranty\n\nTODO: write the warranty text before launch. The warranty lasts two years. TBD"
    batching.batch(agent, [{"external_id": "w", "title": "Warranty", "text": text}])
    found = searching.search(agent, "How long is the warranty?", limit=6)
    assert quoting.compose("How long is the warranty?", found).quotes[0][1] == "The warranty lasts two years."


def test_where_there_is_only_a_placeholder_nothing_is_quoted(agent):
    text = "TODO: write the warranty text before launch."
    batching.batch(agent, [{"external_id": "w", "title": "Warranty", "text": text}])
    found = searching.search(agent, "How long is the warranty?", limit=6)
    assert quoting.compose("How long is the warranty?", found).quotes == []


def test_a_written_answer_is_quoted_without_its_question(agent):
    question, answer = (
        "Do you ship to Canada?",
        "Yes, parcels to Canada take eight working days and cost 12 GBP.",
    )
    batching.batch(agent, [{"external_id": "q", "title": question, "text": f"{question}\n\n{answer}"}])
    found = searching.search(agent, "Do you ship to Canada?", limit=6)
    assert quoting.compose(question, found).quotes[0][1] == answer


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


HOURS = """# Opening hours

Our shop at Mill Lane 4 is open:

| Day | Hours |
| --- | --- |
| Monday | closed |
| Tuesday to Friday | 10:00 to 18:00 |
| Saturday | 09:30 to 17:00 |
| Sunday | closed |

We are closed from 24 December to 2 January.
"""
WEEK = "Monday: closed\nTuesday to Friday: 10:00 to 18:00\nSaturday: 09:30 to 17:00\nSunday: closed"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What are your opening hours?", WEEK),
        ("Are you open on Saturday?", "Saturday: 09:30 to 17:00"),
        ("When do you close on Sundays?", "Sunday: closed"),
    ],
)
def test_a_short_table_is_quoted_whole_or_by_the_row_asked_for_as_people_read_it(agent, question, words):
    batching.batch(agent, [{"external_id": "h", "title": "Opening hours", "text": HOURS}])
    found = searching.search(agent, question, limit=6)
    assert quoting.compose(question, found).quotes[0][1] == words


def test_no_quote_holds_the_syntax_of_a_table(agent):
    batching.batch(agent, [{"external_id": "h", "title": "Opening hours", "text": HOURS}])
    question = "Are you open at Christmas, from 24 December to 2 January?"
    words = quoting.compose(question, searching.search(agent, question, limit=6)).quotes[0][1]
    assert "2 January" in words and "|" not in words and "---" not in words


@pytest.mark.parametrize(
    "week",
    [
        "- Monday: closed\n- Tuesday to Friday: 10:00 to 18:00\n- Saturday: 09:30 to 17:00\n- Sunday: closed",
        "Monday: closed\n\nTuesday to Friday: 10:00 to 18:00\n\nSaturday: 09:30 to 17:00\n\nSunday: closed",
        "We are open Tuesday to Friday 10:00 to 18:00. Saturday we are there from 09:30 to 17:00. It is warm. Sunday: closed.",
    ],
)
def test_opening_hours_are_quoted_with_every_day(agent, week):
    batching.batch(
        agent, [{"external_id": "h", "title": "Opening hours", "text": f"{week}\n\nDogs are welcome."}]
    )
    question = "What are your opening hours?"
    words = quoting.compose(question, searching.search(agent, question, limit=6)).quotes[0][1]
    assert "Tuesday" in words and "Saturday" in words and "Dogs" not in words


def test_a_point_of_a_list_is_quoted_with_what_the_list_says_of_it(agent):
    text = "# Delivery\n\nOrders leave on the same day.\n\nWe do not deliver to:\n\n- Russia\n- Belarus, Crimea\n- post office boxes"
    batching.batch(agent, [{"external_id": "d", "title": "Delivery", "text": text}])
    question = "Is there delivery to post office boxes?"
    words = quoting.compose(question, searching.search(agent, question, limit=6)).quotes[0][1]
    assert words == "We do not deliver to:\n- Russia\n- Belarus, Crimea\n- post office boxes"


def test_a_bare_number_keeps_the_name_of_its_column(agent):
    text = "| Size | Chest in cm |\n| --- | --- |\n| Medium | 92 |\n| Large | 104 |"
    batching.batch(agent, [{"external_id": "s", "title": "Sizes", "text": text}])
    found = searching.search(agent, "What chest has size large?", limit=6)
    assert quoting.compose("What chest has size large?", found).quotes[0][1] == "Large · Chest in cm: 104"
