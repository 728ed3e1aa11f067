"""Links of a site that was read: those that lead to a page that answers 404, into a private network, or nowhere."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from apps.knowledge import findings, sources, syncing
from apps.knowledge.models import Source
from apps.knowledge.sweep import broken_links
from apps.knowledge.sweep.pages import Page
from berrydesk.db import leases
from tests.benchmarks.sweeping import swept as swept_at
from tests.peers.site import Site

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
AROUND = SimpleNamespace(today=date(2026, 11, 26), missing=lambda _urls: set(), framed=lambda _page: [])


@pytest.fixture
def site(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as running:
        yield running


def learn(agent, url):
    return carry(sources.add_source(agent, kind="website", config={"url": url}))


def carry(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def swept(agent):
    return swept_at(agent, NOW)


def found(text, title="Page"):
    page = Page(1, "1", title, "", "en", text)
    return [(each.severity, each.explanation) for each in broken_links.find(page, AROUND)]


def told(agent):
    return [
        (row.explanation.rsplit(" ", 1)[1], [p.document.title for p in row.places.all()])
        for row in findings.shown(agent, broken_links.KIND)
    ]


def test_a_menu_that_leads_to_a_page_that_is_not_there_is_found_once(agent, site):
    site.put_page("/", "Home", links=["/gone", "/prices"])
    site.put_page(
        "/prices", "Prices", text="A bag costs nine euros, and a second one eight. " * 5, links=["/gone"]
    )
    source = learn(agent, site.url)
    swept(agent)
    assert told(agent) == [(f"{site.url}/gone", ["Home"])]
    swept(agent)
    assert told(agent) == [(f"{site.url}/gone", ["Home"])]
    site.put_page(
        "/gone", "Here again", text="Now there is something to be read here, as it was before. " * 5
    )
    carry(sources.sync_again(source))
    swept(agent)
    assert told(agent) == []


def test_where_a_text_links_to_it_the_finding_stands_at_the_text(agent, site):
    text = 'Read <a href="/gone">what we promise</a> before you order, so that you know your rights. ' * 3
    site.put_page("/", "Home", links=["/gone", "/about"])
    site.put_page("/about", "About us", text=text)
    learn(agent, site.url)
    swept(agent)
    assert told(agent) == [(f"{site.url}/gone", ["About us"])]


@pytest.mark.parametrize("address", ["http://192.168.1.1/", "http://10.0.0.5/", "http://intranet.lan/rules"])
def test_an_address_of_a_private_network_is_a_small_matter_and_not_called_an_authors_computer(address):
    ((severity, words),) = found(f"The [house rules]({address}) hold for everybody.")
    assert severity == "low" and "private network" in words


@pytest.mark.parametrize(
    "text",
    [
        "Open the [settings page](http://192.168.1.1/) of your router.",
        "The name of [your printer](http://printer.local/) stands on its back.",
        "[Back to top](#)",
        "[Menu](#)",
        "[Next](#)",
    ],
)
def test_a_page_of_the_customers_own_device_and_a_link_within_the_page_are_not_broken(text):
    assert found(text) == []


def test_a_link_to_its_authors_computer_is_told_as_such():
    ((severity, words),) = found("You can [join us](http://localhost:3000/join) at any time.")
    assert severity == "medium" and "author" in words
