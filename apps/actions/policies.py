"""Who may do it, how much of it, and who must agree: the owner's policy, enforced here and not by plugins."""

from datetime import timedelta
from typing import Literal

from berrydesk_sdk import Effect, Identity
from django.db.models import Sum
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.actions.errors import PolicyInvalid
from apps.actions.models import ActionRun
from apps.conversations.models import Rung

DAY = timedelta(hours=24)


class Policy(BaseModel):
    """Amounts are in minor units of the payment's own currency; None means no limit."""

    model_config = ConfigDict(extra="forbid")
    confirm: Literal[True] = Field(True, description="The customer confirms first, always, by a click")
    identity: Identity | None = Field(
        None, description="How well the customer must be known; None: as the plugin says"
    )
    max_amount: int | None = Field(10_000, ge=1, le=10**12, description="Highest amount of one run")
    daily_max: int | None = Field(50_000, ge=1, le=10**12, description="Highest sum within 24 hours")
    per_customer_daily_max: int | None = Field(
        20_000, ge=1, le=10**12, description="The same for one customer"
    )
    daily_count_max: int | None = Field(
        None, ge=1, le=10**6, description="How often it may be done within 24 hours"
    )
    approval_over: int | None = Field(
        None, ge=0, le=10**12, description="A teammate approves above this; 0: always"
    )
    currency: str = Field("", pattern="^([A-Z]{3})?$", description="Only this currency; empty: any")


def read(stored):
    """The policy of a wiring. Raises PolicyInvalid, so what cannot be read allows nothing."""
    try:
        return Policy.model_validate(stored)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "policy"
        raise PolicyInvalid(reason=f"{place}: {first['msg']}") from error


def refusal(agent_action, action, *, rung, customer, amount_minor, currency, leave_out=None):
    """One sentence for the visitor that says why it may not be done, or an empty text.

    For the sums to hold, the caller has locked ``agent_action``. ``leave_out`` is the run that is asked about.
    """
    policy = read(agent_action.policy)
    unknown = refusal_by_identity(agent_action, action, rung)
    if unknown:
        return unknown
    most = policy.daily_count_max
    if most is not None and _within_a_day(agent_action, leave_out).count() >= most:
        return "I have done this as often as I may today. A person can help you."
    if action.effect is not Effect.MONEY:
        return ""
    if not amount_minor or amount_minor < 0 or len(currency) != 3:
        return "I could not work out the amount, so I will not do it. A person can help you."
    if policy.currency and policy.currency != currency:
        return f"I may only do that in {policy.currency}. A person can help you."
    if policy.max_amount is not None and amount_minor > policy.max_amount:
        return "That is more than I may pay out by myself. A person can help you."
    return _over_a_day(agent_action, policy, customer, amount_minor, currency, leave_out)


def refusal_by_identity(agent_action, action, rung):
    """One sentence when the visitor is not known well enough, or an empty text."""
    needed = Rung(str(read(agent_action.policy).identity or action.identity))
    if rung.rank >= needed.rank:
        return ""
    if needed is Rung.VERIFIED:
        return "I can only do that for customers who are signed in. Please sign in on our website, or ask for a person."
    return "I can only do that when I know your e-mail address. Please leave it first, or ask for a person."


def needs_approval(agent_action, run):
    """True when a teammate has to agree as well."""
    over = read(agent_action.policy).approval_over
    return over is not None and (run.amount_minor is None or run.amount_minor > over)


def _over_a_day(agent_action, policy, customer, amount_minor, currency, leave_out):
    runs = _within_a_day(agent_action, leave_out).filter(currency=currency)
    for limit, counted, words in (
        (policy.daily_max, runs, "I have reached what I may pay out today. A person can help you."),
        (
            policy.per_customer_daily_max,
            runs.filter(customer=customer),
            "I have reached what I may pay out to you today. A person can help you.",
        ),
    ):
        if (
            limit is not None
            and amount_minor + (counted.aggregate(sum=Sum("amount_minor"))["sum"] or 0) > limit
        ):
            return words
    return ""


def _within_a_day(agent_action, leave_out):
    """The runs that count against limits now, without the one that is asked about."""
    since = timezone.now() - DAY
    runs = ActionRun.objects.counted().filter(agent_action=agent_action, confirmed_at__gte=since)
    return runs if leave_out is None else runs.exclude(pk=leave_out.pk)
