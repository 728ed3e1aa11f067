"""What a sync found goes live only when its owner says so, where the source is set to that."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as settings_of_project
from django.db import connection
from django.utils import timezone

from apps.knowledge import batching, curating, curating_errors, reviewing, sources, syncing, tasks
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import Document, Source
from apps.knowledge.question_models import QuestionCheck
from apps.knowledge.retrieval import postings, searching
from apps.knowledge.review_models import PendingChange
from apps.workspaces.models import AuditEvent
from berrydesk.db import leases
from tests.peers.site import Site

OLD = "You can return boots within 30 days. " * 8
NEW = "You can return boots within 60 days. " * 8


@pytest.fixture(autouse=True)
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def site():
    with Site() as running:
        running.put_page("/", "Home", links=["/returns", "/hours"])
        running.put_page("/returns", "Returns", text=OLD)
        running.put_page("/hours", "Hours", text="Open from ten to six. " * 8)
        yield running


@pytest.fixture
def source(agent, site, ada):
    made = carry(sources.add_source(agent, kind="website", config={"url": site.url}))
    sources.review_changes(made, True, ada)
    return made


def carry(source):
    with leases.claim(Source, source.pk, for_s=300) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def again(source):
    return carry(sources.sync_again(source))


def found(agent, question="return boots"):
    return " ".join(f.text for f in searching.search(agent, question))


def waiting():
    return [(c.kind, c.title) for c in PendingChange.objects.waiting().oldest_first()]


def test_what_a_sync_finds_waits_and_what_is_live_stays(agent, site, source):
    site.put_page("/returns", "Returns", text=NEW)
    site.put_page("/", "Home", links=["/returns", "/repairs"])
    site.put_page("/repairs", "Repairs", text="We mend zips of jackets. " * 8)
    source = again(source)
    assert sorted(waiting()) == [("changed", "Returns"), ("gone", "Hours"), ("new", "Repairs")]
    assert "30 days" in found(agent) and "60 days" not in found(agent)
    assert "ten to six" in found(agent, "when are you open") and "zips" not in found(agent, "mend zips")
    row = source.documents.get(title="Repairs")
    assert (row.status, row.problem["code"]) == ("waiting", "held_for_review")
    assert (source.status, source.learned, source.skipped) == ("ready", 2, 1)
    again(source)
    assert len(waiting()) == 3


def test_accepted_one_by_one_each_goes_live_once(agent, site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    site.put_page("/", "Home", links=["/returns", "/repairs"])
    site.put_page("/repairs", "Repairs", text="We mend zips of jackets. " * 8)
    again(source)
    for change in PendingChange.objects.waiting():
        reviewing.accept(change, ada)
        with pytest.raises(curating_errors.ChangeOvertaken):
            reviewing.accept(change, ada)
    assert not PendingChange.objects.exists()
    assert "60 days" in found(agent) and "zips" in found(agent, "mend zips")
    assert "ten to six" not in found(agent, "when are you open")
    assert source.documents.get(title="Returns").versions.count() == 1
    assert AuditEvent.objects.filter(verb="change.accepted", actor=ada).count() == 3
    source.refresh_from_db()
    assert (source.status, source.learned, source.skipped) == ("ready", 3, 0)
    again(source)
    assert waiting() == []


def test_a_declined_change_is_offered_again_only_when_the_page_changes(agent, site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    reviewing.decline(PendingChange.objects.get(), ada)
    again(source)
    assert waiting() == [] and "30 days" in found(agent)
    site.put_page("/returns", "Returns", text=NEW.replace("60", "90"))
    again(source)
    assert waiting() == [("changed", "Returns")]
    reviewing.decline(PendingChange.objects.get(), ada)
    site.put_page("/returns", "Returns", text=OLD)
    again(source)
    assert not PendingChange.objects.exists()


def test_a_declined_page_says_so_and_can_still_be_accepted(agent, site, source, ada):
    site.put_page("/", "Home", links=["/returns", "/hours", "/repairs"])
    site.put_page("/repairs", "Repairs", text="We mend zips of jackets. " * 8)
    again(source)
    reviewing.decline(PendingChange.objects.get(kind="new"), ada)
    again(source)
    row = source.documents.get(title="Repairs")
    assert (row.status, row.problem["code"]) == ("skipped", "declined")
    reviewing.accept(PendingChange.objects.get(kind="new"), ada)
    assert "zips" in found(agent, "mend zips")


def test_a_declined_end_is_not_offered_again_until_the_page_came_back(agent, site, source, ada):
    def vanish():
        site.put_page("/", "Home", links=["/returns"])
        site.take_away("/hours")
        again(source)

    vanish()
    reviewing.decline(PendingChange.objects.get(), ada)
    again(source)
    assert waiting() == [] and "ten to six" in found(agent, "when are you open")
    site.put_page("/", "Home", links=["/returns", "/hours"])
    site.put_page("/hours", "Hours", text="Open from ten to six. " * 8)
    again(source)
    assert not PendingChange.objects.exists()
    vanish()
    assert waiting() == [("gone", "Hours")]


def test_all_together_is_carried_by_a_worker(agent, site, source, ada, django_capture_on_commit_callbacks):
    site.put_page("/returns", "Returns", text=NEW)
    site.put_page("/", "Home", links=["/returns"])
    again(source)
    with django_capture_on_commit_callbacks() as callbacks:
        assert sources.accept_changes(source, ada) == 2
    assert len(callbacks) == 1 and waiting() == []
    tasks.carry_out_changes(str(source.workspace_id), str(source.pk))
    assert not PendingChange.objects.exists()
    assert "60 days" in found(agent) and not Document.objects.filter(title="Hours").exists()
    assert AuditEvent.objects.filter(verb="change.accepted", actor=ada).count() == 2


@pytest.mark.parametrize("vanishes", [False, True])
def test_what_is_declined_while_a_worker_is_at_it_does_not_go_live(agent, site, source, ada, vanishes):
    if vanishes:
        site.put_page("/", "Home", links=["/hours"])
        site.take_away("/returns")
    else:
        site.put_page("/returns", "Returns", text=NEW)
    site.put_page("/hours", "Hours", text="Open from nine to five. " * 8)
    again(source)
    sources.accept_changes(source, ada)
    read = reviewing._portion(source)
    declined = PendingChange.objects.get(title="Returns")
    reviewing.decline(declined, ada)
    reviewing._carry(source, read)
    assert "30 days" in found(agent) and "60 days" not in found(agent)
    assert "nine to five" in found(agent, "when are you open")
    assert list(PendingChange.objects.declined()) == [declined]
    verbs = AuditEvent.objects.filter(verb__startswith="change.").values_list("verb", flat=True)
    assert sorted(verbs) == ["change.accepted", "change.declined"]


def test_who_accepts_a_change_of_a_source_that_is_being_removed_is_told(site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    change = PendingChange.objects.select_related("source").get(title="Returns")
    sources.delete_source(source, by=ada)
    with pytest.raises(curating_errors.SourceRemoved, match="was deleted meanwhile"):
        reviewing.accept(change, ada)


def test_no_worker_is_woken_for_what_was_accepted_of_a_source_that_is_being_removed(site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    sources.accept_changes(source, ada)
    PendingChange.objects.update(accepted_at=timezone.now() - timedelta(minutes=1))
    QuestionCheck.objects.update(due_at=None)
    assert tasks.sweep() == 1
    sources.delete_source(source)
    QuestionCheck.objects.update(due_at=None)
    assert tasks.sweep() == 0


def test_all_together_can_be_declined(site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    site.put_page("/hours", "Hours", text=NEW)
    again(source)
    assert reviewing.decline_all(source, ada) == 2
    assert waiting() == [] and PendingChange.objects.declined().count() == 2


def test_what_changed_once_more_before_it_was_carried_out_waits_again(agent, site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    sources.accept_changes(source, ada)
    site.put_page("/returns", "Returns", text=NEW.replace("60", "90"))
    again(source)
    assert reviewing.carry_out(source)
    assert waiting() == [("changed", "Returns")] and "30 days" in found(agent)


def test_a_corrected_document_asks_beside_its_correction_not_twice(site, source, ada):
    document = source.documents.get(title="Returns")
    curating.correct(document, "Within 45 days.", ada)
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    document.refresh_from_db()
    assert waiting() == [] and document.text == "Within 45 days."
    assert "60 days" in document.correction.page_text


def test_a_first_sync_under_review_learns_nothing_yet(agent, site, ada):
    source = sources.add_source(agent, kind="website", config={"url": site.url})
    sources.review_changes(source, True, ada)
    carry(source)
    assert (source.status, source.problem["code"], len(waiting())) == ("failed", "held_for_review", 3)
    sources.accept_changes(source, ada)
    assert reviewing.carry_out(source)
    source.refresh_from_db()
    assert (source.status, source.problem, source.learned) == ("ready", None, 3)


def test_switched_off_the_next_sync_learns_what_waited(agent, site, source, ada):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    sources.review_changes(source, False, ada)
    again(source)
    assert not PendingChange.objects.exists() and "60 days" in found(agent)


WORKER = """
import sys
import django
django.setup()
from django.conf import settings
settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[3]
from apps.knowledge import curating, reviewing, syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
with in_workspace(sys.argv[1]):
    source = Source.objects.get(pk=sys.argv[2])
    print("ready", flush=True)
    with leases.claim(Source, source.pk, for_s=1) as row:
        if row:
            syncing.sync(row)
    reviewing.carry_out(source)
    for n in range(40):
        curating.correct(source.documents.get(title="Hours"), f"Open from {n} to {n + 1}.")
    print("done", flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_at_any_moment_loses_and_doubles_nothing(agent, site, source):
    """In a sync that holds changes, in carrying out what was accepted, in the middle of corrections."""
    for n in range(12):
        site.put_page(f"/p{n}", f"Page {n}", text=f"The number of this page is {n}. " * 12)
    site.put_page("/", "Home", links=["/returns", "/hours", *(f"/p{n}" for n in range(12))])
    source = sources.sync_again(source)
    for wait_s in (0.3, 0.6, 1.0, 1.5, 2.0, None):
        child = a_worker(source)
        try:
            child.wait(wait_s or 60)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(10)
        if not PendingChange.objects.accepted().exists():
            reviewing.accept_all(source)
        Source.objects.filter(pk=source.pk).update(lease_until=None, lease_by="")
    assert child.returncode == 0
    reviewing.carry_out(source)
    source.refresh_from_db()
    titles = sorted(source.documents.learned().values_list("title", flat=True))
    assert titles == sorted(["Home", "Hours", "Returns", *(f"Page {n}" for n in range(12))])
    assert not PendingChange.objects.exists()
    for document in source.documents.all():
        kept = list(document.passages.values_list("position", flat=True))
        assert kept == sorted(set(kept)) and len(kept) == 1
    hours = source.documents.get(title="Hours")
    assert hours.text == "Open from 39 to 40." and hours.versions.count() == 20
    assert len({v.digest for v in hours.versions.all()}) == 20
    assert [f.title for f in searching.search(agent, "the number of page 7")].count("Page 7") == 1


def a_worker(source):
    name = connection.settings_dict["NAME"]
    child = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(source.workspace_id), str(source.pk), name],
        cwd=settings_of_project.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "berrydesk.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline().strip() == "ready"
    return child


