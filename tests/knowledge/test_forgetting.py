"""What is gone is forgotten, whatever else cannot be read; what may only be hidden stays."""

from apps.knowledge import sources
from tests.knowledge.test_syncing import a_site_source, carry, on_loopback, site, titles  # noqa: F401 — fixtures


def test_a_page_that_can_never_be_read_keeps_no_other_from_being_forgotten(agent, site):  # noqa: F811
    site.put("/app", "<html><head><script src=/a.js></script></head><body><div id=root></div></body></html>")
    site.put_page("/", "Home", links=["/app", *(f"/p{n}" for n in range(10))])
    source = a_site_source(agent, site)
    carry(source)
    assert (source.learned, source.failed) == (11, 1)
    site.take_away("/p4")
    site.put_page("/", "Home", links=["/app", *(f"/p{n}" for n in range(10) if n != 5)])
    carry(sources.sync_again(source))
    assert titles(source) == ["Home"] + [f"Page {n}" for n in range(10) if n not in (4, 5)]


def test_while_a_page_fails_the_others_that_are_gone_are_asked_after_and_forgotten(agent, site):  # noqa: F811
    source = a_site_source(agent, site)
    carry(source)
    site.put("/p1", status=500, headers={"Retry-After": "0"})
    site.take_away("/p4")
    site.take_away("/p5")
    site.put_page("/", "Home", links=[f"/p{n}" for n in range(10) if n not in (5, 6)])
    carry(sources.sync_again(source))
    assert titles(source) == ["Home"] + [f"Page {n}" for n in range(10) if n not in (4, 5)]
    site.put_page("/p1", "Page 1", text="The number of this page is 1. " * 12)
    carry(sources.sync_again(source))
    assert "Page 6" not in titles(source)  # nothing leads there, and everything could be read


def test_a_page_that_cannot_be_read_any_more_takes_nothing_along_that_it_led_to(agent, site):  # noqa: F811
    site.put_page("/", "Home", links=["/hub"])
    site.put_page("/hub", "Hub", links=[f"/p{n}" for n in range(10)])
    source = a_site_source(agent, site)
    carry(source)
    for answer in ({"body": "<html></html>"}, {"status": 403}, {"status": 418}):
        site.put("/hub", **answer)
        carry(sources.sync_again(source))
        assert len(titles(source)) == 12


def test_a_site_larger_than_its_limit_forgets_what_lies_beyond_and_what_is_gone(agent, site):  # noqa: F811
    source = a_site_source(agent, site)
    carry(source)
    sources.change_limits(source, {"max_pages": 6})
    site.take_away("/p2")
    carry(sources.sync_again(source))
    source.refresh_from_db()
    assert source.problem["code"] == "page_limit"
    assert titles(source) == ["Home", "Page 0", "Page 1", "Page 3", "Page 4", "Page 5"]


def test_a_sitemap_that_cannot_be_read_tonight_hides_no_page_for_good(agent, site):  # noqa: F811
    site.put_page("/", "Home", links=["/p0"])
    site.put("/sitemap.xml", sitemap(f"{site.url}/p{n}" for n in range(10)), media_type="application/xml")
    source = a_site_source(agent, site)
    carry(source)
    assert len(titles(source)) == 11
    site.put("/sitemap.xml", status=503)
    carry(sources.sync_again(source))
    assert len(titles(source)) == 11
    site.put("/sitemap.xml", sitemap([f"{site.url}/p1"]), media_type="application/xml")
    carry(sources.sync_again(source))
    assert titles(source) == ["Home", "Page 0", "Page 1"]


def sitemap(urls):
    rows = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
