"""Notion says no, or not now: its limits are obeyed, and whatever happens, nothing is lost and nothing doubled."""

import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.connections import keeping
from apps.knowledge import sources, tasks
from apps.knowledge.connectors.notion import connecting
from apps.knowledge.models import Passage, Source
from berrydesk.db import leases
from tests.knowledge.notion.conftest import a_source, carry, sync_again, text_of, titles
from tests.peers import notion as peer
from tests.peers.notion_things import block
from tests.runs import worker

ALL = ["Handbook", "Hours", "Returns", "Shipping"]


def test_a_short_limit_is_waited_for(source, notion):
    notion.limit(retry_after=0, after=2)
    notion.limit(retry_after=1, after=4, reason="per_workspace")
    notion.limit(retry_after=0, after=5, status=529)
    carry(source)
    assert (source.status, titles(source)) == ("ready", ALL)


def test_a_long_limit_hands_over_and_the_sync_goes_on_by_itself(source, notion):
    notion.limit(retry_after=90, after=3, reason="per_workspace")
    assert carry(source)  # nobody is to be woken
    assert (source.status, source.is_at_work) == ("syncing", True)
    assert source.problem["message"] == "Notion asks Berrydesk to read more slowly (per workspace)."
    assert "in about 2 min" in source.problem["remedy"]
    rests_s = (source.lease_until - timezone.now()).total_seconds()
    assert 80 < rests_s <= 90 and source.lease_by == ""
    asked = len(notion.asked)
    assert tasks.sweep() == 0 and len(notion.asked) == asked  # nobody goes on before the time has come
    learned = source.documents.learned().count()
    assert 1 <= learned < 4
    _time_has_come(source)
    assert carry(source)
    assert (source.status, source.problem, titles(source)) == ("ready", None, ALL)
    assert (source.learned, source.found) == (4, 4)


def test_a_source_that_rests_can_be_stopped(source, notion):
    notion.limit(retry_after=90, after=3)
    carry(source)
    sources.stop(source)
    source.refresh_from_db()
    assert (source.status, source.problem["code"]) == ("partial", "stopped")
    sync_again(source)
    assert titles(source) == ALL


def test_a_service_that_never_lets_us_in_ends_the_sync_with_its_reason(source, notion):
    notion.limit(retry_after=60, times=100)
    for _run in range(9):
        if not source.is_at_work:
            break
        _time_has_come(source)
        carry(source)
    assert (source.status, source.problem["code"]) == ("failed", "notion_busy")


def test_a_long_page_is_read_on_where_a_limit_broke_it_off(source, handbook, notion):
    toggles = [
        block("toggle", f"Question {n}", children=[block("paragraph", f"Answer {n}.")]) for n in range(9)
    ]
    notion.write(handbook.returns, *toggles)
    notion.limit(retry_after=60, path="/blocks/" + toggles[4]["id"])
    carry(source)
    assert source.is_at_work and source.problem["code"] == "notion_busy"
    _time_has_come(source)
    before = notion.times_asked(toggles[0]["id"])
    carry(source)
    assert source.status == "ready" and "Answer 8." in text_of(source, "Returns")
    assert notion.times_asked(toggles[0]["id"]) == before


def test_what_lies_above_a_page_is_asked_once_though_a_limit_comes_between(
    agent, connection, handbook, notion
):
    for number in range(4):
        aside = block("toggle", f"More {number}", children=[block("paragraph", "Inside.")])
        notion.write(handbook.shipping, aside)
        notion.page(f"Island {number}", block("paragraph", f"Island number {number}."), parent=aside["id"])
    source = a_source(agent, connection, roots=[handbook.shipping])
    notion.limit(retry_after=60, path="/v1/blocks", after=2)
    carry(source)
    assert source.problem["code"] == "notion_busy"
    asked = [line for line in notion.asked if line.startswith("GET /v1/blocks") and "children" not in line]
    notion.asked.clear()
    _time_has_come(source)
    carry(source)
    assert (source.status, source.learned) == ("ready", 6)
    assert asked[0] not in notion.asked and asked[1] not in notion.asked


def test_trouble_of_the_server_is_tried_again_for_what_only_reads(source, notion):
    notion.fail(status=500, path="/search")
    notion.fail(status=502, path="/children", after=1, code="bad_gateway")
    carry(source)
    assert (source.status, titles(source)) == ("ready", ALL)


