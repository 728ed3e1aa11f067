"""The actions that installed plugins offer. A broken plugin is listed with its reason and hurts no other."""

import functools
import logging
import re
from dataclasses import dataclass
from importlib.metadata import entry_points

from berrydesk_sdk import Action, Effect, Identity
from pydantic import BaseModel

from apps.actions.errors import BrokenPlugin, UnknownAction
from berrydesk.plugins import calling

GROUP = "berrydesk.actions"
KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """One action of the catalogue; ``action`` is None and ``broken`` says why when it cannot be loaded."""

    key: str
    plugin: str
    version: str
    action: Action | None
    broken: str = ""


def catalogue():
    """Every offer, in the order of keys."""
    return [_offer(key) for key in sorted(_points())]


def forget():
    """Plugins are looked for again, such as after one was installed."""
    _points.cache_clear()
    _offer.cache_clear()


def action(key):
    """The action of that key. Raises UnknownAction, BrokenPlugin."""
    if key not in _points():
        raise UnknownAction(key=key)
    offer = _offer(key)
    if offer.action is None:
        raise BrokenPlugin(key=key, reason=offer.broken)
    return offer.action


@functools.cache
def _points():
    found = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    return found


@functools.cache
def _offer(key):
    points = _points()[key]
    plugins = sorted({_plugin(point) for point in points})
    version = points[0].dist.version if points[0].dist else ""
    if len(plugins) > 1:
        return Offer(
            key, ", ".join(plugins), "", None, f"more than one plugin offers {key}. Uninstall one of them"
        )
    try:
        action_class = calling.call(points[0].load)
        problem = _nonsense(key, action_class)
        if problem:
            return Offer(key, plugins[0], version, None, problem)
        return Offer(key, plugins[0], version, calling.call(action_class))
    except Exception as error:  # a plugin may fail in any way; it is shown to the owner and logged
        log.exception("The plugin behind %s could not be loaded", key)
        return Offer(key, plugins[0], version, None, f"{type(error).__name__}: {error}"[:300])


def _plugin(point):
    return point.dist.name if point.dist else point.module


def _nonsense(key, action_class):
    """What is wrong with the declaration, in words, or an empty text. Raises what pydantic raises."""
    if not KEY.fullmatch(key):
        return f"the key {key!r} has other characters than a-z, 0-9, dot, dash and underscore"
    if not (isinstance(action_class, type) and issubclass(action_class, Action)):
        return f"{action_class!r:.100} is not a berrydesk_sdk.Action"
    for name in ("title", "description"):
        if not isinstance(getattr(action_class, name), str):
            return f"its {name} is no text"
    for name, kind in (("effect", Effect), ("identity", Identity)):
        if not isinstance(getattr(action_class, name), kind):
            return f"its {name} is not a berrydesk_sdk.{kind.__name__}"
    for name in ("Parameters", "Settings"):
        model = getattr(action_class, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return f"its {name} is not a pydantic model"
        model.model_json_schema()
    if not isinstance(action_class.examples, list | tuple) or not all(
        isinstance(example, str) for example in action_class.examples
    ):
        return "its examples are not a list of sentences"
    return ""
