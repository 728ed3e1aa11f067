"""A sync may be stopped, killed, repeated or starved: nothing is lost, nothing is counted twice."""

import errno
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.knowledge import recording, sources, syncing, tasks
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import Document, Passage, Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from tests.cast import carry_away
from tests.peers.site import Site
from tests.runs import worker


@pytest.fixture(autouse=True)
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def site():
    with Site() as running:
        running.put_page("/", "Home", links=[f"/p{n}" for n in range(10)])
        for n in range(10):
            running.put_page(f"/p{n}", f"Page {n}", text=f"The number of this page is {n}. " * 12)
        yield running


def carry(source, **options):
    with leases.claim(Source, source.pk, for_s=120) as row:
        is_over = syncing.sync(row, **options)
    source.refresh_from_db()
    return is_over


def a_site_source(agent, site):
    return sources.add_source(agent, kind="website", config={"url": site.url})


def titles(source):
    return sorted(source.documents.learned().values_list("title", flat=True))


def test_an_unchanged_site_is_learned_once(agent, site):
    source = a_site_source(agent, site)
    carry(source)
    before = {d.external_id: d.learned_at for d in source.documents.all()}
    source = sources.sync_again(source)
    assert (source.status, source.learned) == ("queued", 0)
    carry(source)
    assert (source.status, source.learned) == ("ready", 11)
    assert {d.external_id: d.learned_at for d in source.documents.all()} == before


def test_a_changed_page_is_one_changed_document(agent, site):
    source = a_site_source(agent, site)
    carry(source)
    before = {d.external_id: d.learned_at for d in source.documents.all()}
    site.put_page("/p3", "Page 3", text="This page is new. " * 12)
    source = sources.sync_again(source)
    carry(source)
    changed = [d for d in source.documents.all() if d.learned_at != before[d.external_id]]
    assert [d.title for d in changed] == ["Page 3"]


def test_a_page_that_vanished_is_forgotten_after_a_complete_sync(agent, site):
    source = a_site_source(agent, site)
    carry(source)
    site.take_away("/p4")  # still linked: it answers 404 now
    site.put_page("/", "Home", links=[f"/p{n}" for n in range(10) if n != 5])  # p5 is linked no more
    source = sources.sync_again(source)
    carry(source)
    assert titles(source) == ["Home"] + [f"Page {n}" for n in range(10) if n not in (4, 5)]
    assert not source.documents.filter(url=site.url + "/p5").exists()
    row = source.documents.get(url=site.url + "/p4")
    assert (row.status, row.problem["code"], row.passages.count()) == ("skipped", "page_not_found", 0)
    assert source.status == "ready"


@pytest.mark.parametrize("trouble", ["start_gone", "start_fails", "one_fails", "closed", "blank", "dead"])
def test_a_sync_in_trouble_empties_nothing(agent, site, trouble):
    source = a_site_source(agent, site)
    carry(source)
    if trouble == "start_gone":
        site.take_away("/")
    elif trouble == "start_fails":
        site.put("/", status=500, headers={"Retry-After": "0"})
    elif trouble == "one_fails":
        site.put_page("/", "Home", links=["/p1", "/p2"])
        site.put("/p1", status=500, headers={"Retry-After": "0"})
    elif trouble == "closed":
        site.put("/robots.txt", "User-agent: *\nDisallow: /")
    elif trouble == "blank":
        site.put("/", "<html></html>")
    else:
        site.put("/robots.txt", status=503)
    source = sources.sync_again(source)
    carry(source)
    assert (source.status, source.documents.learned().count()) == ("partial", 11)
    assert Passage.objects.filter(document__source=source).count() >= 11
    shown = source.problem or source.documents.with_problems().first().problem
    assert shown["message"] and shown["remedy"]


@pytest.mark.django_db(transaction=True)
def test_stop_keeps_what_was_learned(agent, site):
    source = a_site_source(agent, site)

    def press_stop(path):
        if path == "/p2":
            with in_workspace(agent.workspace_id):
                sources.stop(source)
            connection.close()

    site.before_each = press_stop
    carry(source)
    assert (source.status, source.problem["code"]) == ("partial", "stopped")
    assert 1 <= source.documents.learned().count() < 11
    site.before_each = None
    source = sources.sync_again(source)
    carry(source)
    assert (source.status, source.learned) == ("ready", 11)


def test_stopping_what_waits_ends_it(agent, site):
    source = a_site_source(agent, site)
    stopped = sources.stop(source)
    stopped.refresh_from_db()
    assert (stopped.status, stopped.problem["code"]) == ("failed", "stopped")
    assert site.asked == []


def test_a_run_that_is_over_lets_others_have_their_turn(agent, site):
    source = a_site_source(agent, site)
    runs = 0
    while not carry(source, run_s=0.05):
        runs += 1
        assert source.status == "syncing" and runs < 40
    assert runs > 1
    assert (source.status, source.learned, source.found) == ("ready", 11, 11)
    assert all(site.times_asked(f"/p{n}") == 1 for n in range(10))


def test_who_lost_the_lease_records_nothing_more(agent, site):
    source = a_site_source(agent, site)
    with leases.claim(Source, source.pk, for_s=120) as row:
        Source.objects.filter(pk=source.pk).update(lease_by="another")
        assert syncing.sync(row)
    source.refresh_from_db()
    assert (source.status, source.learned) == ("queued", 0)


