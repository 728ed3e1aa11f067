"""A site that is read again costs what has changed, and loses nothing that has not."""

import gzip

import pytest

from apps.knowledge import sources, syncing
from apps.knowledge.models import Document, Source
from apps.knowledge.review_models import PendingChange
from berrydesk.db import leases
from tests.peers.site import Site

PAGES = 12


@pytest.fixture(autouse=True)
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


def a_site(**about):
    site = Site(**about)
    site.put_page("/", "Home", links=[f"/p{n}" for n in range(0, PAGES, 2)])
    for n in range(PAGES):
        links = [f"/p{n + 1}"] if n % 2 == 0 else []
        site.put_page(f"/p{n}", f"Page {n}", text=f"The number of this page is {n}. " * 12, links=links)
    return site


@pytest.fixture
def site():
    with a_site(validators=("etag",)) as running:
        yield running


def carry(source):
    with leases.claim(Source, source.pk, for_s=300) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def again(source):
    return carry(sources.sync_again(source))


def learn(agent, site):
    return carry(sources.add_source(agent, kind="website", config={"url": site.url}))


@pytest.mark.parametrize("validators", [("etag",), ("modified",), ("etag", "modified"), ()])
def test_an_unchanged_site_is_skipped_whatever_its_server_can_say(agent, validators):
    with a_site(validators=validators) as site:
        source = learn(agent, site)
        assert (source.learned, source.unchanged) == (PAGES + 1, 0)
        source = again(source)
        assert (source.status, source.learned, source.unchanged) == ("ready", PAGES + 1, PAGES + 1)
        assert len(site.unchanged) == (PAGES + 1 if validators else 0)


def test_the_links_of_an_unchanged_page_are_followed_still(agent, site):
    source = learn(agent, site)
    site.put_page("/p7", "Page 7", text="This is the new text of page seven. " * 12)
    source = again(source)
    assert (source.learned, source.unchanged) == (PAGES + 1, PAGES)
    assert "new text" in source.documents.get(title="Page 7").text


def test_one_changed_page_is_one_changed_document(agent, site):
    source = learn(agent, site)
    before = dict(source.documents.values_list("external_id", "learned_at"))
    site.put_page("/p8", "Page 8", text="This is the new text of page eight. " * 12, links=["/p9"])
    source = again(source)
    changed = [d.title for d in source.documents.all() if d.learned_at != before[d.external_id]]
    assert changed == ["Page 8"] and source.unchanged == PAGES


def test_other_bytes_with_the_same_words_are_no_change(agent, site):
    source = learn(agent, site)
    passages = set(source.documents.get(title="Page 3").passages.values_list("pk", flat=True))
    site.put_page("/p3", "Page 3", text="The number of this page is 3. " * 12, head="<meta name=t content=9>")
    source = again(source)
    assert source.unchanged == PAGES + 1
    assert set(source.documents.get(title="Page 3").passages.values_list("pk", flat=True)) == passages
    source = again(source)
    assert site.unchanged.count("/p3") == 1


def test_a_page_that_vanishes_and_returns_is_learned_again(agent, site):
    source = learn(agent, site)
    page = site.pages["/p5"]
    site.take_away("/p5")
    source = again(source)
    assert not Document.objects.learned().filter(title="Page 5").exists()
    site.pages["/p5"] = page
    source = again(source)
    assert source.documents.get(title="Page 5").status == "learned"


def test_a_page_that_failed_for_a_while_is_well_again(agent, site):
    source = learn(agent, site)
    page = site.pages["/p5"]
    site.put("/p5", status=500, headers={"Retry-After": "0"})
    source = again(source)
    assert source.status == "partial"
    site.pages["/p5"] = page
    source = again(source)
    assert (source.status, source.documents.get(title="Page 5").problem) == ("ready", None)


def test_a_change_that_waits_for_review_outlasts_syncs_that_meet_it_unchanged(agent, site):
    source = learn(agent, site)
    sources.review_changes(source, True)
    site.put_page("/p5", "Page 5", text="Something else stands here. " * 12)
    for _time in range(3):
        source = again(source)
        assert PendingChange.objects.waiting().get().title == "Page 5"
    assert "number of this page is 5" in source.documents.get(title="Page 5").text


def test_two_addresses_of_one_page_stay_one_document(agent):
    with Site(validators=("etag",)) as site:
        site.put_page("/", "Home", links=["/a?x=1", "/b", "/moved"])
        head = f'<link rel=canonical href="{site.url}/a">'
        site.put_page("/a?x=1", "A", head=head)
        site.put_page("/a", "A", head=head)
        site.put_page("/b", "B", text="Something about b. " * 12)
        site.put_redirect("/moved", "/b", status=301)
        source = learn(agent, site)
        ids = sorted(source.documents.values_list("external_id", flat=True))
        for _time in range(2):
            source = again(source)
            assert (source.status, source.learned, source.unchanged) == ("ready", 3, 3)
            assert sorted(source.documents.values_list("external_id", flat=True)) == ids


def test_a_sitemap_of_fifty_thousand_in_an_index_packed_is_read_to_the_limit(agent):
    with Site() as site:
        urls = "".join(f"<url><loc>{site.url}/p{n}</loc></url>" for n in range(50_000))
        body = gzip.compress(
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        )
        site.put("/all.xml.gz", body, media_type="application/gzip")
        index = f"<sitemapindex><sitemap><loc>{site.url}/all.xml.gz</loc></sitemap></sitemapindex>"
        site.put("/sitemap.xml", index, media_type="application/xml")
        for n in range(20):
            site.put_page(f"/p{n}", f"Page {n}", text=f"The number of this page is {n}. " * 12)
        config = {"url": f"{site.url}/sitemap.xml", "mode": "sitemap", "max_pages": 20}
        source = carry(sources.add_source(agent, kind="website", config=config))
        found = (source.status, source.learned, source.problem and source.problem["code"])
        assert found == ("partial", 20, "page_limit")
        assert "more were found" in source.problem["message"]
