"""Forms made from what a plugin declares: one input for each field of a pydantic model."""

import math
import types
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Union, get_args, get_origin

from pydantic import SecretStr


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


def inputs(key, prefix, model, values, secrets=(), kept=()):
    """An input for each field of ``model``. ``values``: what was typed or is stored; ``kept``: secrets that are stored."""
    return [
        _input(key, prefix, name, field, values.get(name), name in kept, name in secrets)
        for name, field in model.model_fields.items()
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
            number = float(text.replace(",", "."))
        except ValueError:
            return text  # the plugin's own model says what is wrong with it
        return number if math.isfinite(number) else text
