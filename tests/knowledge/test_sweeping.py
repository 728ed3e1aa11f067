"""The sweep finds what is wrong, remembers what was looked at and what was said, and costs what changed."""

import time
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from apps.knowledge import batching, curating, findings, sharing, sweeping, tasks
from apps.knowledge.finding_models import Dismissal, Finding, FindingPlace, Sweep, SweptDocument
from apps.knowledge.models import Document, Source
from apps.knowledge.sweep import recording, surroundings
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from tests.benchmarks.sweeping import article

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RETURNS = ("returns", "Returns", "You can return unworn boots within 30 days of delivery. We refund in full.")
HELP = ("help", "Help", "Boots can be sent back within 14 days. Use the label in your parcel.")
HOURS = ("hours", "Opening hours", "Our shop in Bremen is open Monday to Saturday from 10:00 to 18:00.")


def teach(agent, *documents):
    return batching.batch(agent, [{"external_id": i, "title": t, "text": x} for i, t, x in documents])


def swept(agent, now=NOW, **options):
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk, for_s=900) as row:  # the heart beats outside of the test's transaction
        while not sweeping.sweep(row, now=now, **options):
            pass
    return Sweep.objects.get(pk=row.pk)


def found(agent, kind=None):
    return [
        (row.kind, tuple(sorted(p.document.external_id for p in row.places.all())))
        for row in findings.shown(agent, kind)
    ]


def a_contradiction(agent):
    teach(agent, RETURNS, HELP, HOURS)
    swept(agent)
    return findings.shown(agent, "contradiction").get()


def test_two_pages_that_differ_stand_side_by_side_with_their_words(agent):
    row = a_contradiction(agent)
    left, right = findings.sides(row)
    assert {left.place.words, right.place.words} == {"30 days", "14 days"}
    assert row.subject == "How long can a customer return something?"
    assert findings.remedies(row) == ["keep_left", "keep_right", "edit", "dismiss"]


def test_keeping_one_side_sets_the_other_page_aside(agent, ada):
    row = a_contradiction(agent)
    (gone,) = findings.keep(row, 0, by=ada)
    gone.refresh_from_db()
    assert gone.set_aside_at and gone.set_aside_by == ada
    assert found(agent) == []
    curating.take_back(gone, ada)
    swept(agent)
    assert len(found(agent, "contradiction")) == 1


def test_no_conflict_is_remembered_until_the_differing_words_change(agent, ada):
    row = a_contradiction(agent)
    findings.dismiss(row, by=ada)
    findings.dismiss(row, by=ada)
    assert Dismissal.objects.count() == 1 and found(agent) == []
    swept(agent)
    teach(agent, (*HELP[:2], HELP[2].replace("Use the label", "Please use the printed label")))
    teach(agent, (*HELP[:2], HELP[2].replace("Boots can be", "Unworn boots can be")))
    swept(agent)
    assert found(agent) == []
    teach(agent, (*HELP[:2], HELP[2].replace("14 days", "21 days")))
    swept(agent)
    assert found(agent) == [("contradiction", ("help", "returns"))]


def test_what_was_dismissed_can_be_taken_back(agent, ada):
    row = a_contradiction(agent)
    findings.dismiss(row, by=ada)
    findings.take_back(findings.dismissed(agent).get(), by=ada)
    assert len(found(agent)) == 1


def test_a_finding_vanishes_when_its_text_agrees(agent):
    a_contradiction(agent)
    teach(agent, (*HELP[:2], HELP[2].replace("14 days", "thirty days")))
    swept(agent)
    assert found(agent) == [] and not Finding.objects.exists() and not FindingPlace.objects.exists()


