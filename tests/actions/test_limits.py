"""The owner's limits, counted over everything that may have had its effect."""

from datetime import timedelta

import pytest
from berrydesk_sdk import VisitorError
from django.utils import timezone

from apps.actions import running, wiring
from apps.actions.errors import PolicyInvalid
from apps.actions.models import ActionRun


@pytest.fixture
def limited(agent, shop):
    """Refunds wired with the limits given."""
    return lambda **limits: wiring.wire(
        agent,
        "stripe.refund",
        enabled=True,
        settings=shop.settings,
        policy={"daily_max": None, "per_customer_daily_max": None} | limits,
    )


@pytest.fixture
def ask(shop, chat, contact):
    """A refund of €10.00 is proposed, each time of another payment."""

    def propose(wired, minor=1000, currency="eur"):
        intent = shop.paid("LIMIT-1", minor=minor, currency=currency)
        return running.propose(
            wired, conversation=chat, turn=None, contact=contact, parameters={"payment": intent.id}
        )

    return propose


def test_how_often_a_day(limited, ask):
    wired = limited(daily_count_max=2)
    first, second, third = ask(wired), ask(wired), ask(wired)
    assert [running.confirm(run).state for run in (first, second, third)] == [
        "confirmed",
        "confirmed",
        "rejected",
    ]
    with pytest.raises(VisitorError, match="as often as I may"):
        ask(wired)


def test_what_failed_counts_no_more_and_yesterday_neither(limited, ask):
    wired = limited(daily_max=1000)
    run = ask(wired)
    running.confirm(run)
    with pytest.raises(VisitorError, match="today"):
        ask(wired)
    for change in (
        {"state": "failed"},
        {"state": "succeeded", "confirmed_at": timezone.now() - timedelta(hours=25)},
    ):
        ActionRun.objects.filter(pk=run.pk).update(**change)
        assert ask(wired).state == "proposed"


@pytest.mark.parametrize("state", ["confirmed", "awaiting_approval", "running", "unknown", "succeeded"])
def test_what_may_have_happened_counts(limited, ask, state):
    wired = limited(daily_max=1500)
    run = ask(wired)
    running.confirm(run)
    ActionRun.objects.filter(pk=run.pk).update(state=state)
    with pytest.raises(VisitorError, match="today"):
        ask(wired)


def test_another_currency_than_allowed(limited, ask):
    with pytest.raises(VisitorError, match="only do that in EUR"):
        ask(limited(currency="EUR"), currency="usd")


def test_a_limit_lowered_after_the_card_was_shown_holds(limited, ask, chat):
    run = ask(limited())
    limited(max_amount=500)
    assert running.confirm(run).state == "rejected"
    assert "more than I may pay out" in chat.messages.get().text


@pytest.mark.parametrize(
    "nonsense",
    [
        {"max_amount": 0},
        {"max_amount": -1},
        {"max_amount": "lots"},
        {"daily_max": 10**13},
        {"confirm": False},
        {"currency": "euro"},
        {"identity": "friend"},
        {"no_limit": True},
    ],
    ids=str,
)
def test_limits_that_cannot_hold_are_refused(limited, nonsense):
    with pytest.raises(PolicyInvalid):
        limited(**nonsense)
