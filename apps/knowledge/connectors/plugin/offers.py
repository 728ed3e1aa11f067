"""The sources that installed plugins offer. A broken plugin is listed with its reason and hurts no other."""

from typing import get_args, get_origin

from berrydesk_sdk import Source
from pydantic import BaseModel, Secret, SecretBytes, SecretStr

from apps.knowledge.models import SourceKind
from berrydesk.plugins.offering import Offers

SECRET = (SecretStr, SecretStr | None)
"""How a setting that is never shown again is declared."""


def catalogue():
    """Every offer, in the order of keys; its ``made`` is a ``Source``."""
    return _OFFERS.all()


def of(kind):
    """The offer of that key, or None where no plugin has it."""
    return _OFFERS.of(kind)


def forget():
    """Plugins are looked for again, such as after one was installed."""
    _OFFERS.forget()


def _nonsense(key, declared):
    """What is wrong with the declaration, in words, or an empty text. Raises what pydantic raises."""
    if key in SourceKind.values:
        return f"{key} is the name of a kind of source that Berrydesk has itself"
    if not (isinstance(declared, type) and issubclass(declared, Source)):
        return f"{declared!r:.100} is not a berrydesk_sdk.Source"
    for name in ("title", "description"):
        if not isinstance(getattr(declared, name), str):
            return f"its {name} is no text"
    if not (isinstance(declared.Settings, type) and issubclass(declared.Settings, BaseModel)):
        return "its Settings is not a pydantic model"
    declared.Settings.model_json_schema()
    for name, field in declared.Settings.model_fields.items():
        if field.annotation not in SECRET and _holds_secret(field.annotation):
            return f"its setting {name} holds a secret inside, which could not be kept: make it a SecretStr of its own"
    return ""


def _holds_secret(annotation, seen=()):
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and issubclass(kind, SecretStr | SecretBytes | Secret):
        return True
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        inner = [field.annotation for field in kind.model_fields.values()]
        return any(_holds_secret(one, (*seen, kind)) for one in inner)
    return any(_holds_secret(one, seen) for one in get_args(annotation))


_OFFERS = Offers("berrydesk.sources", _nonsense)
