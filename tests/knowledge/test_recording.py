"""What a walk hands on is put on record together where it comes quickly, and never later than it may be seen."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.knowledge import recording, sources, syncing
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.errors import PageEmpty
from apps.knowledge.models import Document, Passage, Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from tests.peers.site import Site


@pytest.fixture(autouse=True)
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def run(agent):
    """A worker's run with a source, which nobody else works on."""
    source = sources.add_source(agent, kind="text", config={"text": "It will be read."})
    run = syncing._Run(leases.take(Source.objects.filter(pk=source.pk), for_s=120), time.monotonic() + 60)
    run.begin()
    return run


def a_batch(run, most=50):
    return recording.Batch(run.source, run.fence, most=most)


def a_page(name, text="", **about):
    return Outcome(external_id=name, title=name, text=text or f"The page {name} says something.", **about)


def rows(run):
    return list(run.source.documents.order_by("external_id").values_list("external_id", "status"))


def counts(run):
    run.source.refresh_from_db()
    return run.source.learned, run.source.skipped, run.source.failed, run.source.unchanged


def test_batches_grow_from_one_to_the_most(run):
    batch, sizes = a_batch(run, most=3), []
    for n in range(12):
        batch.add(a_page(str(n)))
        if not batch:
            sizes.append(len(rows(run)))
    steps = [after - before for before, after in zip([0, *sizes], sizes, strict=False)]
    assert (steps[0], max(steps)) == (1, 3)
    batch.settle()
    assert counts(run) == (12, 0, 0, 0)


def test_a_batch_holds_all_kinds_of_outcomes(run):
    batch = a_batch(run)
    for name in ("known", "now empty"):
        batch.add(a_page(name))
    batch.settle()
    run.source.visits.all().delete()
    for outcome in (
        a_page("new", version="7", facts={"price": 3}),
        Outcome(external_id="known", unchanged=True),
        Outcome(external_id="now empty", problem=PageEmpty(url="now empty"), visits=("now empty",)),
        Outcome(external_id="broken", problem=PageEmpty(url="broken"), failed=True, version="8"),
        Outcome(visits=("signpost",)),
    ):
        batch.add(outcome)
    batch.settle()
    assert rows(run) == [
        ("broken", "failed"),
        ("known", "learned"),
        ("new", "learned"),
        ("now empty", "learned"),  # it keeps what it taught
    ]
    new = run.source.documents.get(external_id="new")
    assert (new.version, new.facts, new.problem) == ("7", {"price": 3}, None)
    assert run.source.documents.filter(problem__isnull=True).count() == 2
    assert run.source.documents.get(external_id="broken").version == ""
    assert not run.source.visits.waiting().exists() and run.source.visits.count() == 5


def test_an_id_that_comes_twice_is_one_document_that_says_the_later(run):
    batch = a_batch(run)
    batch.add(a_page("a", "The earlier text.", visits=("a1",)))
    batch.add(a_page("a", "The later text.", visits=("a2",)))
    batch.settle()
    assert run.source.documents.get().text == "The later text."


def test_what_was_dealt_with_under_another_address_is_not_counted_again(run):
    batch = a_batch(run)
    batch.add(a_page("a", visits=("a", "b")))
    batch.add(a_page("b", visits=("b",)))
    batch.settle()
    assert (rows(run), counts(run)) == ([("a", "learned")], (1, 0, 0, 0))


def test_one_document_that_fails_costs_those_before_it_nothing(run):
    batch = a_batch(run)
    batch.add(a_page("a"))
    batch.add(a_page("b"))
    with pytest.raises(TypeError):
        batch.add(a_page("c", "Half a character: \ud800"))
    assert (rows(run), counts(run)) == ([("a", "learned"), ("b", "learned")], (2, 0, 0, 0))


def test_a_batch_of_who_lost_the_lease_is_not_on_record(run):
    batch = a_batch(run)
    Source.objects.update(lease_by="another")
    with pytest.raises(recording.LostLease):
        batch.add(a_page("a"))
    assert not Document.objects.exists() and not Passage.objects.exists()


def test_what_waits_is_late_before_two_seconds_are_over(run):
    batch = a_batch(run)
    batch.add(a_page("first"))
    assert not batch.would_be_late(time.monotonic() + 60)  # nothing waits
    batch.add(a_page("a"))
    assert batch.would_be_late(time.monotonic() + 1.9)


def carry(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


@pytest.mark.django_db(transaction=True)
def test_a_page_is_on_record_before_a_long_wait_for_the_next(agent):
    seen = {}

    def look(path):
        with in_workspace(agent.workspace_id):
            seen.setdefault(path, Document.objects.learned().count())
        connection.close()

    with Site(before_each=look) as site:
        site.put("/robots.txt", "User-agent: *\nCrawl-delay: 2", media_type="text/plain")
        site.put("/sitemap.xml", "<urlset></urlset>")
        site.put_page("/", "Home", links=["/a"])
        site.put_page("/a", "A")
        source = carry(sources.add_source(agent, kind="website", config={"url": site.url}))
    assert (source.learned, seen["/"], seen["/a"]) == (2, 0, 1)


def test_a_page_of_many_costs_few_questions_to_the_database(agent):
    with Site(validators=("etag",)) as site:
        site.put_page("/", "Home", links=[f"/p{n}" for n in range(100)])
        for n in range(100):
            site.put_page(f"/p{n}", f"Page {n}", text=f"The number of this page is {n}. " * 12)
        source = sources.add_source(agent, kind="website", config={"url": site.url})
        for most in (5, 3):  # each; reading it for the first time took 46
            with CaptureQueriesContext(
                connection,
            ) as asked:
                source = carry(source)
            assert source.learned == 101
            assert len(asked) < most * 101
            source = sources.sync_again(source)
