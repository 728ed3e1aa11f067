"""Refund a payment, all of it or a part, to the card it came from."""

import re

from berrydesk_sdk import Action, Effect, Identity, Outcome, Preview, Retryable, VisitorError
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from berrydesk_stripe import money
from berrydesk_stripe.payments import Stripe, refunded_minor

BEGIN_BY_S = 5
"""A refund is not begun later than this within a call, so that it cannot go on after Berrydesk gave up."""

SAID_AMOUNT = (
    r"[€$£]\s?(\d{1,7}(?:[.,]\d{1,2})?)|(\d{1,7}(?:[.,]\d{1,2})?)\s?(?:€|\$|£|EUR\b|USD\b|GBP\b|euros?\b)"
)


class Settings(BaseModel):
    """What the owner fills in."""

    model_config = ConfigDict(extra="forbid")
    secret_key: SecretStr = Field(
        title="Secret key", description="From Stripe, Developers, API keys. Begins with sk_ or rk_."
    )
    api_base: str = Field(
        "",
        title="Stripe's address",
        description="Only for a test server.",
        json_schema_extra={"advanced": True},
    )

    @field_validator("secret_key")
    @classmethod
    def _is_secret(cls, value):
        if not re.fullmatch(r"(sk|rk)_[A-Za-z0-9_]+", value.get_secret_value()):
            raise ValueError("A secret key begins with sk_ or rk_. The one that begins with pk_ is public.")
        return value

    @field_validator("api_base")
    @classmethod
    def _is_address(cls, value):
        if value and not re.fullmatch(r"https?://[\w.\-\[\]:]+/?", value):
            raise ValueError("An address looks like http://localhost:8420")
        return value


class Refund(Action):
    title = "Refund a payment"
    description = (
        "Give back money that the customer paid, all of a payment or a part of it, to the card it came from. "
        "Use it only when the customer asks for their money back."
    )
    effect = Effect.MONEY
    identity = Identity.VERIFIED
    examples = [
        "I want my money back",
        "I want a refund",
        "I want a refund for my order",
        "Please refund my order",
        "Refund my payment",
        "Refund me",
        "Return my money",
        "Give me my money back",
        "Can I get a refund for order 10001",
        "Ich möchte mein Geld zurück",
        "Ich möchte eine Erstattung",
        "Können Sie mir mein Geld zurückgeben",
        "Bitte erstatten Sie meine Bestellung",
        "Quiero que me devuelvan el dinero",
        "Quiero un reembolso",
        "Je veux être remboursé",
        "Je voudrais un remboursement",
        "Quero um reembolso",
    ]
    Settings = Settings

    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        payment: str = Field(
            title="order number",
            description="The order number, such as NL-20418, or the id of the payment (pi_… or ch_…)",
            pattern=r"^((pi|ch)_[A-Za-z0-9_]{1,64}|#?[A-Za-z]{1,6}-[0-9]{3,12}|#?[0-9]{4,12})$",
        )
        amount: str | None = Field(
            None,
            title="amount",
            description="The amount as text, such as 25.00; leave it out to refund everything that is left",
            pattern=r"^[0-9]{1,7}([.,][0-9]{1,3})?$",
            json_schema_extra={"said_as": SAID_AMOUNT},
        )
        reason: str = Field("", title="reason", description="Why, in the customer's words", max_length=400)

    def preview(self, context, parameters):
        shop = Stripe(context.settings)
        charge, left = _refundable(shop, context, parameters)
        minor = _amount(parameters, charge, left)
        amount = money.in_words(minor, charge.currency)
        order = shop.order_of(charge)
        card = shop.card(charge)
        paid = money.in_words(charge.amount, charge.currency)
        rows = [
            ("Amount", amount),
            ("Order", order),
            ("Paid", paid),
            ("To", card and f"Card ending in {card}"),
        ]
        return Preview(
            title=f"Refund {amount}",
            rows=tuple((label, value) for label, value in rows if value),
            amount_minor=minor,
            currency=charge.currency.upper(),
            confirm_label=f"Refund {amount}",
            note="It takes five to ten days to appear on your statement.",
            subject=charge.id,
        )

    def perform(self, context, parameters):
        shop = Stripe(context.settings)
        charge, left = _refundable(shop, context, parameters, charge_id=_confirmed_charge(context))
        made = shop.refund_of_run(charge, context.run_id)
        if made is None:
            minor = context.confirmed.amount_minor if context.confirmed else _amount(parameters, charge, left)
            if minor > left:
                raise VisitorError("Part of this payment was refunded meanwhile. Please ask again.")
            if shop.elapsed_s() > BEGIN_BY_S:
                raise Retryable("Stripe is slow.")
            made = shop.refund(
                charge, minor, run_id=context.run_id, reason=parameters.reason, key=context.idempotency_key
            )
        return _done(made)

    def reconcile(self, context, run):
        shop = Stripe(context.settings)
        charge = shop.find(_confirmed_charge(context) or run.parameters.payment)
        if charge is None:  # it was there before: this may be another account
            return Outcome.unknown()
        made = shop.refund_of_run(charge, run.id)
        return _done(made) if made else None

    def check(self, settings):
        Stripe(settings).ping()
        return "Stripe accepted the key."


def _confirmed_charge(context):
    """The charge that was agreed to: an order number might mean another one by now."""
    return context.confirmed.subject if context.confirmed else ""


def _refundable(shop, context, parameters, charge_id=""):
    """The contact's charge and how much of it is left. Raises VisitorError.

    Another person's payment is answered as one that does not exist.
    """
    charge = shop.find(charge_id or parameters.payment)
    if not charge or not _is_theirs(shop, charge, context):
        raise VisitorError(
            f"I could not find a payment for {parameters.payment} that is yours. "
            "Please check the number on your receipt."
        )
    if charge.status != "succeeded" or not getattr(charge, "captured", True):
        raise VisitorError("That payment has not gone through, so there is nothing to refund.")
    return charge, charge.amount - refunded_minor(shop.refunds(charge))


def _is_theirs(shop, charge, context):
    """True when the payment carries the contact's e-mail or the shop's own id of them.

    Of somebody unknown nothing can be compared: they only come here when the owner lets anybody ask, or
    tries it out.
    """
    contact = context.contact
    if contact and (contact.email or contact.external_id):
        return contact.email.strip().casefold() in shop.emails(charge) or _has_id(shop, charge, contact)
    return context.dry_run or not contact or contact.identity == Identity.ANONYMOUS


def _has_id(shop, charge, contact):
    return bool(contact.external_id) and contact.external_id in shop.customer_ids(charge)


def _amount(parameters, charge, left):
    if left <= 0:
        raise VisitorError("That payment was refunded already.")
    minor = money.to_minor(parameters.amount, charge.currency) if parameters.amount is not None else left
    if minor > left:
        raise VisitorError(
            f"Only {money.in_words(left, charge.currency)} of that payment can still be refunded."
        )
    return minor


def _done(refund):
    amount = money.in_words(refund.amount, refund.currency)
    if getattr(refund, "status", "succeeded") in ("failed", "canceled"):
        return Outcome.failed(f"The refund of {amount} did not go through at the bank.")
    return Outcome.succeeded(
        reference=refund.id,
        message=f"Done: {amount} is on its way back to you. It takes five to ten days to appear on your statement.",
    )
