"""A website is read politely, wholly, and never beyond what is its own."""

import gzip
import time

import pytest

from apps.knowledge import errors, sources, syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.http import errors as http_errors
from tests.peers.site import LOREM, Site

pytestmark = pytest.mark.usefixtures("on_loopback")


@pytest.fixture
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def site():
    with Site() as running:
        yield running


def learn(agent, url, **config):
    """The source after one whole sync."""
    source = sources.add_source(agent, kind="website", config={"url": url, **config})
    return carry(source)


def carry(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def learned(source):
    return sorted(source.documents.learned().values_list("url", flat=True))


def problems(source):
    rows = source.documents.with_problems().values_list("url", "problem__code")
    return {url.removeprefix(source.config["url"].rstrip("/")): code for url, code in rows}


def test_a_site_is_read_along_its_links(agent, site):
    site.put_page("/", "Home", links=["/shipping", "/returns?utm_source=x#top", "mailto:a@b.example"])
    site.put_page("/shipping", "Shipping", links=["/", "/returns", "/deep/one"])
    site.put_page("/returns", "Returns", text="Thirty days, unworn. " * 10)
    site.put_page("/deep/one", "One")
    source = learn(agent, site.url)
    assert learned(source) == [site.url + p for p in ("/", "/deep/one", "/returns", "/shipping")]
    assert (source.status, source.found, source.learned, source.failed) == ("ready", 4, 4, 0)
    assert site.times_asked("/returns") == 1
    assert source.documents.get(title="Returns").text.startswith("# Returns\n\nThirty days, unworn.")


def test_one_page_is_one_page(agent, site):
    site.put_page("/a", "A", links=["/b"])
    site.put_page("/b", "B")
    assert learned(learn(agent, site.url + "/a", mode="page")) == [site.url + "/a"]


def test_a_sitemap_in_pieces_and_packed_is_read(agent, site):
    site.put("/robots.txt", f"User-agent: *\nSitemap: {site.url}/map.xml", media_type="text/plain")
    index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>"
    site.put("/map.xml", index.format(f"<sitemap><loc>{site.url}/part.xml.gz</loc></sitemap>"))
    part = "<urlset>{}</urlset>".format("".join(f"<url><loc>{site.url}/p{n}</loc></url>" for n in range(3)))
    site.put("/part.xml.gz", gzip.compress(part.encode()), media_type="application/gzip")
    for n in range(3):
        site.put_page(f"/p{n}", f"Page {n}", links=["/elsewhere"])
    source = learn(agent, site.url, mode="sitemap")
    assert learned(source) == [f"{site.url}/p{n}" for n in range(3)]
    assert source.status == "ready"


def test_a_crawl_also_reads_what_only_the_sitemap_names(agent, site):
    site.put_page("/", "Home")
    site.put_page("/lonely", "Lonely")
    site.put("/sitemap.xml", f"<urlset><url><loc>{site.url}/lonely</loc></url></urlset>")
    assert site.url + "/lonely" in learned(learn(agent, site.url))


def test_without_a_sitemap_the_owner_is_told_what_to_choose(agent, site):
    site.put_page("/", "Home")
    source = learn(agent, site.url, mode="sitemap")
    assert (source.status, source.problem["code"]) == ("failed", "no_sitemap")
    assert "by its links" in source.problem["remedy"]


def test_a_sitemap_of_another_site_is_named(agent, site):
    site.put("/sitemap.xml", "<urlset><url><loc>https://other.example/a</loc></url></urlset>")
    assert learn(agent, site.url, mode="sitemap").problem["code"] == "sitemap_elsewhere"


def test_what_robots_may_not_read_is_left_out_and_named(agent, site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /private", media_type="text/plain")
    site.put_page("/", "Home", links=["/private/a", "/open"])
    site.put_page("/open", "Open")
    site.put_page("/private/a", "Secret")
    source = learn(agent, site.url)
    assert problems(source) == {"/private/a": "blocked_by_robots"}
    assert "robots.txt" in source.documents.get(url__endswith="/private/a").problem["message"]
    assert (source.status, source.skipped) == ("ready", 1)
    assert site.times_asked("/private/a") == 0


def test_a_site_closed_to_robots_says_so(agent, site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /", media_type="text/plain")
    site.put_page("/", "Home")
    source = learn(agent, site.url)
    assert (source.status, source.problem["code"]) == ("failed", "blocked_by_robots")
    assert site.asked == ["/robots.txt"]


def test_robots_that_answer_500_close_the_site(agent, site):
    site.put("/robots.txt", status=500)
    site.put_page("/", "Home")
    source = learn(agent, site.url)
    assert (source.status, source.problem["code"]) == ("failed", "robots_unknown")
    assert site.times_asked("/") == 0


@pytest.mark.parametrize("status", [403, 404])
def test_robots_that_are_not_there_close_nothing(agent, site, status):
    site.put("/robots.txt", status=status)
    site.put_page("/", "Home")
    assert learn(agent, site.url).status == "ready"


def test_a_crawl_delay_is_respected(agent, site):
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.4", media_type="text/plain")
    site.put_page("/", "Home", links=["/a"])
    site.put_page("/a", "A")
    before = time.monotonic()
    learn(agent, site.url)
    assert time.monotonic() - before > 0.8


def test_a_missing_page_is_a_row_and_the_rest_is_learned(agent, site):
    site.put_page("/", "Home", links=["/gone", "/broken", "/fine"])
    site.put("/broken", status=500, headers={"Retry-After": "0"})
    site.put_page("/fine", "Fine")
    source = learn(agent, site.url)
    assert problems(source) == {"/gone": "page_not_found", "/broken": "server_failed"}
    assert (source.status, source.learned, source.skipped, source.failed) == ("partial", 2, 1, 1)
    assert site.times_asked("/broken") == 2


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"status": 404}, "page_not_found"),
        ({"status": 403}, "page_forbidden"),
        ({"body": b"%PDF-1.4 nonsense", "media_type": "application/pdf"}, "file_broken"),
        ({"body": b"\x89PNG\r\n", "media_type": "image/png"}, "not_a_page"),
        ({"body": b"<html><body></body></html>"}, "page_empty"),
        ({"body": b"<div id=root></div><script src=/app.js></script>"}, "javascript_only"),
        (
            {"body": b"<noscript>You need to enable JavaScript to run this app.</noscript><script></script>"},
            "javascript_only",
        ),
        ({"body": b"<meta name=robots content=noindex><p>Not for robots.</p>"}, "noindex"),
        ({"body": b"<p>Not for robots.</p>", "headers": {"X-Robots-Tag": "noindex"}}, "noindex"),
    ],
)
@pytest.mark.parametrize("mode", ["page", "crawl"])
def test_a_page_that_cannot_be_learned_says_why(agent, site, page, code, mode):
    site.put("/p", **{"body": b""} | page)
    source = learn(agent, site.url + "/p", mode=mode)
    assert (source.status, source.problem["code"]) == ("failed", code)
    assert source.problem["message"] and source.problem["remedy"]