def test_who_lost_the_lease_writes_no_cursor_back(agent, site):
    source = a_site_source(agent, site)
    with leases.claim(Source, source.pk, for_s=120) as row:
        row.remember(place=1)
        sources.stop(source)
        sources.sync_again(source)
        with pytest.raises(recording.LostLease):
            row.remember(place=2)
    source.refresh_from_db()
    assert source.cursor == {}


def test_two_workers_share_nothing(agent, site):
    source = a_site_source(agent, site)
    with leases.claim(Source, source.pk, for_s=120) as first, leases.claim(Source, source.pk) as second:
        assert first is not None and second is None


@pytest.fixture
def disk_for_four(agent):
    """PostgreSQL itself refuses, with the code it has for a full disk, from the fifth passage on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF (SELECT count(*) FROM knowledge_passage) >= 4 THEN"
            " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';"
            " END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON knowledge_passage FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    yield _more_room
    _more_room()


def _more_room():
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS full_disk CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_a_sentence_and_what_was_learned_stays(agent, site, disk_for_four):
    source = a_site_source(agent, site)
    carry(source)
    assert (source.status, source.learned, source.problem["code"]) == ("partial", 4, "disk_full")
    assert "Reference: " in source.problem["remedy"] and "psycopg" not in source.problem["message"]
    assert source.documents.learned().count() == 4
    disk_for_four()
    source = sources.sync_again(source)
    carry(source)
    assert (source.status, source.learned) == ("ready", 11)


def test_a_full_disk_is_known_whoever_met_it():
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise RuntimeError("could not store") from error
    except RuntimeError as error:
        assert syncing._is_disk_full(error)
    assert not syncing._is_disk_full(OSError(errno.ENOENT, "gone"))


def test_what_nobody_foresaw_is_a_sentence_with_a_reference(agent, caplog):
    source = sources.add_source(agent, kind="text", config={"text": "Hello there."})
    Source.objects.filter(pk=source.pk).update(config={})
    carry(source)
    assert (source.status, source.problem["code"]) == ("failed", "sync_crashed")
    reference = source.problem["remedy"].rstrip(".").rsplit(" ", 1)[1]
    assert reference in caplog.text and "KeyError" in caplog.text
    assert "KeyError" not in source.problem["message"] + source.problem["remedy"]


def test_a_source_that_kills_its_workers_is_given_up(agent, site):
    source = a_site_source(agent, site)
    Source.objects.filter(pk=source.pk).update(attempts=syncing.MOST_ATTEMPTS)
    carry(source)
    assert (source.status, source.problem["code"]) == ("failed", "sync_gave_up")


def test_the_sweep_finds_what_lost_its_worker(agent, site):
    source = a_site_source(agent, site)
    long_ago = timezone.now() - timedelta(minutes=1)
    Source.objects.filter(pk=source.pk).update(created_at=long_ago, status="syncing", lease_until=long_ago)
    assert tasks.sweep() == 1
    Source.objects.filter(pk=source.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert tasks.sweep() == 0
    Source.objects.filter(pk=source.pk).update(lease_until=None, status="ready")
    assert tasks.sweep() == 0


def test_a_deleted_source_leaves_nothing(agent, site):
    source = a_site_source(agent, site)
    carry(source)
    sources.delete_source(source)
    carry_away(source)
    assert (
        not Source.also_being_removed.exists()
        and not Document.objects.exists()
        and not Passage.objects.exists()
    )
    sources.delete_source(source)


def test_deleting_a_source_that_is_read_ends_the_reading(agent, site):
    source = a_site_source(agent, site)
    with leases.claim(Source, source.pk, for_s=120) as row:
        sources.delete_source(source)
        assert syncing.sync(row)
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_at_any_moment_loses_and_doubles_nothing(agent, site):
    """Worker after worker is killed after so many requests, until one comes through."""
    source = a_site_source(agent, site)
    kills = 0
    for after in (2, 3, 4, None):
        child = worker.at_work(source, BERRYDESK_FETCH_ALLOW=["127.0.0.1"])
        if after is None:
            assert child.wait(60) == 0
            break
        target = len(site.asked) + after
        until = time.monotonic() + 30
        while len(site.asked) < target and child.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.wait(10)
        time.sleep(1.1)  # its lease runs out
    source.refresh_from_db()
    assert kills >= 2
    assert (source.status, source.found, source.learned, source.failed) == ("ready", 11, 11, 0)
    assert titles(source) == ["Home"] + [f"Page {n}" for n in range(10)]
    numbers = [
        text for text in source.documents.values_list("text", flat=True) if "number of this page" in text
    ]
    assert len(set(numbers)) == 10
    assert Passage.objects.filter(document__source=source).count() == 11


def page_saying(text):
    return Outcome(external_id="text", title="Page", text=text)


def test_who_lost_the_lease_teaches_nothing(agent):
    """A file is replaced while a worker still reads the old one: what it read late must not come back."""
    source = sources.add_source(agent, kind="text", config={"text": "The old text of the page."})
    late = syncing._Run(leases.take(Source.objects.filter(pk=source.pk), for_s=20), time.monotonic() + 60)
    late.begin()
    sources.stop(source)
    sources.sync_again(source)
    fresh = syncing._Run(leases.take(Source.objects.filter(pk=source.pk), for_s=20), time.monotonic() + 60)
    fresh.begin()
    with pytest.raises(syncing.LostLease):
        recording.record(late.source, [page_saying("The old text of the page.")], late.fence)
    assert not source.documents.exists()
    recording.record(fresh.source, [page_saying("The new text of the page.")], fresh.fence)
    fresh.finish()
    assert source.documents.get().text == "The new text of the page."
