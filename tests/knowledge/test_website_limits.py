"""What of a website is read: counted before it starts, limited when it is added or later, office documents included."""

import pytest

from apps.knowledge import errors, sources, syncing
from apps.knowledge.connectors import registry
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.http import errors as http_errors
from tests.knowledge.office import a_pptx, a_row, a_shape, an_epub, an_xlsx
from tests.peers.site import Site

pytestmark = pytest.mark.usefixtures("on_loopback")


@pytest.fixture
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def site():
    with Site() as running:
        yield running


def learn(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def add(agent, url, **config):
    return sources.add_source(agent, kind="website", config={"url": url, **config})


def paths(source):
    root = source.config["url"].rstrip("/")
    return sorted(url.removeprefix(root) for url in source.documents.learned().values_list("url", flat=True))


def count(url, **config):
    found = registry.count("website", {"url": url, **config})
    return found.pages, found.is_least


def list_pages(site, *paths, at="/sitemap.xml"):
    site.put(
        at, "<urlset>" + "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in paths) + "</urlset>"
    )


def test_a_site_that_lists_its_pages_is_counted_by_its_list(site):
    site.put_page("/", "Home", links=["/a", "https://other.example/", "/photo.jpg"])
    list_pages(site, "/", *(f"/p{n}" for n in range(40)))
    assert count(site.url) == (42, False)  # /a is linked, and not on the list
    assert count(site.url, include="/p1*") == (12, False)  # with the first page
    assert count(f"{site.url}/sitemap.xml") == (41, False)
    assert count(site.url, mode="page") == (1, False)


def test_a_site_without_a_list_is_counted_by_the_links_of_its_first_page(site):
    site.put_page("/", "Home", links=["/a", "/b?utm_source=x", "/b", "/private/c", "/login"])
    site.put("/robots.txt", "User-agent: *\nDisallow: /private", media_type="text/plain")
    assert count(site.url) == (3, True)
    assert count(site.url, exclude="/b") == (2, True)


def test_counting_reads_no_more_than_the_first_page(site):
    site.put_page("/", "Home", links=["/a"])
    count(site.url)
    assert sorted(site.asked) == ["/", "/robots.txt", "/sitemap.xml"]


def test_counting_follows_to_the_real_site(site):
    with Site() as real:
        site.put_redirect("/", real.url + "/")
        real.put_page("/", "Home", links=["/a", site.url + "/b"])
        assert count(site.url) == (3, True)


def test_what_keeps_a_site_from_being_read_is_said_instead_of_a_count(site):
    with pytest.raises(http_errors.NameNotFound):
        count("https://nobody.invalid/")
    with pytest.raises(http_errors.PageNotFound):
        count(site.url)
    site.put("/", "<div id=root></div><script src=/app.js></script>")
    with pytest.raises(errors.JavaScriptOnly):
        count(site.url)
    site.put("/robots.txt", "User-agent: *\nDisallow: /", media_type="text/plain")
    with pytest.raises(errors.BlockedByRobots):
        count(site.url)
    with pytest.raises(errors.InvalidConfig):
        count(site.url, exclude="*")
    with pytest.raises(errors.InvalidConfig):
        registry.count("text", {"text": "Nothing to count."})


def test_counting_never_goes_where_the_owner_may_not(site):
    site.put_redirect("/", "http://169.254.169.254/latest/meta-data/")
    with pytest.raises(http_errors.AddressNotAllowed):
        count(site.url)


def test_limits_that_are_changed_hold_for_the_next_sync(agent, site):
    site.put_page("/", "Home", links=["/help/a", "/help/b", "/blog/a"])
    for path in ("/help/a", "/help/b", "/blog/a"):
        site.put_page(path, path)
    source = learn(add(agent, site.url, max_pages=3))
    assert source.problem["code"] == "page_limit"
    sources.change_limits(source, {"max_pages": "10", "exclude": "/blog/*\n/help/b"})
    source = learn(sources.sync_again(source))
    assert (source.status, paths(source)) == ("ready", ["/", "/help/a"])
    assert source.config["url"] == site.url + "/" and source.config["mode"] == "crawl"
    sources.change_limits(source, {"exclude": ""})
    source.refresh_from_db()
    assert (source.config["exclude"], source.config["max_pages"]) == ([], 10)


@pytest.mark.parametrize(
    ("limits", "field", "words"),
    [
        ({"max_pages": "0"}, "max_pages", "from 1 to"),
        ({"max_pages": "many"}, "max_pages", "whole number"),
        ({"include": "/a b"}, "include", "has a space in it"),
        ({"include": "https://other.example/help"}, "include", "another site"),
        ({"exclude": "/*"}, "exclude", "every page"),
        ({"exclude": "/" + "*a" * 6}, "exclude", "at most 5 stars"),
        ({"include": "\n".join(f"/{n}" for n in range(51))}, "include", "At most 50"),
        ({"url": "https://other.example"}, "url", "can be changed"),
    ],
)
def test_a_limit_that_makes_no_sense_is_said_at_its_field(agent, limits, field, words):
    source = add(agent, "https://shop.example")
    with pytest.raises(errors.InvalidConfig) as found:
        sources.change_limits(source, limits)
    assert list(found.value.errors) == [field] and words in found.value.errors[field]
    source.refresh_from_db()
    assert (source.config["max_pages"], source.config["include"], source.config["exclude"]) == (200, [], [])


def test_a_pattern_may_be_written_with_the_sites_own_name(agent):
    source = add(
        agent, "https://www.shop.example", include="shop.example/help/*\nhttps://www.shop.example/faq"
    )
    assert source.config["include"] == ["/help/*", "/faq"]


def test_what_is_no_website_has_no_limits(agent):
    source = sources.add_source(agent, kind="text", config={"text": "Hello."})
    with pytest.raises(errors.InvalidConfig):
        sources.change_limits(source, {"max_pages": 3})


OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = [
    ("/deck.pptx", f"{OFFICE}presentationml.presentation", "waxed twice"),
    ("/prices.xlsx", f"{OFFICE}spreadsheetml.sheet", "Laces"),
    ("/guide.epub", "application/epub+zip", "beeswax"),
]


def a_document(path):
    """Its bytes, by its ending."""
    return {
        "pptx": lambda: a_pptx([a_shape("Boots are waxed twice a year.")]),
        "xlsx": lambda: an_xlsx({"Prices": a_row(1, "Boots", 120) + a_row(2, "Laces", 4)}),
        "epub": lambda: an_epub({"care.html": "<h1>Care</h1><p>Leather likes beeswax.</p>"}),
    }[path.rsplit(".", 1)[1]]()


@pytest.mark.parametrize("said", ["rightly", "application/octet-stream", "application/zip"])
def test_office_documents_and_books_on_a_site_are_learned_whatever_the_server_calls_them(agent, site, said):
    site.put_page("/", "Home", links=[path for path, _type, _words in DOCUMENTS])
    for path, media_type, _words in DOCUMENTS:
        site.put(path, a_document(path), media_type=media_type if said == "rightly" else said)
    source = learn(add(agent, site.url))
    assert (source.status, source.learned) == ("ready", 4)
    for path, _type, words in DOCUMENTS:
        assert words in source.documents.get(url=site.url + path).text


def test_what_a_document_on_a_site_lacks_is_said(agent, site):
    site.put_page("/", "Home", links=["/deck.pptx"])
    deck = a_pptx([a_shape("Boots are waxed."), (a_shape("Margins"), {}, 'show="0"')])
    site.put("/deck.pptx", deck, media_type=f"{OFFICE}presentationml.presentation")
    source = learn(add(agent, site.url))
    document = source.documents.get(url__endswith=".pptx")
    assert (source.status, document.status, document.problem is not None) == ("ready", "learned", True)


def test_a_page_beyond_all_room_counts_once_however_many_lead_to_it(agent, site):
    every = [f"/p{n}" for n in range(120)]
    for path in ("/", *every):
        site.put_page(path, f"Page {path}", links=every)
    source = learn(add(agent, site.url, max_pages=3))
    assert "at least 118 more were found" in source.problem["message"]
