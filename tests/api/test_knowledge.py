"""Documents and search over the API."""

import pytest

pytestmark = pytest.mark.django_db

RETURNS = {
    "external_id": "returns",
    "title": "Returns",
    "text": "You can return the lamp within 30 days of delivery. We refund the price in full.",
    "url": "https://shop.example/returns",
}
SHIPPING = {"external_id": "shipping", "title": "Shipping", "text": "We ship to Norway in three days."}


@pytest.fixture
def lumi(adas):
    return adas.post("/agents", {"name": "Lumi"}).json()["id"]


def batch(adas, lumi, *documents):
    return adas.post(f"/agents/{lumi}/documents:batch", {"documents": list(documents)})


def test_documents_are_searchable_when_the_call_answers(adas, lumi):
    answer = batch(adas, lumi, RETURNS, SHIPPING)
    assert answer.status_code == 200
    assert answer.json() == {"added": 2, "replaced": 0, "unchanged": 0, "failed": []}
    found = adas.post(f"/agents/{lumi}/search", {"query": "How long can I return it?", "limit": 1}).json()
    (passage,) = found["passages"]
    assert passage["document"]["external_id"] == "returns"
    assert passage["document"]["url"] == RETURNS["url"]
    assert "30 days" in passage["text"]


def test_sending_again_changes_nothing_and_replaces_what_changed(adas, lumi):
    batch(adas, lumi, RETURNS, SHIPPING)
    answer = batch(adas, lumi, RETURNS, {**SHIPPING, "text": "We ship to Norway in two days."}).json()
    assert (answer["unchanged"], answer["replaced"], answer["added"]) == (1, 1, 0)


def test_one_bad_document_disturbs_no_other(adas, lumi):
    answer = batch(adas, lumi, {"external_id": "empty", "text": " "}, {"text": "no id"}, RETURNS).json()
    assert answer["added"] == 1
    assert [f["code"] for f in answer["failed"]] == ["empty", "no_external_id"]
    assert all(f["remedy"] for f in answer["failed"])


def test_too_many_are_refused_in_words(adas, lumi):
    answer = batch(adas, lumi, *({"external_id": str(n), "text": "x"} for n in range(1001)))
    assert answer.status_code == 422
    assert "1001 documents" in answer.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "x", "limit": 0}, {"query": 5}])
def test_a_wrong_search_is_refused_at_the_field(adas, lumi, body):
    answer = adas.post(f"/agents/{lumi}/search", body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"]


def test_mallory_neither_adds_nor_finds(adas, mallorys, lumi):
    batch(adas, lumi, RETURNS)
    assert batch(mallorys, lumi, SHIPPING).status_code == 404
    assert mallorys.post(f"/agents/{lumi}/search", {"query": "return"}).status_code == 404
    own = mallorys.post("/agents", {"name": "Own"}).json()["id"]
    assert mallorys.post(f"/agents/{own}/search", {"query": "return the lamp"}).json() == {"passages": []}


def test_synonyms_are_put_got_and_used(adas, lumi):
    batch(adas, lumi, RETURNS, SHIPPING)
    put = adas("PUT", f"/agents/{lumi}/synonyms", {"groups": [["gizmo", "lamp"]]})
    assert put.json() == {"groups": [["gizmo", "lamp"]]}
    assert adas.get(f"/agents/{lumi}/synonyms").json() == put.json()
    found = adas.post(f"/agents/{lumi}/search", {"query": "gizmo?", "limit": 1}).json()["passages"]
    assert found[0]["document"]["external_id"] == "returns"


def test_a_synonym_alone_is_refused(adas, lumi):
    answer = adas("PUT", f"/agents/{lumi}/synonyms", {"groups": [["lamp"]]})
    assert answer.status_code == 422
    assert answer.json()["code"] == "synonym_alone"
