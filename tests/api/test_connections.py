"""Services connected over the API: their secrets go in and never come out."""

import pytest

from apps.knowledge import syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from tests.peers import notion as peer
from tests.peers.notion_things import block

pytestmark = pytest.mark.django_db


@pytest.fixture
def notion(settings):
    with peer.Notion() as running:
        settings.BERRYDESK_SERVICE_URLS = {"notion": running.url}
        yield running


def connect(adas, token=peer.TOKEN):
    return adas.post("/connections", {"service": "notion", "secrets": {"token": token}})


def test_notion_is_connected_and_learned_over_the_api(adas, ada, notion):
    top = notion.page("Handbook", block("paragraph", "Boots come back within 30 days."), shared=True)
    notion.page("News", block("paragraph", "Nothing new."), shared=True)
    made = connect(adas)
    assert made.status_code == 201, made.content
    connection = made.json()
    assert (connection["ok"], connection["name"], connection["hint"]) == (
        True,
        "Nordlicht · Berrydesk",
        peer.TOKEN[-4:],
    )
    lumi = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    config = {"connection": connection["id"], "roots": [top]}
    added = adas.post(f"/agents/{lumi}/sources", {"kind": "notion", "config": config})
    assert added.status_code == 201, added.content
    assert added.json()["config"] == {"roots": [top]}
    with in_workspace(ada.workspace), leases.claim(Source, added.json()["id"]) as source:
        syncing.sync(source)
    found = adas.post(f"/agents/{lumi}/search", {"query": "boots back days"}).json()["passages"]
    assert found[0]["document"]["url"] == notion.things[top]["url"]
    everywhere = [adas.get("/connections"), adas.get(f"/connections/{connection['id']}"), made]
    assert not any(peer.TOKEN in answer.content.decode() for answer in everywhere)


def test_what_the_service_refuses_is_said_and_not_kept(adas, notion):
    answer = connect(adas, token="ntn_mistyped")
    assert answer.status_code == 422
    assert answer.json()["code"] == "notion_token_wrong" and answer.json()["remedy"]
    assert adas.get("/connections").json()["items"] == []


def test_an_unknown_service_names_those_there_are(adas):
    answer = adas.post("/connections", {"service": "telegraph", "secrets": {}})
    assert answer.status_code == 422 and "notion" in answer.json()["detail"]


def test_a_connection_is_forgotten(adas, notion):
    connection = connect(adas).json()["id"]
    assert adas("DELETE", f"/connections/{connection}").status_code == 204
    assert adas.get(f"/connections/{connection}").status_code == 404


def test_mallory_reads_through_nobody_elses_connection(adas, mallorys, notion):
    connection = connect(adas).json()["id"]
    lumi = mallorys.post("/agents", {"name": "Lumi"}).json()["id"]
    body = {"kind": "notion", "config": {"connection": connection}}
    assert mallorys.post(f"/agents/{lumi}/sources", body).status_code == 422
    assert mallorys.get(f"/connections/{connection}").status_code == 404
