"""A shop's catalogue: prices and stock are answered exactly, and only what changed is read again."""

import gzip
import json

import pytest

from apps.knowledge import sources, syncing
from apps.knowledge.connectors.feed import telling
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import Source
from apps.knowledge.retrieval import answerability, quoting, searching
from berrydesk.db import leases
from tests.knowledge.test_sources import carry
from tests.peers.site import Site

MERCHANT = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Nordlicht</title>
<item><g:id>LYKT</g:id><title>Lykt headlamp</title><link>https://nordlicht.example/lykt</link>
<description>600 lumen, 40 hours of light, 78 grams.</description><g:price>49.00 EUR</g:price>
<g:sale_price>39.00 EUR</g:sale_price><g:availability>in_stock</g:availability><g:brand>Nordlicht</g:brand></item>
<item><g:id>FJELL</g:id><title>Fjell tent</title><link>https://nordlicht.example/fjell</link>
<description>A tent for two people, 1.8 kilograms.</description><g:price>349.00 EUR</g:price>
<g:availability>out_of_stock</g:availability></item>
<item><g:id>X</g:id><description>A thing without a name.</description></item>
</channel></rss>"""
SHOPIFY = json.dumps(
    {
        "products": [
            {
                "id": 1,
                "title": "Trail boot",
                "body_html": "<p>Waterproof boot.</p>",
                "vendor": "Nordlicht",
                "variants": [
                    {"id": 11, "title": "41", "price": "129.00", "sku": "TB-41", "inventory_quantity": 3},
                    {"id": 12, "title": "42", "price": "129.00", "sku": "TB-42", "inventory_quantity": 0},
                ],
            }
        ]
    }
)
CSV = "Titel;Preis;Währung;Bestand;Beschreibung\nLaufsocke;12,90;EUR;40;Socken aus Merinowolle für lange Läufe.\n"


@pytest.fixture
def shop(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as site:
        yield site


def a_feed(agent, shop, body, path="/feed.xml", **about):
    shop.put(path, body, **about)
    return carry(sources.add_source(agent, kind="feed", config={"url": f"{shop.url}{path}"}))


def answer(agent, question):
    found = searching.search(agent, question, limit=6)
    assert answerability.assess(agent, question, found).answerable, question
    return quoting.compose(question, found).text


def test_price_and_stock_are_answered_exactly(agent, shop):
    source = a_feed(agent, shop, MERCHANT)
    assert (source.status, source.learned, source.skipped) == ("ready", 2, 1)
    assert "39.00 EUR (Reduced from 49.00 EUR)" in answer(agent, "What does the Lykt headlamp cost?")
    assert "Out of stock" in answer(agent, "Is the Fjell tent in stock?")
    lamp = source.documents.get(external_id="LYKT")
    assert lamp.facts == {"price": "39.00 EUR", "regular_price": "49.00 EUR", "availability": "In stock"}
    assert lamp.url == "https://nordlicht.example/lykt"
    assert "no name" in source.documents.get(external_id="without-name").problem["message"]


def test_each_variant_that_may_be_bought_is_a_product(agent, shop):
    source = a_feed(agent, shop, SHOPIFY, "/products.json", media_type="application/json")
    assert sorted(source.documents.values_list("title", flat=True)) == ["Trail boot, 41", "Trail boot, 42"]
    assert source.documents.get(external_id="11").facts["quantity"] == 3
    assert source.documents.get(external_id="12").facts["availability"] == "Out of stock"


def test_a_german_list_is_told_in_german(agent, shop):
    source = a_feed(agent, shop, CSV, "/artikel.csv", media_type="text/csv")
    sock = source.documents.get()
    assert sock.facts == {"price": "12,90 EUR", "quantity": 40, "availability": "40 auf Lager"}
    assert "Preis: Laufsocke: 12,90 EUR" in sock.text


def test_only_what_changed_is_read_again_and_what_is_gone_goes(agent, shop):
    source = a_feed(agent, shop, MERCHANT)
    learned_at = source.documents.get(external_id="FJELL").learned_at
    shop.put("/feed.xml", MERCHANT.replace("39.00 EUR", "35.00 EUR"))
    source = carry(sources.sync_again(source))
    assert (source.learned, source.unchanged) == (2, 1)
    assert source.documents.get(external_id="FJELL").learned_at == learned_at
    assert "35.00 EUR" in answer(agent, "What does the Lykt headlamp cost?")
    only_tent = MERCHANT.split("<item>")[0] + "<item>" + MERCHANT.split("<item>")[2] + "</channel></rss>"
    shop.put("/feed.xml", only_tent)
    source = carry(sources.sync_again(source))
    assert list(source.documents.learned().values_list("external_id", flat=True)) == ["FJELL"]


def test_a_broken_off_sync_goes_on_where_it_was(agent, shop):
    items = "".join(
        f"<item><id>{n}</id><title>Lamp {n}</title><price>{n}.00 EUR</price></item>" for n in range(40)
    )
    shop.put("/feed.xml", f"<rss><channel>{items}</channel></rss>")
    source = sources.add_source(agent, kind="feed", config={"url": f"{shop.url}/feed.xml"})
    runs = 0
    while source.status in ("queued", "syncing"):
        with leases.claim(Source, source.pk, for_s=120) as row:
            syncing.sync(row, run_s=0.05)
        source.refresh_from_db()
        runs += 1
    assert runs > 1 and (source.learned, source.documents.learned().count()) == (40, 40)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<html><body><p>Welcome</p></body></html>", "no_products"),
        ('{"products": []}', "no_products"),
        ('{"products": [', "file_broken"),
        ("a,b\n1,2\n", "no_products"),
        ("", "file_empty"),
        (gzip.compress(b"\0" * 200 * 1024 * 1024), "zip_bomb"),
    ],
)
def test_what_is_no_feed_is_said_and_nothing_is_lost(agent, shop, body, code):
    source = a_feed(agent, shop, MERCHANT)
    shop.put("/feed.xml", body)
    source = carry(sources.sync_again(source))
    assert source.problem["code"] == code and source.problem["remedy"]
    assert source.documents.learned().count() == 2


def test_entities_are_not_expanded(agent, shop):
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    feed = f"{entities}<rss><item><title>Lamp &b; x</title></item></rss>"
    assert "aaaa" not in a_feed(agent, shop, feed).documents.get().text


def test_a_feed_needs_an_address(agent):
    with pytest.raises(InvalidConfig) as told:
        sources.add_source(agent, kind="feed", config={"url": ""})
    assert "url" in told.value.errors


@pytest.mark.parametrize(
    ("product", "facts"),
    [
        ({"title": "A", "price": "49", "currency": "EUR"}, {"price": "49 EUR"}),
        ({"title": "A", "price": "€49"}, {"price": "€49"}),
        ({"title": "A", "price": "on request"}, {}),
        ({"title": "A", "availability": "preorder"}, {"availability": "preorder"}),
        (
            {"title": "A", "availability": "in stock", "quantity": "7"},
            {"quantity": 7, "availability": "7 in stock"},
        ),
    ],
)
def test_facts_are_what_the_feed_says(product, facts):
    assert telling.tell({"id": "a", **product})[3] == facts
