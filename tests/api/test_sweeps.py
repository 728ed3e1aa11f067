"""The sweep over the API."""

import pytest

from apps.knowledge import sweeping
from apps.knowledge.finding_models import Sweep
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace

pytestmark = pytest.mark.django_db
RETURNS = {
    "external_id": "returns",
    "title": "Returns",
    "text": "You can return boots within 30 days of delivery.",
}
HELP = {"external_id": "help", "title": "Help", "text": "Boots can be sent back within two weeks."}


@pytest.fixture
def lumi(adas):
    lumi = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    adas.post(f"/agents/{lumi}/documents:batch", {"documents": [RETURNS, HELP]})
    return lumi


def carry(ada):
    with in_workspace(ada.workspace), leases.claim(Sweep, Sweep.objects.get().pk) as row:
        sweeping.sweep(row)


def test_it_waits_runs_and_says_what_it_found(adas, ada, lumi):
    assert adas.post(f"/agents/{lumi}/sweep").json()["status"] == "waiting"
    carry(ada)
    answer = adas.get(f"/agents/{lumi}/sweep").json()
    assert answer["status"] == "done"
    (finding,) = answer["findings"]
    assert finding["kind"] == "contradiction" and finding["severity"] in ("high", "medium")
    assert {d["external_id"] for d in finding["documents"]} == {"returns", "help"}
    words = {p["text"][a:b] for p in finding["passages"] for a, b in p["marks"]}
    assert words == {"30 days", "two weeks"}
    assert [r["key"] for r in finding["remedies"]] == ["keep_left", "keep_right", "edit", "dismiss"]
    assert "30 days" in finding["explanation"]


def test_before_any_sweep_there_is_none(adas):
    bare = adas.post("/agents", {"name": "Bare"}).json()["id"]
    answer = adas.get(f"/agents/{bare}/sweep").json()
    assert (answer["status"], answer["findings"]) == ("never", [])


def test_mallory_finds_no_sweep(adas, mallorys, lumi):
    assert mallorys.get(f"/agents/{lumi}/sweep").status_code == 404
    assert mallorys.post(f"/agents/{lumi}/sweep").status_code == 404
