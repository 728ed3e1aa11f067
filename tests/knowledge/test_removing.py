"""A source that its owner removed is hidden at once, and gone whatever happens to the workers."""

import signal
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.knowledge import batching, findings, indexing, sources, sweeping, syncing, tasks
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.index_models import LENGTHS, SignBlock, TermBlock
from apps.knowledge.missing import collecting
from apps.knowledge.models import Document, Passage, Source
from apps.knowledge.question_models import QuestionCheck
from apps.knowledge.recording import record
from apps.knowledge.retrieval import audiences, searching, spaces
from apps.knowledge.space_models import EmbeddingSpace
from apps.workspaces.models import AuditEvent
from berrydesk.db import leases
from berrydesk.db.leases import LostLease
from tests.cast import a_source, carry_away
from tests.knowledge.test_sweeping import HELP, HOURS, RETURNS, swept, teach
from tests.runs import worker

pytestmark = pytest.mark.django_db


def found(agent, question="Do you ship to Norway?", audience=audiences.PUBLIC):
    return {passage.title for passage in searching.search(agent, question, audience=audience)}


def _shown(numbers, audience):
    return {candidate.number for candidate in searching._load(dict.fromkeys(numbers, 1.0), audience)}


NORWAY = "We ship to Norway. Parcels to Norway take 3 to 5 working days."


def test_from_the_very_commit_on_nothing_of_it_is_found_or_told(agent, ada):
    keeping = a_source(agent, "kept", "Parcels to Sweden take 2 days.")
    source = a_source(agent, "leaving", f"# Do you ship to Norway?\n\n{NORWAY}", "Duties for Norway: none.")
    assert "leaving 0" in found(agent)
    sources.delete_source(source, by=ada)
    assert Passage.objects.filter(document__source=source).count() == 2  # no worker was there yet
    for audience in (audiences.PUBLIC, audiences.OWNER, audiences.Audience(is_guided=True)):
        assert found(agent, audience=audience) == {"kept 0"}
    for audience in (audiences.PUBLIC, audiences.OWNER):
        assert [one.title for one in audience.visible(Document.objects.filter(agent=agent))] == ["kept 0"]
    assert not [one for one in collecting.candidates(agent) if "Norway" in one.question]
    assert [document.title for document in Document.objects.in_use()] == ["kept 0"]
    assert list(Source.objects.all()) == [keeping]
    assert AuditEvent.objects.filter(verb="source.deleted").count() == 1


def test_what_the_numbers_do_not_hide_yet_is_not_shown_either(agent):
    """A source is closed while somebody searches: the last look at each passage's source decides."""
    source = a_source(agent, "leaving", NORWAY)
    numbers = list(Passage.objects.values_list("number", flat=True))
    assert _shown(numbers, audiences.PUBLIC) == set(numbers)
    Source.objects.filter(pk=source.pk).update(is_internal=True)
    assert not _shown(numbers, audiences.PUBLIC)
    assert _shown(numbers, audiences.OWNER) == set(numbers)
    sources.delete_source(source)
    assert not _shown(numbers, audiences.OWNER)


def test_a_worker_takes_all_of_it_away_and_nothing_else(agent):
    a_source(agent, "kept", "Parcels to Sweden take 2 days.")
    as_it_was = (dict(searching.postings.languages(agent)), TermBlock.objects.count())
    source = a_source(agent, "leaving", *[f"Parcel number {n} to Norway." for n in range(7)])
    sources.delete_source(source)
    assert carry_away(source)
    assert not Source.also_being_removed.filter(pk=source.pk).exists()
    assert (dict(searching.postings.languages(agent)), TermBlock.objects.count()) == as_it_was
    assert Passage.objects.count() == 1 and SignBlock.objects.count() == 1
    assert found(agent) == {"kept 0"}


def test_the_secrets_of_a_plugins_source_go_with_it_and_those_of_a_service_stay(agent):
    def connected(kind, service):
        row = keeping.keep(
            agent.workspace_id, kind=Kind.SERVICE, service=service, name=service, secrets={"token": "t"}
        )
        about = {"kind": kind, "config": {"centre": row.name}, "connection": row}
        return Source.objects.create(workspace_id=agent.workspace_id, agent=agent, name=kind, **about)

    for source in (connected("centre.articles", "centre.articles"), connected("notion", "notion")):
        sources.delete_source(source)
        assert carry_away(source)
    assert [row.service for row in Connection.objects.all()] == ["notion"]


def test_secrets_that_another_source_reads_through_stay(agent):
    row = keeping.keep(
        agent.workspace_id,
        kind=Kind.SERVICE,
        service="centre.articles",
        name="Centre",
        secrets={"token": "t"},
    )
    about = {"workspace_id": agent.workspace_id, "agent": agent, "kind": "centre.articles", "connection": row}
    first, second = (Source.objects.create(name=name, **about) for name in ("first", "second"))
    sources.delete_source(first)
    assert carry_away(first)
    assert Connection.objects.get() == row
    sources.delete_source(second)
    assert carry_away(second)
    assert not Connection.objects.exists()


