"""A lease is held by one, by the database's clock, through short troubles; a row may rest."""

import logging
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.knowledge import sources
from apps.knowledge.models import Source
from berrydesk.db import leases

A_WHILE_S = 10


@pytest.fixture
def source(agent):
    return sources.add_source(agent, kind="text", config={"text": "We ship to Norway."})


def until(is_so):
    """Wait for something another thread does."""
    ends, pause = time.monotonic() + A_WHILE_S, threading.Event()
    while not is_so():
        assert time.monotonic() < ends, "It did not happen."
        pause.wait(0.05)


def test_a_row_is_leased_to_one(source):
    row = leases.take(Source.objects.filter(pk=source.pk), for_s=20)
    assert row.lease_by and row.attempts == 1
    assert leases.take(Source.objects.filter(pk=source.pk), for_s=20) is None
    assert leases.extend(row, for_s=20)
    leases.release(row)
    assert not leases.extend(row, for_s=20), "what was given back cannot be prolonged"
    assert leases.take(Source.objects.filter(pk=source.pk), for_s=20).attempts == 2


def test_only_the_databases_clock_counts(source):
    with CaptureQueriesContext(connection) as asked:
        row = leases.take(Source.objects.filter(pk=source.pk), for_s=20)
        leases.extend(row, for_s=20)
        leases.still_held(row)
    times = [q["sql"] for q in asked if '"lease_until" <' in q["sql"] or '"lease_until" =' in q["sql"]]
    times += [q["sql"] for q in asked if '"lease_until" >' in q["sql"]]
    assert len(times) >= 4
    assert all("STATEMENT_TIMESTAMP()" in sql for sql in times), "a machine's own clock may be minutes off"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_costs_no_lease(source, monkeypatch, caplog):
    def lease_until():
        return Source.objects.values_list("lease_until", flat=True).get(pk=source.pk)

    with caplog.at_level(logging.WARNING), leases.claim(Source, source.pk, for_s=3):
        before = lease_until()
        monkeypatch.setitem(connections.settings["default"], "HOST", "/nowhere")
        until(lambda: "trying again" in caplog.text)
        monkeypatch.undo()
        until(lambda: lease_until() > before)


def test_a_resting_row_is_nobodys_until_its_time_has_come(source):
    with leases.claim(Source, source.pk) as row:
        assert not leases.is_free(Source.objects.get(pk=source.pk))
        leases.rest(row, for_s=60)
        assert not leases.still_held(row)
    source.refresh_from_db()
    assert leases.is_free(source) and source.lease_until > timezone.now() + timedelta(seconds=50)
    assert not leases.free(Source.objects.all()).exists()
    with leases.claim(Source, source.pk) as another:
        assert another is None
    Source.objects.filter(pk=source.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    with leases.claim(Source, source.pk) as another:
        assert another is not None


def test_who_lost_the_lease_puts_nothing_to_rest(source):
    with leases.claim(Source, source.pk) as row:
        Source.objects.filter(pk=source.pk).update(lease_by="another")
        leases.rest(row, for_s=60)
        source.refresh_from_db()
        assert source.lease_by == "another" and source.lease_until < timezone.now() + timedelta(seconds=50)
