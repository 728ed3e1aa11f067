"""Other people's sites, robots rules, sitemaps and files: read, or refused in words; never a crash."""

import json
import re
from urllib.parse import urlsplit

import pytest

from apps.knowledge import errors, sources, syncing
from apps.knowledge.connectors.website import robots
from apps.knowledge.models import Source
from apps.knowledge.parsing import isolation
from berrydesk.db import leases
from tests.conftest import DATA
from tests.peers.site import Page, Site

WIRE = DATA / "wire"
SUPERSET = WIRE / "websites" / "superset-docs"


@pytest.fixture(scope="module")
def superset():
    """The documentation of another product as it was built, under our loopback address."""
    with Site(folder=SUPERSET) as site:
        site.rewrite = {"https://superset.apache.org": site.url}
        for line in (SUPERSET / ".htaccess").read_text().splitlines():
            rule = re.match(r"RewriteRule \^([\w\\./-]+)\$ (/\S+) \[R=301", line)
            if rule:
                site.pages["/" + rule[1].replace("\\", "")] = Page(status=301, headers={"Location": rule[2]})
        yield site


def learn(agent, url, **config):
    source = sources.add_source(agent, kind="website", config={"url": url, **config})
    over = False
    while not over:
        with leases.claim(Source, source.pk, for_s=120) as row:
            over = syncing.sync(row)
    source.refresh_from_db()
    return source


@pytest.mark.parametrize("mode", ["sitemap", "crawl"])
def test_a_documentation_site_is_learned_whole(agent, superset, settings, mode):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    source = learn(agent, superset.url, mode=mode, max_pages=300)
    paths = {
        urlsplit(url).path.rstrip("/") for url in source.documents.learned().values_list("url", flat=True)
    }
    listed = set(
        re.findall(r"<loc>https://superset\.apache\.org([^<]*)</loc>", (SUPERSET / "sitemap.xml").read_text())
    )
    there = {p.rstrip("/") for p in listed if (SUPERSET / p.lstrip("/") / "index.html").is_file()}
    assert len(there) > 30
    # What the site itself sends on to another page is learned there.
    assert not {path for path in there - paths if path not in superset.pages}
    faq = source.documents.get(url__regex="/docs/faq/?$")
    assert "## How big of a dataset can Superset handle?" in faq.text
    assert "Skip to main content" not in faq.text and "Edit this page" not in faq.text
    for document in source.documents.with_problems():
        assert document.problem["message"] and document.problem["remedy"]


def test_googles_own_robots_cases_hold():
    cases = json.loads((WIRE / "websites" / "robots-cases" / "google-robotstxt-cases.json").read_text())
    wrong = [
        case
        for case in cases
        if robots.parse(case["robots_txt"], case["user_agent"]).allows(case["url"]) is not case["allowed"]
    ]
    assert not wrong


def test_other_peoples_robots_files_are_read():
    for path in sorted((WIRE / "websites" / "robots-files").glob("*.txt")):
        rules = robots.parse(path.read_bytes().decode("utf-8", "replace"))
        assert isinstance(rules.allows("https://shop.example/"), bool), path.name


def test_other_peoples_sitemaps_are_read():
    found = {}
    with isolation.Parser() as parser:
        for path in sorted((WIRE / "websites" / "sitemaps-and-feeds").iterdir()):
            try:
                about = parser.sitemap(path.read_bytes(), url=path.name).about
                found[path.name] = len(about["urls"]) + len(about["sitemaps"])
            except errors.Unreadable as problem:
                found[path.name] = problem.code
    assert found["sitemap.xml"] == found["sitemap.xml.gz"] == 84
    assert found["sitemap2.xml"] == 2 and found["redundant-urls.txt"] == 5
    assert found["feed1.atom"] == found["feed2.rss"] == 1
    assert found["utf8.html"] == "not_a_sitemap"


def test_other_peoples_files_never_crash_or_hang_the_reader():
    outcomes = {}
    with isolation.Parser(isolation.Limits(memory_bytes=600 * isolation.MB, cpu_s=20, wall_s=60)) as parser:
        for path in sorted(p for p in WIRE.rglob("*") if p.is_file()):
            try:
                parsed = parser.parse(path, name=path.name)
                outcomes[path.name] = "read" if parsed.markdown.strip() else "empty"
            except errors.Unreadable as problem:
                assert problem.message and problem.remedy
                outcomes[path.name] = problem.code
    assert not {n: o for n, o in outcomes.items() if o in ("empty", "too_slow", "too_much_memory")}
    locked = ("libreoffice-writer-password.pdf", "aes-256.pdf", "aes-128-m.pdf", "rc4-40.pdf")
    assert {outcomes[name] for name in locked} == {"file_encrypted"}
    assert (
        outcomes["word_tables.docx"] == outcomes["test_mskanji.csv"] == outcomes["multicolumn.pdf"] == "read"
    )
    documents = {
        p.name for p in (WIRE / "documents").rglob("*") if p.suffix in (".docx", ".csv", ".html", ".md")
    }
    assert {n: outcomes[n] for n in documents if outcomes[n] != "read"} == {}
