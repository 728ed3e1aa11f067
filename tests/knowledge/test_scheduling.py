"""Each source is read again as often as its owner chose, and no sync is begun twice."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.knowledge import curating_errors, scheduling, sources, syncing, tasks
from apps.knowledge.models import Source
from apps.workspaces.models import AuditEvent
from berrydesk.db import leases
from tests.peers.site import Site


@pytest.fixture(autouse=True)
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def source(agent):
    with Site() as site:
        site.put_page("/", "Home", links=["/a", "/b"])
        site.put_page("/a", "A")
        site.put_page("/b", "B", text="Open from ten to six. " * 8)
        made = sources.add_source(agent, kind="website", config={"url": site.url})
        made.site = site
        yield made


def carry(source):
    with leases.claim(Source, source.pk, for_s=300) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def test_a_website_is_read_again_in_the_night_of_its_business(source):
    source.workspace.time_zone = "Asia/Tokyo"
    source.workspace.save()
    carry(source)
    local = source.next_sync_at.astimezone(zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert source.every_hours == 24 and 1 <= local.hour < 5
    assert timedelta(hours=1) < source.next_sync_at - timezone.now() < timedelta(hours=25, minutes=1)


@pytest.mark.parametrize(
    ("hours", "ended", "least", "most"),
    [
        (1, "2026-03-01T12:00", 1, 1),
        (24, "2026-03-01T16:00", 9, 13),  # to-night
        (24, "2026-03-28T23:00", 2, 6),  # the night that the clocks change
        (168, "2026-03-01T16:00", 6 * 24 + 9, 6 * 24 + 13),
    ],
)
def test_the_next_time_follows_from_the_choice(source, hours, ended, least, most):
    source.every_hours, source.workspace.time_zone = hours, "Europe/Berlin"
    now = datetime.fromisoformat(ended).replace(tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    due = scheduling.next_at(source, now)
    assert timedelta(hours=least - 1) <= due - now.astimezone(UTC) <= timedelta(hours=most + 1)


def test_only_when_pressed_is_never_due(source, ada):
    carry(source)
    kept = scheduling.keep_fresh(source, None, ada)
    assert (kept.every_hours, kept.next_sync_at) == (None, None)
    carry(sources.sync_again(source))
    source.refresh_from_db()
    assert source.next_sync_at is None
    assert AuditEvent.objects.get(verb="source.schedule").words.endswith("only when I press Sync")


def test_what_never_changes_by_itself_has_no_rhythm(agent, source, ada):
    text = sources.add_source(agent, kind="text", config={"text": "Thirty days."})
    for wrong in (
        lambda: scheduling.keep_fresh(text, 24, ada),
        lambda: scheduling.keep_fresh(source, 7, ada),
    ):
        with pytest.raises(curating_errors.NoSuchRhythm) as refused:
            wrong()
        assert refused.value.remedy


def test_the_sweep_begins_what_is_due_once(source):
    carry(source)
    long_ago = timezone.now() - timedelta(minutes=1)
    assert tasks.sweep() == 0
    Source.objects.filter(pk=source.pk).update(next_sync_at=long_ago, created_at=long_ago)
    assert tasks.sweep() == 1
    source.refresh_from_db()
    assert (source.status, source.sync_number) == ("queued", 2)
    tasks.sweep()
    source.refresh_from_db()
    assert source.sync_number == 2
    carry(source)
    assert source.status == "ready" and source.next_sync_at > timezone.now()


def test_a_sync_that_learned_nothing_new_says_so(source):
    carry(source)
    assert source.unchanged == 0 and scheduling.news(source) == "3 documents are new or have changed."
    source = carry(sources.sync_again(source))
    assert (source.learned, source.unchanged) == (3, 3)
    assert scheduling.news(source) == "Nothing had changed."


def test_a_sync_that_failed_half_way_is_due_again(source):
    carry(source)
    source.site.put("/a", status=500, headers={"Retry-After": "0"})
    source = carry(sources.sync_again(source))
    assert (source.status, source.documents.learned().count()) == ("partial", 3)
    assert source.next_sync_at > timezone.now()