def test_a_redirect_to_a_private_address_is_refused(agent, site):
    site.put_page("/", "Home", links=["/trap"])
    site.put_redirect("/trap", "http://169.254.169.254/latest/meta-data/")
    source = learn(agent, site.url)
    assert problems(source) == {"/trap": "leaves_site"}
    source = learn(agent, site.url + "/trap", mode="page")
    assert source.problem["code"] == "address_not_allowed"


def test_another_site_is_never_asked(agent, site):
    with Site() as other:
        other.put("*", "<h1>Other</h1>")
        site.put_page("/", "Home", links=[other.url + "/a", "/away", "/soon"])
        site.put_redirect("/away", other.url + "/b")
        site.put("/soon", f'<meta http-equiv=refresh content="0; url={other.url}/c">')
        source = learn(agent, site.url)
        assert other.asked == []
    assert problems(source) == {"/away": "leaves_site", "/soon": "leaves_site"}


def test_the_address_an_owner_typed_may_lead_to_the_real_one(agent, site):
    with Site() as real:
        site.put_redirect("/", real.url + "/")
        real.put_page("/", "Home", links=["/a"])
        real.put_page("/a", "A")
        assert learned(learn(agent, site.url)) == [real.url + "/", real.url + "/a"]


def test_redirect_loops_end_as_a_row(agent, site):
    site.put_page("/", "Home", links=["/a"])
    site.put_redirect("/a", "/b")
    site.put_redirect("/b", "/a")
    assert problems(learn(agent, site.url)) == {"/a": "too_many_redirects"}


def test_a_calendar_without_end_ends(agent, site):
    site.put_page("/", "Home", links=["/calendar?month=2026-01"])

    def another_month(path):
        if path.startswith("/calendar"):
            year, month = map(int, path.rsplit("=", 1)[1].split("-"))
            following = f"{year + month // 12}-{month % 12 + 1:02}"
            site.put_page(path, f"Events {path}", links=[f"/calendar?month={following}", "/"])

    site.before_each = another_month
    source = learn(agent, site.url)
    assert source.learned < 40
    assert "endless_pages" in problems(source).values()
    assert source.status == "ready"


def test_session_ids_and_tracking_make_no_second_page(agent, site):
    site.put_page(
        "/", "Home", links=[f"/a?PHPSESSID={n:032x}" for n in range(50)] + ["/a?utm_campaign=1", "/a/"]
    )
    site.put_page("/a", "A")
    source = learn(agent, site.url)
    assert source.learned == 2
    assert site.times_asked("/a") == 1


def test_links_that_nest_for_ever_end(agent, site):
    site.put_page("/", "Home", links=["more/"])
    site.before_each = lambda path: (
        site.put_page(path, "Nested", links=["more/"]) if path.startswith("/more") else None
    )
    assert learn(agent, site.url).learned <= 4


