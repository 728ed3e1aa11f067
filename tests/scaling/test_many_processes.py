"""The same code on PostgreSQL, Redis and many processes."""

import json
import time
import urllib.request

import psycopg
import pytest


def call(live, token, method, path, body=None):
    """The JSON that an operation of the API answers."""
    request = urllib.request.Request(
        f"{live.url}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def token(installation):
    (first, _), _ = installation
    return first.token(first.found())


@pytest.fixture(scope="module")
def agent(installation, token):
    (first, _), _ = installation
    return call(first, token, "POST", "/agents", {"name": "Lumi"})["id"]


def test_both_workers_are_seen(installation, database_url):
    seen, deadline = 0, time.monotonic() + 30
    while seen != 2 and time.monotonic() < deadline:
        with psycopg.connect(database_url) as connection:
            (seen,) = connection.execute("SELECT count(*) FROM db_workerheartbeat").fetchone()
        time.sleep(0.2)
    assert seen == 2


def test_what_one_process_learns_the_other_answers(installation, token, agent):
    (first, second), _ = installation
    text = "Parcels to Norway take four working days. Returns are free for sixty days."
    source = call(
        first, token, "POST", f"/agents/{agent}/sources", {"kind": "text", "config": {"text": text}}
    )
    deadline = time.monotonic() + 60
    while call(second, token, "GET", f"/agents/{agent}/sources/{source['id']}")["status"] not in (
        "ready",
        "failed",
    ):
        assert time.monotonic() < deadline, "no worker carried the source through its sync"
        time.sleep(0.1)
    answer = call(
        second, token, "POST", f"/agents/{agent}/chat", {"message": "How long do parcels to Norway take?"}
    )
    assert answer["message"]["status"] == "answered"
    assert "four working days" in answer["message"]["text"]


def test_work_goes_on_when_a_worker_is_killed(installation, token, agent):
    (first, second), workers = installation
    source = call(
        first, token, "POST", f"/agents/{agent}/sources", {"kind": "text", "config": {"text": "Tea is free."}}
    )
    workers[0].kill("worker")
    deadline = time.monotonic() + 60
    while call(second, token, "GET", f"/agents/{agent}/sources/{source['id']}")["status"] != "ready":
        assert time.monotonic() < deadline, "the other worker did not take over"
        time.sleep(0.1)


def test_a_conversation_goes_on_at_the_other_process(installation, token, agent):
    (first, second), _ = installation
    begun = call(first, token, "POST", f"/agents/{agent}/chat", {"message": "Is tea free?"})
    again = {"message": "And returns?", "conversation_id": begun["conversation_id"]}
    assert (
        call(second, token, "POST", f"/agents/{agent}/chat", again)["conversation_id"]
        == begun["conversation_id"]
    )
