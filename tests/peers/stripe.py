"""``localstripe``: a stateful Stripe on loopback. It ignores idempotency keys."""

import contextlib
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import stripe

KEY = "sk_test_berrydesk"


@dataclass
class Peer:
    """A running one; ``client`` is the shop's own way to it."""

    url: str
    client: stripe.StripeClient

    @property
    def settings(self):
        """What an owner would fill in."""
        return {"secret_key": KEY, "api_base": self.url}

    def paid(self, order, *, minor=4900, currency="eur", email="vera@example.com", key="order", **more):
        """The PaymentIntent of an order that was paid by card; ``more`` is further metadata."""
        customer = self.client.v1.customers.create({"email": email})
        card = self.client.v1.payment_methods.create(
            {
                "type": "card",
                "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"},
            }
        )
        self.client.v1.payment_methods.attach(card.id, {"customer": customer.id})
        return self.client.v1.payment_intents.create(
            {
                "amount": minor,
                "currency": currency,
                "customer": customer.id,
                "payment_method": card.id,
                "confirm": True,
                "metadata": {key: order, **more},
            }
        )

    def refunds(self, intent=None):
        """All refunds, or those of one payment."""
        wanted = {"limit": 100} | ({"payment_intent": intent.id} if intent else {})
        return list(self.client.v1.refunds.list(wanted).auto_paging_iter())


@contextlib.contextmanager
def running():
    """A Peer that lives as long as the block."""
    port = _free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from localstripe.server import start; start()",
            "--from-scratch",
            "--port",
            str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        url = f"http://127.0.0.1:{port}"
        yield Peer(url, stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0))
    finally:
        process.kill()
        process.wait(10)


def _wait_for(port, process):
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("localstripe did not start.")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