@pytest.fixture
def another():
    """A worker's own session with the database."""
    session = connection.copy()
    yield session
    session.close()


def test_only_one_worker_carries_a_sources_changes_out(agent, site, source, ada, another):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    sources.accept_changes(source, ada)
    key = [f"changes:{source.pk}"]
    another.cursor().execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
    assert reviewing.carry_out(source) and PendingChange.objects.accepted().count() == 1
    another.cursor().execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
    assert reviewing.carry_out(source) and not PendingChange.objects.exists()


@pytest.fixture
def poison():
    """PostgreSQL itself refuses passages with this word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.text LIKE '%poison%' THEN RAISE EXCEPTION 'no such passage'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON knowledge_passage FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION refuse CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_waits_again_and_the_others_go_live(agent, site, source, ada, poison):
    site.put_page("/", "Home", text="Fits everybody. " * 12, links=["/returns", "/hours"])
    site.put_page("/returns", "Returns", text=NEW)
    site.put_page("/hours", "Hours", text="The poison of this page. " * 8)
    again(source)
    sources.accept_changes(source, ada)
    assert reviewing.carry_out(source)
    assert waiting() == [("changed", "Hours")] and "60 days" in found(agent)
    problem = source.documents.get(title="Hours").problem
    assert problem["code"] == "change_failed" and "Reference: " in problem["remedy"]
    assert AuditEvent.objects.filter(verb="change.accepted").count() == 2


def test_what_time_was_too_short_for_the_next_run_carries_out(site, source, ada):
    site.put_page("/", "Home", links=["/returns", "/hours", *(f"/p{n}" for n in range(55))])
    for n in range(55):
        site.put_page(f"/p{n}", f"Page {n}", text=f"The number of this page is {n}. " * 8)
    again(source)
    sources.accept_changes(source, ada)
    left = PendingChange.objects.accepted().count() - reviewing.PORTION
    assert not reviewing.carry_out(source, lambda: True)
    assert PendingChange.objects.accepted().count() == left > 0
    assert reviewing.carry_out(source, lambda: True)
    source.refresh_from_db()
    assert source.learned == 58


def test_nobody_accepts_while_a_change_is_noted(agent, source, another):
    taken = []

    def fence():
        words = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
        taken.extend(another.cursor().execute(words, [postings._LOCK, str(agent.pk)]).fetchone())

    reviewing.hold(source, Outcome(external_id="new", title="New", text="Something new."), fence)
    assert taken == [False] and waiting() == [("new", "New")]


def test_what_comes_by_the_api_cannot_wait_for_review(agent, ada):
    batching.batch(agent, [{"external_id": "a", "title": "A", "text": "Said by a program."}])
    made = Source.objects.get(kind="api")
    with pytest.raises(curating_errors.NeverReviewed) as told:
        sources.review_changes(made, True, ada)
    assert "Leave review off" in told.value.remedy
    sources.review_changes(made, False, ada)