def test_a_server_that_stays_in_trouble_ends_the_sync_and_empties_nothing(source, handbook, notion):
    carry(source)
    notion.now += timedelta(hours=1)
    notion.change(notion.below[handbook.returns][0], "Other words.")
    notion.fail(status=503, times=1000, code="service_unavailable")
    source = sync_again(source)
    source.refresh_from_db()
    assert (source.status, source.problem["code"]) == ("partial", "notion_down")
    assert titles(source) == ALL


def test_access_revoked_in_mid_sync_keeps_what_was_learned(source, notion):
    def revoke(asked):
        if notion.times_asked("/children") == 3:
            notion.revoke()

    notion.before_each = revoke
    carry(source)
    assert (source.status, source.problem["code"]) == ("partial", "notion_revoked")
    assert source.problem["remedy"] == "Press Notion under Knowledge, connect it again, then press Try again."
    assert source.documents.learned().count() == 2
    source.connection.refresh_from_db()
    assert source.connection.ok is False and source.connection.problem["code"] == "notion_revoked"
    notion.before_each = None
    notion.tokens["ntn_a_new_one_for_berrydesk"] = "Berrydesk"
    again = connecting.connect(source.workspace, {"token": "ntn_a_new_one_for_berrydesk"})
    assert again.pk == source.connection.pk  # the dead connection has a new token, and its sources go on
    source = sync_again(source)
    source.refresh_from_db()
    assert (source.status, titles(source)) == ("ready", ALL)


def test_a_lost_connection_is_a_sentence(source, notion):
    keeping.forget(source.connection)
    source.refresh_from_db()
    carry(source)
    assert (source.status, source.problem["code"]) == ("failed", "notion_not_connected")


def test_an_integration_that_may_not_read_says_what_to_tick(source, notion):
    notion.may_read = False
    carry(source)
    assert (source.status, source.problem["code"]) == ("failed", "notion_may_not_read")
    assert "tick Read content" in source.problem["remedy"]


def test_runs_that_end_after_every_step_lose_and_double_nothing(source, handbook, notion):
    notion.largest_page = 2
    _database, rows = notion.database("Shoes", parent=handbook.top, columns={"Price": ("number", "euro")})
    for number in range(5):
        notion.row(rows, f"Shoe {number}", Price=40 + number)
    runs = 0
    while not carry(source, run_s=0):
        runs += 1
        assert source.status == "syncing" and runs < 60
    assert runs > 12
    assert (source.status, source.learned, source.found) == ("ready", 9, 9)
    assert titles(source) == sorted([*ALL, *(f"Shoe {n}" for n in range(5))])
    assert Passage.objects.filter(document__source=source).count() == 9


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_at_any_moment_loses_and_doubles_nothing(source, handbook, notion):
    """Worker after worker is killed after so many requests, until one comes through."""
    _database, rows = notion.database("Shoes", parent=handbook.top, columns={"Price": ("number", "euro")})
    for number in range(6):
        notion.row(rows, f"Shoe {number}", block("paragraph", f"Shoe number {number}."), Price=40 + number)
    kills = 0
    for after in (1, 3, 4, 5, None):
        child = worker.at_work(
            source, BERRYDESK_FETCH_ALLOW=["127.0.0.1"], BERRYDESK_SERVICE_URLS={"notion": notion.url}
        )
        if after is None:
            assert child.wait(60) == 0
            break
        target = len(notion.asked) + after
        until = time.monotonic() + 30
        while len(notion.asked) < target and child.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.wait(10)
        source.refresh_from_db()
        Source.objects.filter(pk=source.pk).update(lease_until=timezone.now())  # its lease runs out
    source.refresh_from_db()
    assert kills >= 3
    assert (source.status, source.found, source.learned, source.failed) == ("ready", 10, 10, 0)
    assert titles(source) == sorted([*ALL, *(f"Shoe {n}" for n in range(6))])
    assert Passage.objects.filter(document__source=source).count() == 10


def _time_has_come(source):
    Source.objects.filter(pk=source.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    source.refresh_from_db()
    assert leases.is_free(source)


def test_the_token_is_nowhere_but_in_the_connection(source, notion, caplog):
    notion.fail(status=400, times=3, code="validation_error")
    carry(source)
    assert peer.TOKEN not in caplog.text + str(source.problem) + str(source.config) + str(source.cursor)
    assert "request_id=" in caplog.text
