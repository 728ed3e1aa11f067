"""A shop with a Stripe of its own, and Vera who paid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from berrydesk.db.scopes import in_workspace
from tests.peers import stripe as stripe_peer


def soon():
    """How long a proof counts that was given just now."""
    return timezone.now() + timedelta(hours=1)


@pytest.fixture(scope="session")
def shop():
    with stripe_peer.running() as peer:
        yield peer


@pytest.fixture
def order(shop):
    """A paid order of €49.00: (its number, its payment)."""
    number = f"NL-{20000 + len(shop.client.v1.payment_intents.list({'limit': 100}).data)}"
    return number, shop.paid(number)


@pytest.fixture
def contact(scoped):
    from apps.conversations.models import Contact

    return Contact.objects.create(workspace=scoped, email="vera@example.com", rung="verified")


@pytest.fixture
def refunding(agent, shop):
    """Refunds are switched on, for people who are known."""
    from apps.actions import wiring

    return wiring.wire(
        agent,
        "stripe.refund",
        enabled=True,
        settings=shop.settings,
        policy={"per_customer_daily_max": None},
    )


@pytest.fixture
def chat(agent, contact, vera):
    from apps.conversations import opening

    with in_workspace(agent.workspace_id):
        return opening.open_conversation(agent, visitor_key=vera.key, contact=contact, verified_until=soon())
