"""The owner's side: what is wrong is said in words, and what cannot be read allows nothing."""

import sys

import pytest
from berrydesk_sdk import VisitorError

from apps.actions import registry, running, wiring
from apps.actions.errors import BrokenPlugin, PolicyInvalid, SettingsIncomplete, UnknownAction
from apps.actions.models import AgentAction
from apps.conversations.phrases import phrase
from berrydesk.db.scopes import in_workspace


def test_a_missing_secret_is_named(agent):
    with pytest.raises(SettingsIncomplete, match="Secret key"):
        wiring.wire(agent, "stripe.refund", enabled=True)
    assert not AgentAction.objects.exists()


def test_a_public_key_is_told_apart(agent):
    with pytest.raises(SettingsIncomplete, match="is public") as told:
        wiring.wire(agent, "stripe.refund", enabled=True, settings={"secret_key": "pk_live_123"})
    assert "pk_live_123" not in str(told.value)


def test_an_address_where_nothing_is(agent):
    settings = {"secret_key": "sk_test_1", "api_base": "http://127.0.0.1:9"}
    with pytest.raises(SettingsIncomplete, match="cannot be reached"):
        wiring.wire(agent, "stripe.refund", enabled=True, settings=settings, check=True)


@pytest.mark.parametrize(
    "policy",
    [
        {"confirm": False},
        {"max_amount": 0},
        {"max_amount": -1},
        {"max_amount": "much"},
        {"daily_max": 10**15},
        {"identity": "god"},
        {"currency": "euro"},
        {"other": 1},
    ],
)
def test_limits_that_cannot_hold(agent, shop, policy):
    with pytest.raises(PolicyInvalid):
        wiring.wire(agent, "stripe.refund", enabled=True, settings=shop.settings, policy=policy)


def test_a_policy_that_cannot_be_read_allows_nothing(shop, refunding, chat, contact, order):
    run = running.propose(
        refunding, conversation=chat, turn=None, contact=contact, parameters={"payment": order[0]}
    )
    AgentAction.objects.update(policy={"max_amount": "broken"})
    refused = running.confirm(run)
    assert refused.state == "rejected" and shop.refunds(order[1]) == []
    assert chat.messages.get().text == phrase("act_not_now", "en")


def test_another_currency_is_refused(shop, agent, chat, contact):
    shop.paid("CH-5001", currency="chf")
    wired = wiring.wire(
        agent, "stripe.refund", enabled=True, settings=shop.settings, policy={"currency": "EUR"}
    )
    with pytest.raises(VisitorError, match="only do that in EUR"):
        running.propose(
            wired, conversation=chat, turn=None, contact=contact, parameters={"payment": "CH-5001"}
        )


def test_mallory_finds_nothing(mallory, refunding):
    with in_workspace(mallory.workspace):
        assert not AgentAction.objects.exists()


def test_an_unknown_key(agent):
    with pytest.raises(UnknownAction, match="Install the plugin"):
        wiring.wire(agent, "nothing.here", enabled=True)


@pytest.fixture
def broken_plugin(tmp_path):
    """A distribution whose module cannot be imported."""
    info = tmp_path / "berrydesk_broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: berrydesk-broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[berrydesk.actions]\nbroken.thing = berrydesk_broken:Thing\n")
    (tmp_path / "berrydesk_broken.py").write_text("raise RuntimeError('half a plugin')\n")
    sys.path.insert(0, str(tmp_path))
    registry.forget()
    yield "broken.thing"
    sys.path.remove(str(tmp_path))
    registry.forget()


def test_a_broken_plugin_is_listed_with_its_reason_and_hurts_no_other(broken_plugin, agent, refunding):
    offers = {offer.key: offer for offer in registry.catalogue()}
    assert "half a plugin" in offers[broken_plugin].broken and offers[broken_plugin].version == "1.0"
    assert offers["stripe.refund"].made is not None
    with pytest.raises(BrokenPlugin, match="half a plugin"):
        wiring.wire(agent, broken_plugin, enabled=True)
