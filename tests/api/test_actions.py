"""Actions over the API: the catalogue, the wiring, the dry run, runs."""

import pytest
from django.utils import timezone

from apps.actions import recording
from apps.actions.models import ActionRun, AgentAction
from berrydesk.db.scopes import in_workspace
from tests.actions.conftest import order, shop  # noqa: F401
from tests.cast import a_conversation

pytestmark = pytest.mark.django_db

KEY = "sk_test_canary0123456789"
REFUND = "stripe.refund"


@pytest.fixture
def lumi(adas):
    return adas.post("/agents", {"name": "Lumi"}).json()["id"]


def wire(adas, lumi, **more):
    body = {"enabled": True, "settings": {"secret_key": KEY}, "policy": {"max_amount": 5000}} | more
    return adas("PUT", f"/agents/{lumi}/actions/{REFUND}", body)


def test_the_catalogue_says_what_each_action_needs(adas):
    items = {item["key"]: item for item in adas.get("/actions").json()["items"]}
    refund = items[REFUND]
    assert (refund["effect"], refund["identity"]) == ("money", "verified")
    assert "secret_key" in refund["settings_schema"]["properties"]
    assert refund["parameters_schema"]["properties"]
    assert refund["plugin"] == "berrydesk-stripe" and refund["version"]


def test_an_action_is_wired_and_its_secret_never_comes_back(adas, lumi):
    answer = wire(adas, lumi)
    assert answer.status_code == 200, answer.content
    assert answer.json()["enabled"] is True and answer.json()["policy"]["max_amount"] == 5000
    assert KEY not in answer.content.decode()
    assert answer.json()["settings"]["secret_key"] is True
    off = wire(adas, lumi, enabled=False, settings={}).json()
    assert off["enabled"] is False and off["settings"]["secret_key"] is True
    assert adas.get(f"/agents/{lumi}/actions").json()["items"][0]["key"] == REFUND


@pytest.mark.parametrize(
    "wrong",
    [
        {"settings": {"secret_key": "pk_public"}},
        {"policy": {"confirm": False}},
        {"policy": {"max": 1}},
        {"enabled": 7},
    ],
)
def test_wrong_settings_and_limits_are_refused_in_words(adas, lumi, wrong):
    answer = wire(adas, lumi, **wrong)
    assert answer.status_code == 422
    assert answer.json()["remedy"]


def test_what_no_plugin_offers_is_not_found(adas, lumi):
    answer = adas("PUT", f"/agents/{lumi}/actions/no.such", {"enabled": True})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_action")


def test_a_dry_run_shows_what_would_happen(adas, lumi, shop, order):  # noqa: F811
    wire(adas, lumi, settings=shop.settings, policy={})
    number, _payment = order
    who = {"external_id": "vera", "email": "vera@example.com"}
    body = {"parameters": {"payment": number}, "contact": who}
    answer = adas.post(f"/agents/{lumi}/actions/{REFUND}/test", body)
    assert answer.status_code == 200
    assert answer.json()["problems"] == [], answer.content
    assert answer.json()["preview"]["amount_minor"] == 4900
    anonymous = adas.post(f"/agents/{lumi}/actions/{REFUND}/test", {"parameters": {"payment": number}})
    assert anonymous.json()["problems"]
    assert adas.get("/action-runs").json()["items"] == []


@pytest.fixture
def run(agent, vera, ada):
    from datetime import timedelta

    wiring = AgentAction.objects.create(
        workspace_id=agent.workspace_id, agent=agent, key=REFUND, enabled_at=timezone.now()
    )
    return ActionRun.objects.create(
        workspace_id=agent.workspace_id,
        agent_action=wiring,
        conversation=a_conversation(agent, with_=vera, saying="Refund me"),
        key=REFUND,
        effect="money",
        customer="vera",
        business_key=f"{REFUND}:1",
        idempotency_key=recording.new_idempotency_key(),
        state="awaiting_approval",
        preview={"title": "Refund €49.00"},
        expires_at=timezone.now() + timedelta(hours=1),
    )


def test_a_run_is_seen_and_declined_once(adas, run):
    shown = adas.get(f"/action-runs/{run.pk}").json()
    assert shown["state"] == "awaiting_approval" and shown["idempotency_key"]
    assert adas.get("/action-runs?state=succeeded").json()["items"] == []
    assert adas.post(f"/action-runs/{run.pk}/reject").json()["state"] == "rejected"
    again = adas.post(f"/action-runs/{run.pk}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "run_not_waiting")


def test_a_run_is_approved(adas, run):
    assert adas.post(f"/action-runs/{run.pk}/approve").json()["state"] == "confirmed"


def test_what_nobody_could_find_out_is_settled(adas, run):
    assert adas.post(f"/action-runs/{run.pk}/settle", {"happened": True}).status_code == 409
    with in_workspace(run.workspace_id):
        ActionRun.objects.filter(pk=run.pk).update(state="unknown", lost_at=timezone.now())
    assert adas.get(f"/action-runs/{run.pk}").json()["lost_at"]
    assert adas.post(f"/action-runs/{run.pk}/settle", {"happened": True}).json()["state"] == "succeeded"


def test_confirming_what_waits_for_approval_changes_nothing(adas, run):
    assert adas.post(f"/action-runs/{run.pk}/confirm").json()["state"] == "awaiting_approval"


def test_mallory_finds_nothing(mallorys, run):
    with in_workspace(run.workspace_id):
        agent = run.agent_action.agent_id
    assert mallorys.get("/action-runs").json()["items"] == []
    for method, path in [
        ("GET", f"/action-runs/{run.pk}"),
        ("POST", f"/action-runs/{run.pk}/confirm"),
        ("POST", f"/action-runs/{run.pk}/approve"),
        ("POST", f"/action-runs/{run.pk}/reject"),
        ("POST", f"/action-runs/{run.pk}/settle"),
        ("GET", f"/agents/{agent}/actions"),
        ("PUT", f"/agents/{agent}/actions/{REFUND}"),
        ("POST", f"/agents/{agent}/actions/{REFUND}/test"),
    ]:
        assert mallorys(method, path, {"enabled": True, "happened": True}).status_code == 404, path