def test_a_run_ends_and_the_next_goes_on(agent):
    source = a_source(agent, "leaving", *[f"Parcel number {n} to Norway." for n in range(150)])
    sources.delete_source(source)
    assert not carry_away(source, run_s=0, most=100)
    assert Document.objects.filter(source=source).count() == 50
    assert carry_away(source)
    assert not Document.objects.exists() and not Source.also_being_removed.exists()


def test_removing_twice_is_as_once(agent, ada):
    source = a_source(agent, "leaving", NORWAY)
    sources.delete_source(source, by=ada)
    asked_at = Source.also_being_removed.get().removal_asked_at
    sources.delete_source(source, by=ada)
    assert Source.also_being_removed.get().removal_asked_at == asked_at
    carry_away(source)
    sources.delete_source(source, by=ada)
    assert AuditEvent.objects.filter(verb="source.deleted").count() == 1


def test_a_sync_in_progress_stops_and_teaches_it_nothing_more(agent):
    source = sources.add_source(agent, kind="text", config={"text": NORWAY})
    with leases.claim(Source, source.pk, for_s=120) as row:
        run = syncing._Run(row, time.monotonic() + 60)
        run.begin()
        sources.delete_source(source)
        with pytest.raises(LostLease):
            record(row, [Outcome(external_id="text", title="Norway", text=NORWAY)], run.fence)
        with pytest.raises(LostLease):
            run.finish()
        assert syncing.sync(row)
    assert not Document.objects.exists()
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert row is None
    assert carry_away(source)


def test_what_the_api_sends_meanwhile_belongs_to_a_new_source(agent):
    teach(agent, RETURNS)
    old = Source.objects.get()
    sources.delete_source(old)
    with pytest.raises(LostLease):
        item = {"external_id": "late", "title": "Late", "text": NORWAY}
        indexing.learn_documents(old, [item], fence=old.must_stay)
    batching.batch(agent, [{"external_id": "new", "title": "Norway", "text": NORWAY}])
    new = Source.objects.get()
    assert new.pk != old.pk and found(agent) == {"Norway"}
    carry_away(old)
    assert Source.objects.get() == new and found(agent) == {"Norway"}


def test_the_same_source_can_be_added_again_at_once(agent):
    first = sources.add_source(agent, kind="text", config={"text": NORWAY})
    sources.delete_source(first)
    second = sources.add_source(agent, kind="text", config={"text": NORWAY})
    assert second.pk != first.pk
    carry_away(first)
    assert Source.objects.get() == second


def test_its_findings_are_not_shown_and_what_it_answered_is_looked_at_again(agent):
    help_page = a_source(agent, "help", HELP[2])
    teach(agent, RETURNS, HOURS)
    swept(agent)
    assert [row.kind for row in findings.shown(agent)] == ["contradiction"]
    QuestionCheck.objects.update(due_at=None)
    sources.delete_source(help_page)
    assert not findings.shown(agent).exists() and findings.counts(agent) == {}
    assert QuestionCheck.objects.get().due_at and sweeping.Sweep.objects.get().due_at
    swept(agent)
    assert not findings.shown(agent).exists()


def test_its_passages_are_not_embedded_any_more(agent):
    a_source(agent, "kept", "Parcels to Sweden take 2 days.")
    source = a_source(agent, "leaving", NORWAY)
    space = EmbeddingSpace.objects.create(
        workspace_id=agent.workspace_id,
        agent=agent,
        model="m",
        dimensions=2,
        probe=[1, 0, 1, 0],
        longest=1000,
    )
    assert spaces.missing(space).count() == 2
    sources.delete_source(source)
    assert spaces.missing(space).count() == 1
    assert spaces.counts(space) == (0, 1)


def test_the_sweep_finds_a_removal_that_lost_its_worker(agent):
    source = a_source(agent, "leaving", NORWAY)
    sources.delete_source(source)
    assert tasks.sweep() == 0
    long_ago = timezone.now() - timedelta(minutes=1)
    Source.also_being_removed.update(removal_asked_at=long_ago)
    assert tasks.sweep() == 1
    Source.also_being_removed.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert tasks.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_at_any_moment_leaves_nothing_behind(agent):
    a_source(agent, "kept", "Parcels to Sweden take 2 days.")
    source = a_source(agent, "leaving", *[f"Parcel number {n} to Norway." for n in range(450)])
    left = Document.objects.filter(source=source)
    sources.delete_source(source)
    kills = 0
    while Source.also_being_removed.filter(pk=source.pk).exists():
        child, before = worker.at_work(source, "removing.remove(source, most=100)"), left.count()
        while kills < 3 and child.poll() is None and left.count() == before:
            pass
        if kills < 3 and child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.wait(60)
        while not leases.is_free(Source.also_being_removed.filter(pk=source.pk).first() or source):
            threading.Event().wait(0.05)
        assert found(agent) <= {"kept 0"}
    assert kills >= 2
    assert list(Document.objects.values_list("title", flat=True)) == ["kept 0"]
    numbers = set(Passage.objects.values_list("number", flat=True))
    assert set(searching.postings.read(agent, [LENGTHS])[LENGTHS][0].tolist()) == numbers
    assert sum(searching.postings.languages(agent).values()) == 1
