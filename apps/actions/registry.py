"""The actions that installed plugins offer. A broken plugin is listed with its reason and hurts no other."""

import functools
import logging
from dataclasses import dataclass
from importlib.metadata import entry_points

from berrydesk_sdk import Action

from apps.actions.errors import BrokenPlugin, UnknownAction

GROUP = "berrydesk.actions"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """One action of the catalogue; ``action`` is None and ``broken`` says why when it cannot be loaded."""

    key: str
    plugin: str
    version: str
    action: Action | None
    broken: str = ""


@functools.cache
def _points():
    return {point.name: point for point in entry_points(group=GROUP)}


@functools.cache
def _offer(key):
    point = _points()[key]
    plugin = point.dist.name if point.dist else point.module
    version = point.dist.version if point.dist else ""
    try:
        action_class = point.load()
        if not (isinstance(action_class, type) and issubclass(action_class, Action)):
            raise TypeError(f"{point.value} is not a berrydesk_sdk.Action")
        return Offer(key, plugin, version, action_class())
    except Exception as error:  # a plugin may fail in any way; it is shown to the owner and logged
        log.exception("The plugin behind %s could not be loaded", key)
        return Offer(key, plugin, version, None, f"{type(error).__name__}: {error}"[:300])


def catalogue():
    """Every offer, in the order of keys."""
    return [_offer(key) for key in sorted(_points())]


def action(key):
    """The action of that key. Raises UnknownAction, BrokenPlugin."""
    if key not in _points():
        raise UnknownAction(key=key)
    offer = _offer(key)
    if offer.action is None:
        raise BrokenPlugin(key=key, reason=offer.broken)
    return offer.action
