"""Forms of an action, made from what its plugin declares: settings, limits, and parameters to try it with."""

import re
import types
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, Union, get_args, get_origin

from berrydesk_sdk import Effect
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import SecretStr

from apps.actions import wiring
from apps.console import money
from apps.conversations.models import Rung

MONEY_LIMITS = ("max_amount", "daily_max", "per_customer_daily_max", "approval_over")


@dataclass(frozen=True)
class Input:
    """One thing to fill in. ``kind``: text, secret, number, yes_no or choice."""

    name: str
    id: str
    label: str
    help: str
    kind: str
    value: str = ""
    is_set: bool = False
    is_required: bool = False
    is_advanced: bool = False
    choices: tuple[str, ...] = ()
    problem: str = ""


def settings_inputs(key, action, row, typed=None):
    """What the owner fills in; secrets come without their value, only with whether they are set."""
    stored = wiring.shown_settings(row) if row else {}
    secrets = wiring.secret_names(action)
    return [
        _input(
            key, "set", name, field, (typed or stored).get(name), stored.get(name) is True, name in secrets
        )
        for name, field in action.Settings.model_fields.items()
    ]


def with_problem(inputs, problem):
    """The inputs, with what is wrong at the one it is wrong with."""
    field = getattr(problem, "facts", {}).get("field")
    return [
        replace(one, problem=problem.message) if field and one.name == f"set-{field}" else one
        for one in inputs
    ]


def parameter_inputs(key, action, typed=None):
    """What a customer would say, to try the action with."""
    return [
        _input(key, "try", name, field, (typed or {}).get(name), False, False)
        for name, field in action.Parameters.model_fields.items()
    ]


def read(model, data, prefix):
    """The typed values of ``prefix-name`` fields, as plain values; what was left empty is left out."""
    found = {}
    for name, field in model.model_fields.items():
        kind, _choices = _kind(field)
        text = data.get(f"{prefix}-{name}", "").strip()
        if kind == "yes_no":
            found[name] = f"{prefix}-{name}" in data
        elif text:
            found[name] = _number(text) if kind == "number" else text
        elif not field.is_required() and kind != "secret" and prefix == "set":
            found[name] = field.get_default(call_default_factory=True)
    return found


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


def _input(key, prefix, name, field, value, is_set, is_secret):
    kind, choices = _kind(field)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    if value is None and not is_secret and not field.is_required():
        value = field.get_default(call_default_factory=True)
    text = "" if is_secret or value is None else str(getattr(value, "value", value))
    title = field.title or name.replace("_", " ")
    return Input(
        name=f"{prefix}-{name}",
        id=f"{key.replace('.', '-')}-{prefix}-{name}",
        label=title[:1].upper() + title[1:],
        help=field.description or "",
        kind="secret" if is_secret else kind,
        value=text,
        is_set=is_set,
        is_required=field.is_required(),
        is_advanced=bool(extra.get("advanced")),
        choices=choices,
    )


def _kind(field):
    annotation = field.annotation
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next((a for a in get_args(annotation) if a is not type(None)), str)
    if annotation is SecretStr:
        return "secret", ()
    if annotation is bool:
        return "yes_no", ()
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(a) for a in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "choice", tuple(str(member.value) for member in annotation)
    return ("number" if annotation in (int, float) else "text"), ()


def _number(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text  # the plugin's own model says what is wrong with it
