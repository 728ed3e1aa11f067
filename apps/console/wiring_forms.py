"""Forms of an action, made from what its plugin declares: settings, limits, and parameters to try it with."""

import re
from dataclasses import replace

from berrydesk_sdk import Effect
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.actions import wiring
from apps.console import money, plugin_forms
from apps.conversations.models import Rung

MONEY_LIMITS = ("max_amount", "daily_max", "per_customer_daily_max", "approval_over")


def settings_inputs(key, action, row, typed=None):
    """What the owner fills in; secrets come without their value, only with whether they are set."""
    stored = wiring.shown_settings(row) if row else {}
    kept = {name for name, value in stored.items() if value is True}
    return plugin_forms.inputs(
        key, "set", action.Settings, typed or stored, wiring.secret_names(action), kept
    )


def with_problem(inputs, problem):
    """The inputs, with what is wrong at the one it is wrong with."""
    field = getattr(problem, "facts", {}).get("field")
    return [
        replace(one, problem=problem.message) if field and one.name == f"set-{field}" else one
        for one in inputs
    ]


def parameter_inputs(key, action, typed=None):
    """What a customer would say, to try the action with."""
    return plugin_forms.inputs(key, "try", action.Parameters, typed or {})


def limits(action, policy):
    """The policy as the sentences' grey words show it."""
    currency = policy.get("currency", "")
    shown = {name: money.shown(policy.get(name), currency) for name in MONEY_LIMITS}
    shown["currency"] = currency
    shown["daily_count_max"] = policy.get("daily_count_max") or ""
    shown["identity"] = policy.get("identity") or str(action.identity)
    shown["always_approve"] = policy.get("approval_over") == 0
    return shown


def read_limits(action, data):
    """``(policy, problems by field)`` from the typed sentences."""
    currency = data.get("currency", "").strip().upper()
    policy, problems = {"currency": currency}, {}
    identity = data.get("identity", "")
    policy["identity"] = identity if identity in Rung.values else None
    if action.effect is Effect.MONEY:
        for name in MONEY_LIMITS:
            try:
                policy[name] = money.minor(data.get(name, ""), currency)
            except ValidationError as problem:
                problems[name] = " ".join(problem.messages)
            else:
                if policy[name] == 0 and name != "approval_over":
                    problems[name] = _(
                        "Nothing could be done with a limit of zero. Switch the action off instead."
                    )
    else:
        policy["approval_over"] = 0 if "always_approve" in data else None
    times = data.get("daily_count_max", "").strip()
    is_number = re.fullmatch(r"0*[1-9][0-9]{0,5}", times[:20]) and len(times) <= 20
    policy["daily_count_max"] = int(times) if is_number else None
    if times and policy["daily_count_max"] is None:
        problems["daily_count_max"] = _("How often is a number like 5, or nothing for any number of times.")
    if currency and not (len(currency) == 3 and currency.isalpha() and currency.isascii()):
        problems["currency"] = _("A currency has three letters, like EUR.")
    return policy, problems