def test_what_is_for_the_team_alone_may_speak_its_language(agent, ada):
    teach(agent, ("late", "Late parcels", "CS only: escalate to Tier 2 in JIRA, then close SUP-4711."), HOURS)
    swept(agent)
    assert found(agent) == [("jargon", ("late",))]
    source = Source.objects.get()
    for is_internal, stands in ((True, []), (False, [("jargon", ("late",))])):
        sharing.share(source, is_internal=is_internal, by=ada)
        assert Sweep.objects.get().due_at
        swept(agent)
        assert found(agent) == stands
        assert not SweptDocument.objects.exclude(rules=surroundings.RULES).exists()


def test_what_becomes_internal_while_a_sweep_runs_is_looked_at_once_more(agent, ada):
    teach(agent, HOURS)
    swept(agent)
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk, for_s=900) as row:
        run = sweeping._Run(row, NOW)
        document = Document.objects.get()
        sharing.share(document.source, is_internal=True, by=ada)
        run._write([(document, [], (), None)], 0, NOW)  # what was read before the change
    assert surroundings.waiting(agent, NOW.date()).get() == document


def test_a_finding_vanishes_with_its_document(agent):
    a_contradiction(agent)
    Document.objects.filter(external_id="help").delete()
    assert found(agent) == []
    swept(agent)
    assert not Finding.objects.exists()


def test_the_same_finding_keeps_its_row(agent):
    before = a_contradiction(agent)
    teach(agent, (*HELP[:2], HELP[2] + "\n\nThe label is free."))
    swept(agent)
    assert findings.shown(agent).get().pk == before.pk


def test_nothing_that_did_not_change_is_compared_again(agent):
    teach(agent, RETURNS, HELP, HOURS)
    assert swept(agent).compared > 0
    again = swept(agent)
    assert (again.compared, again.done) == (0, 0)


def test_pairs_compared_grow_with_the_change_and_not_with_the_square_of_the_corpus(agent, scoped):
    from apps.agents.models import Agent

    large = Agent.objects.create(workspace=scoped, name="Large")
    sizes = {agent: 40, large: 160}
    whole, one = {}, {}
    for each, size in sizes.items():
        teach(each, *((f"d{n}", f"Article {n}", article(n)) for n in range(size)))
        whole[each] = swept(each).compared
        teach(each, ("d7", "Article 7", article(7) + " It is blue."))
        one[each] = swept(each).compared
    assert whole[large] < 6 * whole[agent]  # sixteen times with the square
    assert one[large] < 2.5 * one[agent]
    assert one[large] < whole[large] / 20


def test_a_footer_on_every_page_floods_nothing(agent):
    footer = "Our shop is open Monday to Friday from 9:00 to 17:00. Call 0421 555 0100 for help."
    teach(
        agent,
        ("visit", "Visit us", "Our shop is open Monday to Friday from 9:00 to 19:00. Come by."),
        *(
            (f"p{n}", f"Lamp {n}", f"The lamp number {n} shines in colour {n * 7}.\n\n{footer}")
            for n in range(12)
        ),
    )
    swept(agent)
    rows = findings.shown(agent)
    assert [row.kind for row in rows] == ["contradiction"]
    assert len(rows[0].places.all()) > 5 and "keep_left" not in findings.remedies(rows[0])


def test_a_date_that_goes_by_is_seen_without_any_change(agent):
    teach(agent, ("offer", "Offer", "This offer is valid until 31 December 2026. All lamps cost half."))
    row = swept(agent)
    assert found(agent) == [] and str(row.look_again_on) == "2026-12-31"
    later = datetime(2027, 1, 2, 12, tzinfo=UTC)
    assert sweeping.due_sweeps(later).filter(pk=row.pk).exists()
    swept(agent, now=later)
    assert found(agent) == [("outdated", ("offer",))]


def test_a_batch_asks_for_a_sweep_and_many_ask_for_one(agent):
    teach(agent, RETURNS)
    first = Sweep.objects.get(agent=agent)
    assert first.status == "waiting" and first.due_at > timezone.now()
    teach(agent, HELP)
    second = Sweep.objects.get(agent=agent)
    assert second.pk == first.pk and second.due_at >= first.due_at
    for _ in range(100):
        sweeping.ask(agent, in_s=1000)
    latest = Sweep.objects.get(agent=agent).due_at
    assert latest <= first.asked_at + timedelta(seconds=sweeping.MOST_PATIENCE_S)


