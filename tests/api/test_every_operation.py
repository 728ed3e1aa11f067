"""Each operation of the document: no token, another's ids, nonsense; none crashes, none answers with data."""

import itertools
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from apps.api.v1 import api
from berrydesk.db.ids import uuid7
from berrydesk.db.scopes import in_workspace
from tests.cast import a_conversation

OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in api.get_openapi_schema(path_prefix="/").get("paths", {}).items()
    for method, operation in methods.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
APART = ("/chat", "/events")
"""Operations whose database work happens in threads of its own: only what was committed is seen there."""

HERE = [(method, path) for method, path, _ in OPERATIONS if not path.endswith(APART)]
THERE = [(method, path) for method, path, _ in OPERATIONS if path.endswith(APART)]
NONSENSE = [
    None,
    [],
    "text",
    7,
    {"message": {"a": []}, "name": 7, "documents": [None], "query": [], "text": -1},
    {"name": "￿" * 9, "config": "x", "kind": "nonsense", "enabled": "perhaps"},
    {"documents": [{"external_id": "\u0000", "text": "\u0000x", "title": "t" * 5000}], "query": "\u0000"},
    {"provider": "openai/../x", "api_key": "\n", "base_url": "javascript:x", "models": [1]},
]

pytestmark = pytest.mark.django_db


def filled(path, ids):
    """The path with an id for each of its parameters."""
    for name, value in ids.items():
        path = path.replace("{" + name + "}", str(value))
    return path


@pytest.fixture
def adas_ids(agent, vera):
    """Rows of Ada's workspace under the names that paths use."""
    conversation = a_conversation(agent, with_=vera, saying="Hello")
    with in_workspace(agent.workspace_id):
        turn = conversation.turns.get()
    known = {"agent_id": agent.pk, "conversation_id": conversation.pk, "trace_id": turn.pk}
    return (
        known
        | {"key": "stripe.refund", "remedy": "dismiss", "decision": "accept"}
        | {
            name: uuid7()
            for name in (
                "run_id",
                "provider_id",
                "source_id",
                "connection_id",
                "question_id",
                "document_id",
                "change_id",
                "finding_id",
            )
        }
    )


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_it_needs_a_token(client, db, method, path, operation):
    answer = client.generic(method, "/api/v1" + filled(path, {"key": "x"}).replace("{", "").replace("}", ""))
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), HERE)
def test_another_workspaces_ids_do_not_exist(mallorys, adas_ids, method, path):
    _finds_nothing(mallorys, adas_ids, method, path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("method", "path"), THERE)
def test_another_workspaces_ids_do_not_exist_for_streams(mallorys, adas_ids, method, path):
    _finds_nothing(mallorys, adas_ids, method, path)


@pytest.mark.parametrize(("method", "path"), HERE)
def test_nonsense_never_crashes_it(adas, adas_ids, method, path):
    _survives(adas, adas_ids, method, path)


@pytest.mark.django_db(transaction=True)
def test_nonsense_never_crashes_a_chat(adas, adas_ids):
    _survives(adas, adas_ids, "POST", "/agents/{agent_id}/chat")


def _finds_nothing(mallorys, adas_ids, method, path):
    if "_id}" not in path:
        if method == "GET" and path != "/actions":
            assert mallorys.get(path).json()["items"] == []
        return
    whole = {
        "message": "x",
        "query": "x",
        "text": "x",
        "answer": "x",
        "groups": [],
        "documents": [],
        "enabled": True,
        "happened": True,
        "kind": "text",
        "version_id": "x",
        "config": {},
    }
    if path.endswith("/files"):
        upload = {"file": SimpleUploadedFile("a.txt", b"text")}
        answer = mallorys.http.post("/api/v1" + filled(path, adas_ids), upload)
    else:
        answer = mallorys(method, filled(path, adas_ids), whole)
    assert answer.status_code == 404


def _survives(adas, adas_ids, method, path):
    for body in NONSENSE:
        answer = adas(method, filled(path, adas_ids), body)
        assert answer.status_code < 500, (body, answer.content)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["detail"]


def test_every_operation_is_documented():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
    for method, path, operation in OPERATIONS:
        assert operation["description"], (method, path)
        assert "default" in operation["responses"]
        assert operation["security"]


@pytest.mark.django_db(transaction=True)
def test_ten_calls_at_once_under_one_key_have_one_effect(adas):
    answers, gate = [], threading.Barrier(10)

    def call():
        gate.wait()
        answers.append(adas.post("/agents", {"name": "Lumi"}, idempotency_key="race"))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(adas.get("/agents").json()["items"]) == 1
    assert len(list(itertools.filterfalse(lambda a: a.has_header("Idempotent-Replayed"), answers))) == 1
