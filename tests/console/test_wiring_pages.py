"""Step 4 and the page of actions: keys, limits and secrets."""

import pytest

from tests.console.addresses import at

pytestmark = pytest.mark.django_db


def test_an_action_without_its_key_stays_off(as_ada, agent):
    answer = as_ada.post(at("action", agent, "stripe.refund"), {"enabled": "on", "max_amount": "80"})
    assert answer.status_code == 422 and "cannot be switched on yet" in answer.content.decode()
    assert not agent.actions.enabled().exists()


def test_limits_that_are_no_amounts_come_back(as_ada, agent):
    answer = as_ada.post(at("action", agent, "stripe.refund"), {"max_amount": "a lot", "currency": "EURO"})
    page = answer.content.decode()
    zero = as_ada.post(at("action", agent, "stripe.refund"), {"max_amount": "0", "daily_count_max": "often"})
    assert "limit of zero" in zero.content.decode() and "a number like 5" in zero.content.decode()
    assert answer.status_code == 422 and "Write an amount like 80" in page and "a lot" in page


def test_a_secret_is_stored_and_never_shown(as_ada, agent):
    secret = "sk_test_abcdefghijklmnop"
    limits = {"set-secret_key": secret, "max_amount": "80,50", "currency": "eur", "identity": "claimed"}
    assert as_ada.post(at("action", agent, "stripe.refund"), limits).status_code == 302
    row = agent.actions.get()
    assert row.settings["secret_key"] == secret
    assert (row.policy["max_amount"], row.policy["currency"], row.policy["identity"]) == (
        8050,
        "EUR",
        "claimed",
    )
    page = as_ada.get(at("actions", agent) + "?open=stripe.refund").content.decode()
    assert secret not in page and "80.50" in page and "Stored." in page


def test_trying_before_connecting_says_what_is_missing(as_ada, agent):
    answer = as_ada.post(at("try", agent, "stripe.refund"), {"try-payment": "NL-20418"})
    assert "press Save first" in answer.content.decode()


def test_an_unknown_action_is_not_found(as_ada, agent):
    assert as_ada.post(at("action", agent, "no.such"), {}).status_code == 404