def test_a_batch_that_changed_nothing_asks_for_no_sweep(agent):
    teach(agent, RETURNS)
    swept(agent)
    teach(agent, RETURNS)
    assert Sweep.objects.get(agent=agent).status == "done"


def test_a_run_that_ends_early_goes_on_where_it_stopped(agent):
    teach(agent, RETURNS, HELP, HOURS)
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk) as held:
        assert sweeping.sweep(held, now=NOW, run_s=-1) is False
    assert Sweep.objects.get(pk=row.pk).status == "running"
    assert SweptDocument.objects.count() == 1
    swept(agent)
    assert len(found(agent, "contradiction")) == 1
    assert Sweep.objects.get(pk=row.pk).done == 3


def test_a_worker_that_died_between_remembering_and_writing_loses_nothing(agent):
    a_contradiction(agent)
    FindingPlace.objects.all().delete()
    Finding.objects.all().delete()
    SweptDocument.objects.filter(document__external_id="help").update(rules=0)
    swept(agent)
    assert len(found(agent, "contradiction")) == 1


def test_who_lost_the_lease_writes_nothing(agent):
    teach(agent, RETURNS, HELP)
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk) as held:
        Sweep.objects.filter(pk=row.pk).update(lease_by="another", lease_until=timezone.now() + timedelta(60))
        assert sweeping.sweep(held, now=NOW) is True
    assert not Finding.objects.exists() and Sweep.objects.get(pk=row.pk).due_at is not None


def test_a_sweep_that_kills_worker_after_worker_says_so(agent):
    teach(agent, RETURNS)
    row = sweeping.ask(agent, in_s=0)
    Sweep.objects.filter(pk=row.pk).update(attempts=sweeping.MOST_ATTEMPTS + 1)
    with leases.claim(Sweep, row.pk) as held:
        sweeping.sweep(held, now=NOW)
    after = Sweep.objects.get(pk=row.pk)
    assert after.status == "failed" and after.problem["code"] == "sweep_gave_up"
    sweeping.ask(agent, in_s=0)
    assert Sweep.objects.get(pk=row.pk).status == "waiting"


def test_what_is_due_is_handed_to_a_worker(agent, scoped):
    teach(agent, RETURNS, HELP)
    Sweep.objects.filter(agent=agent).update(due_at=timezone.now() - timedelta(seconds=1))
    row = Sweep.objects.get(agent=agent)
    tasks.sweep_knowledge(str(scoped.pk), str(row.pk))
    assert Sweep.objects.get(pk=row.pk).status == "done"
    assert len(found(agent, "contradiction")) == 1


def test_a_link_to_a_page_that_is_gone_is_found_and_mended(agent):
    from apps.knowledge.models import DocumentStatus, Source

    teach(
        agent,
        ("home", "Home", "See [our sizes](https://nordlicht.example/sizes/) before you order boots from us."),
    )
    swept(agent)
    assert found(agent) == []
    source = Source.objects.get(agent=agent)
    missing = Document.objects.create(
        workspace_id=agent.workspace_id,
        source=source,
        agent=agent,
        external_id="sizes",
        url="https://nordlicht.example/sizes",
        status=DocumentStatus.SKIPPED,
        problem={"code": "page_not_found", "message": "There is no page.", "remedy": "Check it."},
    )
    swept(agent)
    assert found(agent) == [("broken_link", ("home",))]
    missing.delete()
    swept(agent)
    assert found(agent) == []


def test_another_workspace_sees_nothing(agent, mallory):
    a_contradiction(agent)
    with in_workspace(mallory.workspace):
        assert (
            not Finding.objects.exists() and not FindingPlace.objects.exists() and not Sweep.objects.exists()
        )


