"""Chat over the API: asked once, streamed, resumed."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from tests.api.test_knowledge import RETURNS
from tests.channels.test_leaving import leave

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How many days do I have to return the lamp?"


@pytest.fixture
def lumi(adas):
    lumi = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    adas.post(f"/agents/{lumi}/documents:batch", {"documents": [RETURNS]})
    return lumi


def events_of(text):
    """(id, name, data) of each event of a stream."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and line[0] != ":")
        if "event" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def stream(caller, method, path, body=None, **headers):
    """The events of a streamed answer, read as an asynchronous client does."""

    async def read():
        data = {"data": json.dumps(body), "content_type": "application/json"} if body else {}
        token = {"authorization": f"Bearer {caller.token}"}
        response = await AsyncClient().generic(method, f"/api/v1{path}", headers=token | headers, **data)
        assert response.status_code == 200, response.content
        assert response["Content-Type"].startswith("text/event-stream")
        text = b"".join([part async for part in response.streaming_content]).decode()
        await asyncio.sleep(0)
        return events_of(text)

    return asyncio.run(read())


def test_a_question_is_answered_with_its_source(adas, lumi):
    answer = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert "30 days" in body["message"]["text"]
    assert body["message"]["status"] == "answered"
    (citation,) = body["message"]["citations"]
    assert citation["external_id"] == "returns" and citation["url"] == RETURNS["url"] and citation["quote"]
    trace = adas.get(f"/traces/{body['trace_id']}").json()
    assert "gather" in [span["stage"] for span in trace["spans"]]
    assert adas.get(f"/conversations/{body['conversation_id']}").json()["channel"] == "api"


def test_a_conversation_goes_on(adas, lumi):
    first = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION}).json()
    again = {"message": "And the refund?", "conversation_id": first["conversation_id"]}
    second = adas.post(f"/agents/{lumi}/chat", again).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert second["trace_id"] != first["trace_id"]


def test_a_stream_tells_everything_and_its_text_is_the_answer(adas, lumi):
    events = stream(adas, "POST", f"/agents/{lumi}/chat", {"message": QUESTION, "stream": True})
    names = [name for _, name, _ in events]
    assert names[0] == "started" and names[-1] == "done" and "delta" in names and "citations" in names
    assert all(position for position, _, _ in events)
    text = "".join(data["text"] for _, name, data in events if name == "delta")
    done = events[-1][2]
    assert text == done["message"]["text"]
    assert done["message"]["status"] == "answered"


def test_who_hangs_up_while_the_question_is_stored_is_answered(adas, lumi, ada):
    sent = {"data": json.dumps({"message": QUESTION}), "content_type": "application/json"}
    token = {"authorization": f"Bearer {adas.token}"}
    assert leave(ada.workspace_id, f"/api/v1/agents/{lumi}/chat", headers=token, **sent) == ["answered"]


def test_a_cut_stream_is_resumed_at_any_event(adas, lumi):
    events = stream(adas, "POST", f"/agents/{lumi}/chat", {"message": QUESTION, "stream": True})
    conversation = events[0][2]["conversation_id"]
    whole = events[-1][2]["message"]["text"]
    for cut in range(len(events) - 1):
        rest = stream(adas, "GET", f"/conversations/{conversation}/events?after={events[cut][0]}")
        before = "".join(d["text"] for _, name, d in events[: cut + 1] if name == "delta")
        after = "".join(d["text"] for _, name, d in rest if name == "delta")
        assert before + after == whole, cut
        assert rest[-1][1] == "done" and rest[-1][2]["message"]["text"] == whole


def test_the_same_key_asks_once(adas, lumi):
    first = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION}, idempotency_key="c-1").json()
    again = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION}, idempotency_key="c-1").json()
    assert first == again
    assert len(adas.get("/conversations").json()["items"]) == 1
    other = adas.post(f"/agents/{lumi}/chat", {"message": "Else?"}, idempotency_key="c-1")
    assert other.json()["code"] == "idempotency_key_reused"


def test_the_contact_is_believed(adas, lumi):
    who = {"external_id": "c-7", "name": "Vera", "email": "Vera@example.com", "attributes": {"tier": "gold"}}
    body = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION, "contact": who}).json()
    contact = adas.get(f"/conversations/{body['conversation_id']}").json()["contact"]
    assert contact["rung"] == "verified" and contact["attributes"] == {"tier": "gold"}
    other = {"message": "Hi", "conversation_id": body["conversation_id"], "contact": {"external_id": "c-8"}}
    assert adas.post(f"/agents/{lumi}/chat", other).status_code == 409


def test_who_asks_for_a_person_gets_one(adas, lumi):
    body = adas.post(f"/agents/{lumi}/chat", {"message": "I want to talk to a person"}).json()
    assert body["message"]["status"] == "handed_off" and body["message"]["text"]
    more = {"message": "Hello?", "conversation_id": body["conversation_id"]}
    waiting = adas.post(f"/agents/{lumi}/chat", more).json()
    assert waiting["message"]["status"] == "handed_off" and waiting["trace_id"] is None


@pytest.mark.parametrize(
    "body", [{}, {"message": ""}, {"message": "x" * 9000}, {"message": "x", "channel": "fax"}]
)
def test_a_wrong_message_is_refused_at_the_field(adas, lumi, body):
    answer = adas.post(f"/agents/{lumi}/chat", body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"]


def test_a_message_of_blanks_is_refused_in_words(adas, lumi):
    assert adas.post(f"/agents/{lumi}/chat", {"message": "  \n"}).json()["code"] == "empty_message"


def test_mallory_neither_asks_nor_listens(adas, mallorys, lumi):
    body = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION}).json()
    assert mallorys.post(f"/agents/{lumi}/chat", {"message": QUESTION}).status_code == 404
    assert mallorys.get(f"/conversations/{body['conversation_id']}/events").status_code == 404
    own = mallorys.post("/agents", {"name": "Own"}).json()["id"]
    taken = {"message": "Hi", "conversation_id": body["conversation_id"]}
    assert mallorys.post(f"/agents/{own}/chat", taken).status_code == 404


def test_no_connection_is_held_by_a_stream(adas, lumi):
    from django.db import connection

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    async def many():
        token = {"authorization": f"Bearer {adas.token}"}
        path = f"/api/v1/conversations/{conversation}/events?after=999999999"
        responses = [await AsyncClient().get(path, headers=token) for _ in range(20)]
        readers = [asyncio.create_task(anext(r.streaming_content.__aiter__())) for r in responses]
        await asyncio.sleep(1)
        held = await sync_to_async(count)()
        for reader in readers:
            reader.cancel()
        return held

    conversation = adas.post(f"/agents/{lumi}/chat", {"message": QUESTION}).json()["conversation_id"]
    assert asyncio.run(many()) <= 7  # the units' threads, the listener, the test itself
