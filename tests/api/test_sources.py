"""Sources over the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.knowledge import syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from tests.peers.site import Site

pytestmark = pytest.mark.django_db

TEXT = {"kind": "text", "config": {"title": "Returns", "text": "You can return the lamp within 30 days."}}


@pytest.fixture
def lumi(adas):
    return adas.post("/agents", {"name": "Lumi"}).json()["id"]


def carry_out(ada):
    """What a worker does with every source that waits."""
    with in_workspace(ada.workspace):
        for source in Source.objects.all():
            with leases.claim(Source, source.pk, for_s=120) as claimed:
                syncing.sync(claimed)


def test_a_text_is_learned_and_found(adas, ada, lumi):
    added = adas.post(f"/agents/{lumi}/sources", TEXT)
    assert added.status_code == 201, added.content
    assert added.json()["status"] == "queued"
    carry_out(ada)
    source = adas.get(f"/agents/{lumi}/sources/{added.json()['id']}").json()
    assert (source["status"], source["documents"], source["errors"]) == ("ready", 1, [])
    assert source["passages"] >= 1 and source["last_sync"].endswith("Z")
    found = adas.post(f"/agents/{lumi}/search", {"query": "return the lamp"}).json()["passages"]
    assert found[0]["document"]["title"] == "Returns"


def test_pairs_are_learned(adas, ada, lumi):
    pairs = [{"question": "Do you ship to Norway?", "answer": "Yes, in three days."}]
    adas.post(f"/agents/{lumi}/sources", {"kind": "qa", "config": {"pairs": pairs}})
    carry_out(ada)
    found = adas.post(f"/agents/{lumi}/search", {"query": "ship to Norway"}).json()["passages"]
    assert "three days" in found[0]["text"]


def test_past_conversations_are_mined_and_not_found_before_they_are_accepted(adas, ada, lumi):
    talk = {
        "external_id": "7",
        "channel": "email",
        "started_at": "2026-01-05T10:00:00Z",
        "csat": 5,
        "messages": [
            {"role": "customer", "text": "Hi, do you ship to Norway?"},
            {"role": "agent", "text": "Yes, in three days for 9 EUR."},
        ],
    }
    body = {"kind": "conversations", "config": {"conversations": [talk]}}
    added = adas.post(f"/agents/{lumi}/sources", body)
    assert added.status_code == 201, added.content
    carry_out(ada)
    source = adas.get(f"/agents/{lumi}/sources/{added.json()['id']}").json()
    assert (source["documents"], source["errors"][0]["code"]) == (0, "answers_offered")
    assert adas.post(f"/agents/{lumi}/search", {"query": "ship to Norway"}).json()["passages"] == []
    talk["messages"][1]["role"] = "bot"
    refused = adas.post(f"/agents/{lumi}/sources", body)
    assert refused.status_code == 422 and "customer or agent" in refused.content.decode()


def test_files_are_uploaded_together_and_each_failure_has_its_remedy(adas, ada, lumi):
    files = [
        SimpleUploadedFile("returns.txt", b"You can return the lamp within 30 days.", "text/plain"),
        SimpleUploadedFile("empty.txt", b"", "text/plain"),
    ]
    added = adas.http.post(f"/api/v1/agents/{lumi}/sources/files", {"file": files})
    assert added.status_code == 201, added.content
    good, bad = added.json()["items"]
    assert added.json()["id"] == good["id"]
    assert bad["status"] == "failed" and bad["errors"][0]["remedy"]
    with in_workspace(ada.workspace):
        for source in Source.objects.filter(pk=good["id"]):
            with leases.claim(Source, source.pk, for_s=120) as claimed:
                syncing.sync(claimed)
    assert adas.get(f"/agents/{lumi}/sources/{good['id']}").json()["status"] == "ready"


def test_no_file_at_all_is_refused_at_the_field(adas, lumi):
    answer = adas.http.post(f"/api/v1/agents/{lumi}/sources/files", {})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "file"


def test_a_source_is_synced_again_and_deleted(adas, ada, lumi):
    source = adas.post(f"/agents/{lumi}/sources", TEXT).json()["id"]
    carry_out(ada)
    assert adas.post(f"/agents/{lumi}/sources/{source}/sync").json()["status"] == "queued"
    assert adas("DELETE", f"/agents/{lumi}/sources/{source}").status_code == 204
    assert adas.get(f"/agents/{lumi}/sources/{source}").status_code == 404
    assert adas.post(f"/agents/{lumi}/search", {"query": "return the lamp"}).json() == {"passages": []}


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "nonsense", "config": {}},
        {"kind": "text", "config": {}},
        {"kind": "website", "config": {"url": "javascript:x"}},
        {"kind": "qa", "config": {"pairs": "no"}},
        {"kind": "text"},
    ],
)
def test_wrong_config_is_refused_in_words(adas, lumi, body):
    answer = adas.post(f"/agents/{lumi}/sources", body)
    assert answer.status_code == 422
    assert answer.json()["errors"] and answer.json()["remedy"]


def test_mallory_finds_nothing(adas, mallorys, lumi):
    source = adas.post(f"/agents/{lumi}/sources", TEXT).json()["id"]
    own = mallorys.post("/agents", {"name": "Own"}).json()["id"]
    for agent in (lumi, own):
        assert mallorys.get(f"/agents/{agent}/sources/{source}").status_code == 404
        assert mallorys.post(f"/agents/{agent}/sources/{source}/sync").status_code == 404
        assert mallorys("DELETE", f"/agents/{agent}/sources/{source}").status_code == 404
    assert mallorys.post(f"/agents/{lumi}/sources", TEXT).status_code == 404


def test_how_a_source_is_kept_is_changed_and_the_rest_stays(adas, ada, lumi):
    site = {"kind": "website", "config": {"url": "https://nordlicht.example"}}
    source = adas.post(f"/agents/{lumi}/sources", site).json()
    address = f"/agents/{lumi}/sources/{source['id']}"
    assert (source["every_hours"], source["reviews_changes"], source["pending_changes"]) == (24, False, 0)
    gold = {"signed_in": True, "attributes": {"tier": ["gold"]}}
    changed = adas.patch(address, {"reviews_changes": True, "audience": gold}).json()
    assert (changed["every_hours"], changed["reviews_changes"]) == (24, True)
    assert changed["audience"] == {"internal": False, **gold}
    assert adas.patch(address, {"every_hours": None}).json()["next_sync"] is None
    assert adas.patch(address, {}).json()["audience"] == {"internal": False, **gold}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"every_hours": 7}, "no_such_rhythm"),
        ({"reviews_changes": True, "audience": {"attributes": {"": ["x"]}}}, "no_such_audience"),
        ({"audience": {"attributes": {"tier": ["a\u0000"]}}}, "no_such_audience"),
    ],
)
def test_what_cannot_be_kept_changes_nothing(adas, lumi, body, code):
    site = {"kind": "website", "config": {"url": "https://nordlicht.example"}}
    source = adas.post(f"/agents/{lumi}/sources", site).json()
    refused = adas.patch(f"/agents/{lumi}/sources/{source['id']}", body)
    assert refused.status_code in (400, 409, 422) and refused.json()["code"] == code
    assert not adas.get(f"/agents/{lumi}/sources/{source['id']}").json()["reviews_changes"]


def test_the_owner_finds_what_is_internal_and_sees_that_it_is(adas, ada, lumi):
    source = adas.post(f"/agents/{lumi}/sources", TEXT).json()
    carry_out(ada)
    adas.patch(f"/agents/{lumi}/sources/{source['id']}", {"audience": {"internal": True}})
    found = adas.post(f"/agents/{lumi}/search", {"query": "return the lamp"}).json()["passages"]
    assert [passage["audience"] for passage in found] == ["internal"]


def test_what_is_folded_into_a_passage_says_for_whom_it_is_as_well(adas, ada, lumi):
    text = "You can return every lamp within 30 days, unused and in its box, and get all your money back."
    first, _second = (
        adas.post(f"/agents/{lumi}/sources", {"kind": "text", "config": {"text": words}}).json()["id"]
        for words in (text, f"{text} Thanks!")
    )
    carry_out(ada)

    def marks():
        (found,) = adas.post(f"/agents/{lumi}/search", {"query": "return the lamp"}).json()["passages"]
        (other,) = found["others"]
        return sorted([found["audience"], other["audience"]])

    assert marks() == ["everyone", "everyone"]
    adas.patch(f"/agents/{lumi}/sources/{first}", {"audience": {"internal": True}})
    assert marks() == ["everyone", "internal"]


def test_a_website_is_counted_limited_and_limited_anew(adas, ada, lumi, settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as site:
        site.put_page("/", "Home", links=["/help/a", "/blog/a"])
        counted = adas.post(f"/agents/{lumi}/sources/count", {"config": {"url": site.url}})
        assert (counted.status_code, counted.json()) == (200, {"pages": 3, "at_least": True})
        config = {"url": site.url, "max_pages": 30, "exclude": ["/blog/*"]}
        source = adas.post(f"/agents/{lumi}/sources", {"kind": "website", "config": config}).json()
        path = f"/agents/{lumi}/sources/{source['id']}"
        changed = adas("PATCH", path, {"config": {"max_pages": 20, "include": ["/help/*"]}}).json()
        kept = {name: changed["config"][name] for name in ("max_pages", "include", "exclude")}
        assert kept == {"max_pages": 20, "include": ["/help/*"], "exclude": ["/blog/*"]}
        refused = adas("PATCH", path, {"config": {"max_pages": 0}})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "max_pages")


def test_only_websites_are_counted(adas, lumi):
    refused = adas.post(f"/agents/{lumi}/sources/count", {"kind": "text", "config": {"text": "Hello."}})
    assert refused.status_code == 422 and "Only websites" in refused.json()["detail"]


def test_a_deleted_source_is_gone_with_the_answer(adas, ada, lumi):
    source_id = adas.post(f"/agents/{lumi}/sources", TEXT).json()["id"]
    carry_out(ada)
    (document,) = adas.get(f"/agents/{lumi}/documents").json()["items"]
    assert adas.delete(f"/agents/{lumi}/sources/{source_id}").status_code == 204
    assert adas.get(f"/agents/{lumi}/sources").json()["items"] == []
    assert adas.get(f"/agents/{lumi}/documents").json()["items"] == []
    assert adas.get(f"/agents/{lumi}/documents/{document['id']}").status_code == 404
    assert adas.post(f"/agents/{lumi}/search", {"query": "return the lamp"}).json()["passages"] == []
    for again in (adas.get, adas.delete):
        assert again(f"/agents/{lumi}/sources/{source_id}").status_code == 404
    assert adas.post(f"/agents/{lumi}/sources", TEXT).json()["id"] != source_id