def test_a_page_deleted_while_it_is_looked_at_stops_nothing(agent, scoped):
    teach(agent, RETURNS, HELP)
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk, for_s=900) as held:
        run = sweeping._Run(held, NOW)
        run.begin()
        portion = run.next(surroundings.unread)
        run.remember(portion, time.monotonic() + 60)
        run.around.prepare(portion)
        Document.objects.filter(external_id="help").delete()
        run.look_at(portion, time.monotonic() + 60)
        run.finish()
    assert Sweep.objects.get(pk=row.pk).status == "done" and found(agent) == []


def test_a_date_on_a_page_that_was_set_aside_starts_no_sweep(agent, ada):
    teach(
        agent,
        ("offer", "Offer", "The summer offer runs until 30 November 2026. Every lamp costs half."),
        HOURS,
    )
    swept(agent)
    curating.set_aside(Document.objects.get(external_id="offer"), ada)
    swept(agent)
    later = NOW + timedelta(days=30)
    assert list(sweeping.due_sweeps(later)) == []
    assert Sweep.objects.get(agent=agent).look_again_on is None


def test_a_document_learned_anew_during_a_sweep_is_looked_at_once_and_then_by_the_next(agent):
    teach(agent, RETURNS, HELP, HOURS)
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk, for_s=900) as row:
        assert not sweeping.sweep(row, now=NOW, run_s=0)
        late = Document.objects.get(external_id="hours")
        Document.objects.filter(pk=late.pk).update(learned_at=timezone.now() + timedelta(seconds=5))
        SweptDocument.objects.filter(document=late).update(rules=0)
        while not sweeping.sweep(row, now=NOW):
            pass
    row = Sweep.objects.get(agent=agent)
    assert row.done <= row.total + 1
    assert row.due_at is None or list(surroundings.unread(agent, NOW.date())) != []


def test_what_was_learned_while_a_sweep_ended_is_swept_next(agent):
    teach(agent, RETURNS, HELP)
    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk, for_s=900) as row:
        run = sweeping._Run(row, NOW)
        run.begin()
        for look, waiting in ((run.remember, surroundings.unread), (run.look_at, surroundings.due)):
            while portion := run.next(waiting):
                look(portion, time.monotonic() + 60)
        teach(agent, HOURS)
        Sweep.objects.filter(pk=row.pk).update(
            due_at=run.was_due_at
        )  # asked again, and capped at the same moment
        run.finish()
    assert Sweep.objects.get(agent=agent).due_at is not None


def test_what_was_found_from_one_page_alone_stays_when_the_other_is_looked_at_later(agent):
    finding = a_contradiction(agent)
    one, other = (finding.places.get(side=side).document for side in (0, 1))
    recording.record(agent, other, [])
    assert findings.shown(agent, "contradiction").get() == finding, "looked at since, in the text of today"
    SweptDocument.objects.filter(document=one).update(rules=0)
    recording.record(agent, other, [], beside=[one.pk])
    assert findings.shown(agent, "contradiction").get() == finding, "looked at in the same transaction"
    teach(agent, (other.external_id, other.title, other.text + " Call us first."))
    other.refresh_from_db()
    recording.record(agent, other, [])
    assert not findings.shown(agent, "contradiction").exists(), "its text is another"


def test_what_was_found_in_a_text_that_changed_meanwhile_goes_with_the_next_look(agent):
    finding = a_contradiction(agent)
    assert finding.seen_at < finding.found_at, "as of the reading, not of the writing"
    one, other = (finding.places.get(side=side).document for side in (0, 1))
    Finding.objects.filter(pk=finding.pk).update(seen_at=other.learned_at - timedelta(seconds=1))
    recording.record(agent, other, [], beside=[one.pk])
    assert not findings.shown(agent, "contradiction").exists()
