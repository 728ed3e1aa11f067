"""A database's rows are documents: their properties are words to find and exact values to answer with."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.knowledge.connectors.notion import properties
from tests.knowledge.notion.conftest import a_source, carry, sync_again, text_of, titles
from tests.peers.notion_things import block

COLUMNS = {
    "Price": ("number", "euro"),
    "Discount": ("number", "percent"),
    "Stock": "number",
    "Kind": "select",
    "Colours": "multi_select",
    "On sale": "checkbox",
    "Since": "date",
    "Goes with": "relation",
    "Note": "rich_text",
    "Shop": "url",
}


@pytest.fixture
def shoes(notion, handbook):
    """A database below the handbook; returns (database id, data source id)."""
    return notion.database("Shoes", parent=handbook.top, columns=COLUMNS)


def test_a_row_is_learned_with_its_properties_and_its_page(source, shoes, notion):
    laces = notion.row(shoes[1], "Laces", Price=3)
    notion.row(
        shoes[1],
        "Trail boot",
        block("paragraph", "Made for wet ground."),
        Price=129.9,
        Discount=0.07,
        Stock=4,
        Kind="Boot",
        Colours=["Red", "Black"],
        **{"On sale": True, "Since": "2026-03-01", "Goes with": [laces], "Note": "Runs small."},
        Shop="https://shop.example/boot",
    )
    carry(source)
    row = source.documents.get(title="Trail boot")
    assert row.text == (
        "- Price: 129.90 €\n- Discount: 7 %\n- Stock: 4\n- Kind: Boot\n- Colours: Red, Black\n- On sale: Yes\n"
        "- Since: 2026-03-01\n- Goes with: Laces\n- Note: Runs small.\n- Shop: https://shop.example/boot\n\n"
        "Made for wet ground."
    )
    assert row.facts == {
        "Price": 129.9,
        "Discount": 0.07,
        "Stock": 4,
        "Kind": "Boot",
        "Colours": ["Red", "Black"],
        "On sale": True,
        "Since": "2026-03-01",
        "Note": "Runs small.",
        "Shop": "https://shop.example/boot",
    }


def test_a_changed_price_is_one_changed_document(source, shoes, notion):
    boot, clog = notion.row(shoes[1], "Boot", Price=100), notion.row(shoes[1], "Clog", Price=60)
    carry(source)
    notion.now += timedelta(hours=1)
    notion.set(boot, Price=90)
    notion.trash(clog)
    notion.asked.clear()
    source = sync_again(source)
    source.refresh_from_db()
    assert text_of(source, "Boot") == "- Price: 90 €"
    assert "Clog" not in titles(source) and (source.learned, source.unchanged) == (5, 4)
    assert notion.times_asked("/children") == 1


def test_a_database_may_be_the_root_and_so_may_its_data_source(agent, connection, shoes, handbook, notion):
    notion.row(shoes[1], "Boot", Price=100)
    for root in shoes:
        source = a_source(agent, connection, roots=[root])
        carry(source)
        assert (source.status, titles(source)) == ("ready", ["Boot"])


def test_rows_beyond_the_silent_end_of_a_query_are_read_by_the_time_they_were_made(source, shoes, notion):
    notion.most_results, notion.largest_page = 20, 10
    begun = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(50):
        made = notion.row(
            shoes[1], f"Shoe {number}", created=begun + timedelta(minutes=number // 7), Stock=number
        )
        notion.unindexed.add(made)  # only the data source itself names them
    while not carry(source):
        assert source.status == "syncing"
    assert (source.status, source.learned) == ("ready", 54)
    assert {f"Shoe {n}" for n in range(50)} < set(titles(source))


def test_rows_that_notion_does_not_hand_out_are_named(source, shoes, notion):
    notion.most_results, notion.largest_page = 20, 10
    for number in range(30):
        notion.unindexed.add(notion.row(shoes[1], f"Shoe {number}", Stock=number))  # all in one minute
    carry(source)
    assert source.status == "partial" and source.learned == 24
    problem = source.documents.exclude(problem=None).get().problem
    assert problem["code"] == "notion_rows_cut" and "Shoes" in problem["message"]


def test_a_property_with_more_links_than_notion_shows_at_once_is_asked_for(source, shoes, notion):
    others = [notion.row(shoes[1], f"Lace {n}", Stock=n) for n in range(60)]
    notion.largest_page = 50
    notion.row(shoes[1], "Boot", **{"Goes with": others})
    carry(source)
    assert text_of(source, "Boot").count("Lace") == 60


def test_a_row_that_was_shared_without_its_database_is_read(agent, connection, shoes, handbook, notion):
    notion.unshare(handbook.top)
    notion.share(notion.row(shoes[1], "Boot", Price=100))
    source = a_source(agent, connection)
    carry(source)
    assert titles(source) == ["Boot"] and text_of(source, "Boot") == "- Price: 100"


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("formula", {"type": "string", "string": "In stock"}, "In stock"),
        ("formula", {"type": "number", "number": 12.5}, "12.5"),
        ("formula", {"type": "boolean", "boolean": False}, "No"),
        ("formula", {"type": "date", "date": {"start": "2026-01-02", "end": None}}, "2026-01-02"),
        ("rollup", {"type": "number", "number": 3, "function": "sum"}, "3"),
        (
            "rollup",
            {"type": "array", "array": [{"type": "number", "number": 1}, {"type": "number", "number": 2}]},
            "1, 2",
        ),
        ("rollup", {"type": "unsupported", "unsupported": {}}, ""),
        ("unique_id", {"prefix": "TD", "number": 7}, "TD-7"),
        ("unique_id", {"prefix": None, "number": 7}, "7"),
        ("status", {"name": "Done"}, "Done"),
        (
            "date",
            {"start": "2026-01-02T10:00:00.000+01:00", "end": "2026-01-03"},
            "2026-01-02 10:00 – 2026-01-03",
        ),
        ("people", [{"name": "Ben"}, {"id": "x"}], "Ben"),
        (
            "files",
            [{"name": "Plan", "external": {"url": "https://a.example/p"}}],
            "[Plan](https://a.example/p)",
        ),
        ("files", [{"name": "Plan.pdf", "file": {"url": "https://signed.example/?x"}}], "Plan.pdf"),
        ("email", "ada@example.com", "ada@example.com"),
        ("place", {"name": "Shop", "address": "Bryggen 1, Bergen"}, "Bryggen 1, Bergen"),
        ("number", None, ""),
        ("number", "nine", ""),
        ("select", None, ""),
        ("select", [], ""),
        ("telepathy", {"mood": "good"}, ""),
        ("date", "tomorrow", ""),
    ],
)
def test_every_kind_of_property_has_its_words(kind, given, words):
    assert properties.told(kind, given)[0] == words
