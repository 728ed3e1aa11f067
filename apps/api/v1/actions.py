"""What agents may do: the catalogue, the wiring, the dry run."""

from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from apps.actions import registry, running, wiring
from apps.actions.models import AgentAction
from apps.actions.policies import Policy
from apps.api import contacting
from apps.api.shapes import ContactIn, Page
from apps.api.v1.agents import find as find_agent

router = Router(tags=["Actions"])


class ActionOut(Schema):
    key: str
    title: str
    description: str
    effect: Literal["read", "write", "money"] | None
    identity: Literal["anonymous", "claimed", "verified"] | None
    parameters_schema: dict
    settings_schema: dict
    plugin: str
    version: str
    broken: str = Field(description="Why the plugin could not be loaded; empty when it was")


class WiringIn(Schema):
    enabled: bool
    settings: dict = Field({}, description="After settings_schema. A secret that is left out stays as it was")
    policy: dict = Field(
        {},
        description="confirm, identity, max_amount, daily_max, per_customer_daily_max, daily_count_max, approval_over",
    )
    check: bool = Field(False, description="Let the plugin try the settings first")


class WiringOut(Schema):
    key: str
    enabled: bool
    settings: dict = Field(description="A secret shows only whether it is set")
    policy: dict


class TestIn(Schema):
    parameters: dict = {}
    contact: ContactIn | None = None


class TestOut(Schema):
    preview: dict | None
    problems: list[str]


def _show(offer):
    action = offer.made
    return {
        "key": offer.key,
        "title": action.title if action else offer.key,
        "description": (action.description if action else "") or "",
        "effect": str(action.effect) if action else None,
        "identity": str(action.identity) if action else None,
        "parameters_schema": action.Parameters.model_json_schema() if action else {},
        "settings_schema": action.Settings.model_json_schema() if action else {},
        "plugin": offer.plugin,
        "version": offer.version,
        "broken": offer.broken,
    }


def _wired(row):
    return {
        "key": row.key,
        "enabled": row.is_enabled,
        "settings": wiring.shown_settings(row),
        "policy": row.policy,
    }


@router.get("/actions", response=Page[ActionOut])
def list_actions(request):
    """Every action that an installed plugin offers, bundled and third-party; always one page."""
    return {"items": [_show(offer) for offer in registry.catalogue()], "next": None}


@router.get("/agents/{agent_id}/actions", response=Page[WiringOut])
def list_wired_actions(request, agent_id: str):
    """The actions that were wired to the agent; always one page."""
    rows = AgentAction.objects.filter(agent=find_agent(agent_id)).by_key()
    offered = {offer.key for offer in registry.catalogue() if offer.made}
    return {"items": [_wired(row) for row in rows if row.key in offered], "next": None}


@router.put("/agents/{agent_id}/actions/{key}", response=WiringOut)
def wire_action(request, agent_id: str, key: str, body: WiringIn):
    """Switch the action on or off and say within which limits. Amounts are in minor units."""
    return _wired(wiring.wire(find_agent(agent_id), key, by=request.caller.member, **body.dict()))


@router.post("/agents/{agent_id}/actions/{key}/test", response=TestOut)
def test_action(request, agent_id: str, key: str, body: TestIn):
    """The dry run: what would happen, and what stands in the way. Nothing is done and nothing stored."""
    agent = find_agent(agent_id)
    registry.action(key)
    row = AgentAction.objects.filter(agent=agent, key=key).first()
    if row is None:
        policy = Policy().model_dump(mode="json")
        row = AgentAction(workspace=request.caller.workspace, agent=agent, key=key, policy=policy)
    contact = body.contact and contacting.imagined(request.caller.workspace_id, **body.contact.dict())
    return running.dry_run(row, body.parameters, contact)
