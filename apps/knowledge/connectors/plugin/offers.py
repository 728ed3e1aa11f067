"""The sources that installed plugins offer. A broken plugin is listed with its reason and hurts no other."""

import functools
import logging
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import get_args, get_origin

from berrydesk_sdk import Source
from pydantic import BaseModel, Secret, SecretBytes, SecretStr

from apps.knowledge.models import SourceKind
from berrydesk.plugins import calling

GROUP = "berrydesk.sources"
SECRET = (SecretStr, SecretStr | None)
"""How a setting that is never shown again is declared."""
KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """One kind of source; ``source`` is None and ``broken`` says why when it cannot be loaded."""

    key: str
    plugin: str
    version: str
    source: Source | None
    broken: str = ""


@functools.cache
def catalogue():
    """Every offer, by the key of its entry point."""
    found = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        found.setdefault(point.name, []).append(point)
    return {key: _offer(key, points) for key, points in found.items()}


def forget():
    """Plugins are looked for again, such as after one was installed."""
    catalogue.cache_clear()


def _offer(key, points):
    plugins = sorted({point.dist.name if point.dist else point.module for point in points})
    version = points[0].dist.version if points[0].dist else ""
    if len(plugins) > 1:
        words = f"more than one plugin offers {key}. Uninstall one of them"
        return Offer(key, ", ".join(plugins), "", None, words)
    try:
        declared = calling.call(points[0].load)
        problem = _nonsense(key, declared)
        source = None if problem else calling.call(declared)
    except Exception as error:  # a plugin may fail in any way; it is shown to the owner and logged
        log.exception("The plugin behind the source %s could not be loaded", key)
        source, problem = None, f"{type(error).__name__}: {error}"[:300]
    return Offer(key, plugins[0], version, source, problem)


def _nonsense(key, declared):
    """What is wrong with the declaration, in words, or an empty text. Raises what pydantic raises."""
    if not KEY.fullmatch(key):
        return f"the key {key!r} has other characters than a-z, 0-9, dot, dash and underscore"
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
