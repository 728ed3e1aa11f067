"""Documents, waiting changes and remedies over the API: what the console's buttons do."""

import pytest

from apps.knowledge import sweeping
from apps.knowledge.finding_models import Sweep
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from tests.api.test_sweeps import HELP, RETURNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def lumi(adas):
    lumi = adas.post("/agents", {"name": "Lumi"}).json()["id"]
    adas.post(f"/agents/{lumi}/documents:batch", {"documents": [RETURNS, HELP]})
    return f"/agents/{lumi}"


def named(adas, lumi, external_id):
    found = adas.get(f"{lumi}/documents").json()["items"]
    return next(f"{lumi}/documents/{row['id']}" for row in found if row["external_id"] == external_id)


def said(adas, lumi, query):
    return " ".join(p["text"] for p in adas.post(f"{lumi}/search", {"query": query}).json()["passages"])


def test_a_correction_stands_until_the_page_is_followed_again(adas, lumi):
    returns = named(adas, lumi, "returns")
    answer = adas("PATCH", returns, {"text": "Boots come back within 45 days."}).json()
    assert answer["text"] == "Boots come back within 45 days."
    assert answer["correction"]["page_text"] == RETURNS["text"]
    adas.post(f"{lumi}/documents:batch", {"documents": [RETURNS]})
    assert "45 days" in said(adas, lumi, "boots back")
    again = adas("PATCH", returns, {"text": None}).json()
    assert (again["text"], again["correction"]) == (RETURNS["text"], None)


def test_an_earlier_text_is_restored(adas, lumi):
    returns = named(adas, lumi, "returns")
    adas("PATCH", returns, {"text": "Boots come back within 45 days."})
    (version,) = adas.get(f"{returns}/versions").json()["items"]
    assert version["text"] == RETURNS["text"]
    answer = adas.post(f"{returns}/restore", {"version_id": version["id"]}).json()
    assert answer["text"] == RETURNS["text"]
    assert adas.post(f"{returns}/restore", {"version_id": "nonsense"}).status_code == 404


def test_set_aside_is_not_found_and_comes_back(adas, lumi):
    returns = named(adas, lumi, "returns")
    assert adas("PATCH", returns, {"set_aside": True, "pinned": True}).json()["set_aside"]
    assert "30 days" not in said(adas, lumi, "return boots")
    answer = adas("PATCH", returns, {"set_aside": False}).json()
    assert not answer["set_aside"] and answer["pinned"]
    assert "30 days" in said(adas, lumi, "return boots")


def test_documents_are_listed_by_source_and_status(adas, lumi):
    rows = adas.get(f"{lumi}/documents?status=learned&limit=1").json()
    assert len(rows["items"]) == 1 and rows["next"]
    source = rows["items"][0]["source_id"]
    assert len(adas.get(f"{lumi}/documents?source_id={source}").json()["items"]) == 2
    assert adas.get(f"{lumi}/documents?status=failed").json()["items"] == []
    assert adas.get(f"{lumi}/documents?source_id=nonsense").status_code == 404


def test_a_remedy_sets_the_other_page_aside_and_a_dismissal_is_taken_back(adas, ada, lumi):
    adas.post(f"{lumi}/sweep")
    with in_workspace(ada.workspace), leases.claim(Sweep, Sweep.objects.get().pk) as row:
        sweeping.sweep(row)
    (finding,) = adas.get(f"{lumi}/sweep").json()["findings"]
    at = f"{lumi}/findings/{finding['id']}"
    assert adas.post(f"{at}/dismiss").json() == {"set_aside": []}
    assert adas.get(f"{lumi}/sweep").json()["findings"] == []
    adas.post(f"{at}/show_again")
    (left,) = adas.post(f"{at}/keep_left").json()["set_aside"]
    assert left["external_id"] in ("returns", "help")
    assert adas.get(f"{lumi}/documents/{left['id']}").json()["set_aside"]
    assert adas.post(f"{at}/nonsense").status_code == 422


def test_waiting_changes_are_listed_and_declined(adas, ada, lumi):
    document = adas.get(named(adas, lumi, "returns")).json()
    with in_workspace(ada.workspace):
        source = Source.objects.get(pk=document["source_id"])
        source.changes.create(
            workspace_id=source.workspace_id,
            document_id=document["id"],
            kind="changed",
            title="Returns",
            text="Boots come back within 60 days.",
            digest="new",
        )
    at = f"{lumi}/sources/{source.pk}/changes"
    (change,) = adas.get(at).json()["items"]
    assert (change["kind"], change["text"]) == ("changed", "Boots come back within 60 days.")
    assert adas.post(f"{at}/{change['id']}/decline").status_code == 200
    assert adas.get(at).json()["items"] == []
    assert adas.post(f"{at}/accept").json() == {"changes": 0}


def test_mallory_changes_nothing(adas, mallorys, lumi):
    returns = named(adas, lumi, "returns")
    assert mallorys("PATCH", returns, {"text": "Ours."}).status_code == 404
    assert adas.get(returns).json()["text"] == RETURNS["text"]