def test_the_page_limit_is_named(agent, site):
    site.put_page("/", "Home", links=[f"/p{n}" for n in range(30)])
    for n in range(30):
        site.put_page(f"/p{n}", f"Page {n}")
    source = learn(agent, site.url, max_pages=5)
    assert (source.status, source.learned, source.problem["code"]) == ("partial", 5, "page_limit")
    assert "26 more" in source.problem["message"]


def test_include_and_exclude(agent, site):
    site.put_page("/", "Home", links=["/help/a", "/help/b", "/blog/a"])
    for path in ("/help/a", "/help/b", "/blog/a"):
        site.put_page(path, path)
    source = learn(agent, site.url, include="/help/*", exclude=["/help/b"])
    assert learned(source) == [site.url + "/", site.url + "/help/a"]


def test_a_canonical_address_is_the_one_that_is_cited(agent, site):
    head = '<link rel=canonical href="/shoes">'
    site.put_page("/", "Home", links=["/shoes?color=red", "/shoes?color=blue", "/print/shoes"])
    for path in ("/shoes", "/shoes?color=red", "/shoes?color=blue", "/print/shoes"):
        site.put_page(path, "Shoes", head=head)
    assert learned(learn(agent, site.url)) == [site.url + "/", site.url + "/shoes"]


def test_a_front_page_named_canonical_everywhere_is_a_mistake(agent, site):
    head = '<link rel=canonical href="/">'
    site.put_page("/", "Home", links=["/a", "/b"], head=head)
    site.put_page("/a", "A", head=head)
    site.put_page("/b", "B", head=head)
    assert learn(agent, site.url).learned == 3


def test_links_marked_nofollow_are_not_followed(agent, site):
    site.put("/", '<main><h1>Home</h1><a rel=nofollow href="/a">a</a><a href="/b">b</a></main>')
    site.put_page("/a", "A")
    site.put_page("/b", "B", links=["/c"], head="<meta name=robots content=nofollow>")
    site.put_page("/c", "C")
    assert learned(learn(agent, site.url)) == [site.url + "/", site.url + "/b"]


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("<meta charset=iso-8859-1><p>Größe und Übergröße</p>".encode("cp1252"), "text/html"),
        ("<p>Größe und Übergröße</p>".encode(), "text/html; charset=iso-8859-1"),
        ("<meta charset=utf-8><p>Größe und Übergröße</p>".encode("cp1252"), "text/html; charset=utf-8"),
        ("<p>Größe und Übergröße</p>".encode("utf-16"), "text/html"),
    ],
)
def test_a_wrong_charset_is_seen_through(agent, site, body, media_type):
    site.put("/", body, media_type=media_type)
    assert "Größe und Übergröße" in learn(agent, site.url, mode="page").documents.get().text


def test_a_page_of_ten_megabytes_is_learned(agent, site):
    site.put("/", "<main><h1>Long</h1>" + f"<p>{LOREM}</p>" * 300 + "<!--" + "x" * 10_000_000 + "--></main>")
    assert learn(agent, site.url, mode="page").status == "ready"


def test_a_page_beyond_measure_is_named(agent, site):
    site.put("/", "x" * (21 * 1024 * 1024))
    assert learn(agent, site.url, mode="page").problem["code"] == "page_too_large"


def test_a_pdf_on_the_site_is_read_too(agent, site):
    from tests.knowledge.files import a_pdf

    site.put_page("/", "Home", links=["/warranty.pdf", "/photo.jpg"])
    site.put("/warranty.pdf", a_pdf(["The warranty lasts two years."]), media_type="application/pdf")
    source = learn(agent, site.url)
    assert "two years" in source.documents.get(title="warranty.pdf").text
    assert site.times_asked("/photo.jpg") == 0


def test_a_site_that_dies_in_the_middle_keeps_what_was_learned(agent, site):
    site.put_page("/", "Home", links=[f"/p{n}" for n in range(20)])
    site.put("*", status=503, headers={"Retry-After": "0"})
    site.put("/robots.txt", status=404)
    source = learn(agent, site.url)
    assert (source.status, source.problem["code"]) == ("partial", "site_stopped_answering")
    assert len(site.asked) < 20


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the address"),
        ("shop", "not a complete address"),
        ("ftp://shop.example", "http://"),
        ("http://10.0.0.1/", "not on the public internet"),
        ("http://[::1", "not a web address"),
        ("https://user:secret@shop.example/", "user name"),
    ],
)
def test_a_wrong_address_is_said_at_its_field(agent, typed, words):
    with pytest.raises(errors.InvalidConfig) as found:
        sources.add_source(agent, kind="website", config={"url": typed, "mode": "page"})
    assert words in found.value.errors["url"]


def test_every_wrong_field_is_said_at_once(agent):
    config = {"url": "", "mode": "all", "max_pages": "many", "include": 7}
    with pytest.raises(errors.InvalidConfig) as found:
        sources.add_source(agent, kind="website", config=config)
    assert set(found.value.errors) == {"url", "mode", "max_pages", "include"}


def test_a_name_that_nobody_has_is_said(agent):
    source = learn(agent, "https://nobody.invalid/")
    assert source.problem["code"] == http_errors.NameNotFound.code
