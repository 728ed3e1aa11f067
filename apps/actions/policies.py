"""Who may do it, how much of it, and who must agree: the owner's policy, enforced here and not by plugins."""

from datetime import timedelta
from typing import Literal

from berrydesk_sdk import Effect, Identity, VisitorError
from django.db.models import Sum
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.actions.errors import PolicyInvalid
from apps.actions.models import ActionRun
from apps.conversations.models import Rung
from apps.conversations.phrases import phrase

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


def refusal(agent_action, action, *, rung, customer, amount_minor, currency, leave_out=None, language="en"):
    """One sentence for the visitor that says why it may not be done, or an empty text.

    For the sums to hold, the caller has locked ``agent_action``. ``leave_out`` is the run that is asked about,
    ``language`` the visitor's.
    """
    policy = read(agent_action.policy)
    unknown = refusal_by_identity(agent_action, action, rung, language)
    if unknown:
        return unknown
    most = policy.daily_count_max
    if most is not None and _within_a_day(agent_action, leave_out).count() >= most:
        return phrase("act_too_often", language)
    if action.effect is not Effect.MONEY:
        return ""
    if not amount_minor or amount_minor < 0 or len(currency) != 3:
        return phrase("act_no_amount", language)
    if policy.currency and policy.currency != currency:
        return phrase("act_currency", language, currency=policy.currency)
    if policy.max_amount is not None and amount_minor > policy.max_amount:
        return phrase("act_too_much", language)
    over = _over_a_day(agent_action, policy, customer, amount_minor, currency, leave_out)
    return phrase(over, language) if over else ""


class EmailNeeded(VisitorError):
    """It can be done once the visitor leaves an e-mail address; the sentence asks for it."""


def needed_rung(agent_action, action):
    """How well the visitor must be known: as the owner says, else as the plugin does."""
    return Rung(str(read(agent_action.policy).identity or action.identity))


def refusal_by_identity(agent_action, action, rung, language="en"):
    """One sentence when the visitor is not known well enough, or an empty text."""
    needed = needed_rung(agent_action, action)
    if rung.rank >= needed.rank:
        return ""
    return phrase("act_sign_in" if needed is Rung.VERIFIED else "act_email_first", language)


def needs_approval(agent_action, run):
    """True when a teammate has to agree as well."""
    over = read(agent_action.policy).approval_over
    return over is not None and (run.amount_minor is None or run.amount_minor > over)


def _over_a_day(agent_action, policy, customer, amount_minor, currency, leave_out):
    """The phrase of the day's limit that would be passed, or an empty text."""
    runs = _within_a_day(agent_action, leave_out).filter(currency=currency)
    for limit, counted, key in (
        (policy.daily_max, runs, "act_day_reached"),
        (
            policy.per_customer_daily_max,
            runs.filter(customer=customer),
            "act_customer_reached",
        ),
    ):
        if (
            limit is not None
            and amount_minor + (counted.aggregate(sum=Sum("amount_minor"))["sum"] or 0) > limit
        ):
            return key
    return ""


def _within_a_day(agent_action, leave_out):
    """The runs that count against limits now, without the one that is asked about."""
    since = timezone.now() - DAY
    runs = ActionRun.objects.counted().filter(agent_action=agent_action, confirmed_at__gte=since)
    return runs if leave_out is None else runs.exclude(pk=leave_out.pk)
