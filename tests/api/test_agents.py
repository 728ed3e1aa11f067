"""Agents over the API."""

import pytest

from tests.peers.faulty_model import FaultyModel

pytestmark = pytest.mark.django_db


def test_an_agent_is_made_changed_and_published(adas):
    made = adas.post("/agents", {"name": "Lumi"})
    assert made.status_code == 201, made.content
    agent = made.json()
    assert agent["status"] == "draft"
    assert agent["public_id"] in agent["snippet"] and "/widget.js" in agent["snippet"]
    assert agent["created_at"].endswith("Z")
    changed = adas("PATCH", f"/agents/{agent['id']}", {"greeting": "Hello", "questions": ["Where?"]}).json()
    assert (changed["greeting"], changed["questions"], changed["name"]) == ("Hello", ["Where?"], "Lumi")
    assert adas.post(f"/agents/{agent['id']}/publish").json()["status"] == "live"
    assert adas.get(f"/agents/{agent['id']}").json()["status"] == "live"


def test_an_agent_is_taken_back_and_published_again(adas):
    agent = adas.post("/agents", {"name": "Lumi"}).json()
    adas.post(f"/agents/{agent['id']}/publish")
    assert adas.post(f"/agents/{agent['id']}/take-back").json()["status"] == "draft"
    assert adas.post(f"/agents/{agent['id']}/publish").json()["status"] == "live"


def test_publishing_twice_is_publishing_once(adas):
    agent = adas.post("/agents", {"name": "Lumi"}).json()
    first = adas.post(f"/agents/{agent['id']}/publish").json()
    assert adas.post(f"/agents/{agent['id']}/publish").json()["published_at"] == first["published_at"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"color": "red"}, "color"), ({"position": "up"}, "position"), ({"questions": "no"}, "questions")],
)
def test_a_wrong_value_is_named(adas, change, field):
    agent = adas.post("/agents", {"name": "Lumi"}).json()
    response = adas("PATCH", f"/agents/{agent['id']}", change)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith(field)


def test_mallory_finds_nothing(adas, mallorys):
    agent = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    assert mallorys.get(f"/agents/{agent}").status_code == 404
    assert mallorys("PATCH", f"/agents/{agent}", {"name": "Mine"}).status_code == 404
    assert mallorys.post(f"/agents/{agent}/publish").status_code == 404
    assert mallorys.get("/agents").json() == {"items": [], "next": None}


def test_nonsense_for_an_id_is_not_found(adas):
    assert adas.get("/agents/nonsense").status_code == 404


def test_lists_come_in_pages_without_gaps(adas):
    names = [adas.post("/agents", {"name": f"A{n}"}).json()["name"] for n in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        answer = adas.get(f"/agents?limit=2&cursor={cursor}").json()
        seen += [a["name"] for a in answer["items"]]
        cursor = answer["next"]
    assert seen == names[::-1]


def test_a_foreign_cursor_is_refused(adas):
    assert adas.get("/agents?cursor=zzz").status_code == 422


def test_how_a_model_helps_to_find_is_chosen_and_a_search_never_asks_it(adas, ada):
    agent = adas.post("/agents", {"name": "Lumi"}).json()
    assert (agent["rewrites"], agent["reorders"]) == (True, False)
    path = f"/agents/{agent['id']}"
    pages = [{"external_id": "a", "title": "Norway", "text": "We ship to Norway."}]
    adas.post(f"{path}/documents:batch", {"documents": pages})
    with FaultyModel() as server:
        provider = {"provider": "custom", "base_url": server.url, "api_key": "k", "models": ["small"]}
        assert adas.post("/providers", provider).json()["ok"]
        changed = adas.patch(path, {"model": "custom/small", "reorders": True, "rewrites": False}).json()
        assert (changed["rewrites"], changed["reorders"]) == (False, True)
        calls = server.calls
        assert adas.post(f"{path}/search", {"query": "and to Norway?"}).json()["passages"]
        assert server.calls == calls
    assert adas.patch(path, {"reorders": False}).json()["rewrites"] is False, "what is left out stays"
    assert adas.patch(path, {"reorders": "often"}).status_code == 422
