"""What Stripe knows: payments found by id or order number, their refunds, and errors told apart."""

import contextlib
import time

import stripe
from berrydesk_sdk import Retryable, SetupError, Unknown, VisitorError

CALL_S = 4
"""One call; Berrydesk cuts a whole step off at ten seconds."""
SEARCH_S = 6
"""Looking through payments ends early enough for a clear answer."""
ORDER_KEYS = ("order", "order_id", "order_number")
CUSTOMER_KEYS = ("customer", "customer_id", "external_id", "user_id")
"""Where a shop writes its own id of the customer: the ``sub`` of the identity that its website signs."""


class Stripe:
    """The calls that refunding needs, each at most once: our run is what repeats safely, not the client."""

    def __init__(self, settings):
        base = {"api": settings.api_base.rstrip("/")} if settings.api_base else {}
        self.client = stripe.StripeClient(
            settings.secret_key.get_secret_value(),
            base_addresses=base,
            max_network_retries=0,
            http_client=stripe.HTTPXClient(timeout=CALL_S, allow_sync_methods=True),
        ).v1
        self.began = time.monotonic()

    def elapsed_s(self):
        """Seconds since this step began."""
        return time.monotonic() - self.began

    def find(self, name):
        """The charge that ``name`` (``pi_…``, ``ch_…`` or an order number) stands for, or None."""
        with errors(sent=False):
            try:
                if name.startswith("ch_"):
                    return self._charge(name)
                if name.startswith("pi_"):
                    return self._charge_of(self.client.payment_intents.retrieve(name))
            except stripe.InvalidRequestError as error:
                if error.http_status == 404:
                    return None
                raise
            return self._charge_of_order(name.lstrip("#").casefold())

    def emails(self, charge):
        """The e-mail addresses that stand at the payment, lower case."""
        details = getattr(charge, "billing_details", None)
        found = [getattr(charge, "receipt_email", None), getattr(details, "email", None)]
        customer = getattr(charge, "customer", None)
        if customer:
            with errors(sent=False):
                found.append(getattr(self.client.customers.retrieve(str(customer)), "email", None))
        return {email.strip().casefold() for email in found if email}

    def customer_ids(self, charge):
        """The shop's own ids of the customer, in the metadata of the payment or of Stripe's customer."""
        holders = [charge, *self._intent_of(charge)]
        customer = getattr(charge, "customer", None)
        if customer:
            with errors(sent=False):
                holders.append(self.client.customers.retrieve(str(customer)))
        named = [_metadata(holder).get(key) for holder in holders for key in CUSTOMER_KEYS]
        return {str(name) for name in named if name}

    def order_of(self, charge):
        """The order number in the metadata of the payment, or an empty text."""
        for holder in [charge, *self._intent_of(charge)]:
            for key, value in _metadata(holder).items():
                if key in ORDER_KEYS:
                    return value
        return ""

    def card(self, charge):
        """The last four digits of the card, or an empty text."""
        card = getattr(getattr(charge, "payment_method_details", None), "card", None)
        if card is None and getattr(charge, "payment_method", None):
            with errors(sent=False):
                card = getattr(self.client.payment_methods.retrieve(str(charge.payment_method)), "card", None)
        return str(getattr(card, "last4", "") or "")

    def refunds(self, charge):
        """All refunds of the charge."""
        with errors(sent=False):
            found = self.client.refunds.list({"charge": charge.id, "limit": 100})
            return list(found.auto_paging_iter())

    def refund_of_run(self, charge, run_id):
        """The refund that this run made, or None."""
        return next((r for r in self.refunds(charge) if _metadata(r).get("berrydesk_run") == run_id), None)

    def refund(self, charge, minor, *, run_id, reason, key):
        """A new refund. Raises Unknown when the answer was lost on its way."""
        wanted = {
            "charge": charge.id,
            "amount": minor,
            "metadata": {"berrydesk_run": run_id, "berrydesk_reason": reason[:400]},
        }
        with errors(sent=True):
            return self.client.refunds.create(wanted, {"idempotency_key": key})

    def ping(self):
        """Nothing, when the key may see refunds. Raises SetupError or Retryable."""
        with errors(sent=False):
            self.client.refunds.list({"limit": 1})

    def _intent_of(self, charge):
        if not getattr(charge, "payment_intent", None):
            return []
        with errors(sent=False):
            return [self.client.payment_intents.retrieve(str(charge.payment_intent))]

    def _charge(self, charge_id):
        return self.client.charges.retrieve(charge_id)

    def _charge_of(self, intent):
        latest = getattr(intent, "latest_charge", None)
        return self._charge(getattr(latest, "id", latest)) if latest else None

    def _charge_of_order(self, order):
        found = [
            intent
            for intent in self._newest_intents()
            if _is_of(intent, order) and intent.status == "succeeded"
        ]
        if len(found) > 1:
            raise VisitorError(
                "There is more than one payment for that order. A person can refund it for you."
            )
        return self._charge_of(found[0]) if found else None

    def _newest_intents(self):
        for intent in self.client.payment_intents.list({"limit": 100}).auto_paging_iter():
            if self.elapsed_s() > SEARCH_S:
                raise Retryable("I could not look through all payments in time.")
            yield intent


@contextlib.contextmanager
def errors(*, sent):
    """Stripe's errors as Berrydesk's; ``sent`` says that the call may have changed something."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise SetupError(
            "Stripe refused the secret key. Copy it again from Stripe, Developers, API keys, "
            "with Write on Refunds."
        ) from error
    except stripe.RateLimitError as error:
        raise Retryable("Stripe is busy.") from error
    except stripe.InvalidRequestError as error:
        if error.http_status == 404 and not sent:
            raise
        raise VisitorError("Stripe did not accept this refund. A person can look into it.") from error
    except stripe.CardError as error:
        raise VisitorError(
            "The card's bank did not accept this refund. A person can look into it."
        ) from error
    except stripe.StripeError as error:
        if sent:
            raise Unknown("Stripe's answer was lost.") from error
        raise Retryable("Stripe cannot be reached.") from error


def refunded_minor(refunds):
    """What has gone back already: refunds that failed or were cancelled do not count."""
    return sum(r.amount for r in refunds if getattr(r, "status", "") not in ("failed", "canceled"))


def _is_of(intent, order):
    metadata = _metadata(intent)
    return any(str(metadata.get(key, "")).lstrip("#").casefold() == order for key in ORDER_KEYS)


def _metadata(thing):
    metadata = getattr(thing, "metadata", None)
    return metadata.to_dict() if hasattr(metadata, "to_dict") else dict(metadata or {})
