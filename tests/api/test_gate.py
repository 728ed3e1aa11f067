"""What every call passes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.api import tasks
from apps.api.models import IdempotentCall
from berrydesk.db.scopes import in_workspace

pytestmark = pytest.mark.django_db


def problem_of(response):
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"] and body["detail"] and body["remedy"]
    return body


def test_without_a_token_nothing_opens(client, db):
    problem = problem_of(client.get("/api/v1/agents"))
    assert problem["code"] == "not_signed_in"
    assert "Settings, API tokens" in problem["detail"]


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic abc", "Bearer " + "x" * 5000, ""])
def test_a_wrong_token_opens_nothing(client, adas, header):
    response = client.get("/api/v1/agents", headers={"authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    problem_of(response)


def test_a_revoked_token_opens_nothing(adas, ada, scoped):
    from apps.workspaces import tokens

    assert adas.get("/agents").status_code == 200
    tokens.revoke(adas.row, by=ada)
    assert adas.get("/agents").status_code == 401


def test_a_call_that_does_not_exist_is_a_problem(adas):
    assert problem_of(adas.get("/nothing/here"))["code"] == "no_such_call"
    assert adas.get("/agents/").status_code == 404


def test_a_wrong_method_says_which_are_right(adas):
    response = adas("DELETE", "/agents")
    problem = problem_of(response)
    assert response.status_code == 405
    assert "GET" in problem["detail"] and "POST" in problem["detail"]
    assert "GET" in response["Allow"]


def test_a_wrong_field_is_named(adas):
    response = adas.post("/agents", {"name": ""})
    problem = problem_of(response)
    assert response.status_code == 422
    assert problem["errors"][0]["field"] == "name"


def test_what_is_no_json_is_a_problem(adas):
    response = adas.http.post("/api/v1/agents", data="{not json", content_type="application/json")
    assert response.status_code == 400
    assert problem_of(response)["code"] == "unreadable"


def test_a_character_that_cannot_be_stored_is_refused_at_the_field(adas):
    response = adas.post("/agents", {"name": "Lu\x00mi"})
    assert response.status_code == 422
    assert problem_of(response)["errors"][0]["field"] == "name"


def test_the_same_key_has_one_effect(adas):
    first = adas.post("/agents", {"name": "Lumi"}, idempotency_key="k-1")
    again = adas.post("/agents", {"name": "Lumi"}, idempotency_key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert len(adas.get("/agents").json()["items"]) == 1


def test_the_same_key_for_another_call_is_refused(adas):
    adas.post("/agents", {"name": "Lumi"}, idempotency_key="k-1")
    other = adas.post("/agents", {"name": "Other"}, idempotency_key="k-1")
    assert other.status_code == 422
    assert problem_of(other)["code"] == "idempotency_key_reused"


def test_a_failed_call_leaves_its_key_free(adas):
    assert adas.post("/agents", {"name": ""}, idempotency_key="k-1").status_code == 422
    assert adas.post("/agents", {"name": "Lumi"}, idempotency_key="k-1").status_code == 201


def test_two_workspaces_may_use_the_same_key(adas, mallorys):
    first = adas.post("/agents", {"name": "Lumi"}, idempotency_key="k-1").json()
    other = mallorys.post("/agents", {"name": "Lumi"}, idempotency_key="k-1").json()
    assert first["id"] != other["id"]


def test_the_document_and_its_page_need_no_token(client, db):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert "/api/v1/agents" in document["paths"]
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert b"/api/v1/agents" in page.content


def test_what_nobody_will_repeat_any_more_is_forgotten(adas, ada):
    adas.post("/agents", {"name": "Lumi"}, idempotency_key="old")
    adas.post("/agents", {"name": "Luma"}, idempotency_key="new")
    with in_workspace(ada.workspace):
        IdempotentCall.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=31))
    assert tasks.sweep() == 1
    with in_workspace(ada.workspace):
        assert IdempotentCall.objects.get().key == "new"
    assert tasks.sweep() == 0
