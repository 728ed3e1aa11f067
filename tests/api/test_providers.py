"""Providers over the API, with a model server on loopback."""

import pytest

from apps.routing import gateway
from tests.peers.faulty_model import FaultyModel

pytestmark = pytest.mark.django_db

KEY = "sk-canary-0123456789abcdef"


@pytest.fixture(scope="module", autouse=True)
def litellm_is_warm():
    """What a busy machine takes to import it is measured elsewhere."""
    gateway.warm_now()


@pytest.fixture
def server():
    with FaultyModel() as model:
        yield model


def connect(adas, server, **more):
    body = {"provider": "custom", "base_url": server.url, "api_key": KEY, "models": ["bench"]}
    return adas.post("/providers", body, **more)


def test_a_provider_is_connected_checked_and_chosen(adas, server):
    answer = connect(adas, server)
    assert answer.status_code == 201
    provider = answer.json()
    assert provider["problem"] is None and provider["ok"] is True
    assert KEY not in answer.content.decode() and provider["hint"] == KEY[-4:]
    agent = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    changed = adas("PATCH", f"/agents/{agent}", {"model": provider["models"][0]})
    assert changed.json()["model"] == provider["models"][0]
    assert adas("PATCH", f"/agents/{agent}", {"model": ""}).json()["model"] is None
    assert adas("DELETE", f"/providers/{provider['id']}").status_code == 204
    assert adas.get(f"/providers/{provider['id']}").status_code == 404


def test_what_is_wrong_is_said_in_words(adas, server):
    server.fault = "bad_key"
    provider = connect(adas, server).json()
    assert provider["ok"] is False
    assert provider["problem"]["message"] and provider["problem"]["remedy"]
    server.fault = None
    assert adas.post(f"/providers/{provider['id']}/check").json()["ok"] is True


def test_the_same_key_connects_once(adas, server):
    first = connect(adas, server, idempotency_key="p-1")
    again = connect(adas, server, idempotency_key="p-1")
    assert first.json() == again.json()
    assert len(adas.get("/providers").json()["items"]) == 1


def test_an_unknown_provider_and_model_are_refused(adas):
    assert adas.post("/providers", {"provider": "nonsense", "api_key": KEY}).status_code == 422
    agent = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    answer = adas("PATCH", f"/agents/{agent}", {"model": "openai/gpt-5"})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_such_model")


def test_mallory_finds_nothing(adas, mallorys, server):
    provider = connect(adas, server).json()["id"]
    assert mallorys.get("/providers").json()["items"] == []
    assert mallorys.get(f"/providers/{provider}").status_code == 404
    assert mallorys.post(f"/providers/{provider}/check").status_code == 404
    assert mallorys("DELETE", f"/providers/{provider}").status_code == 404
