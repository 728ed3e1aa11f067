"""The actions that installed plugins offer. A broken plugin is listed with its reason and hurts no other."""

from berrydesk_sdk import Action, Effect, Identity
from pydantic import BaseModel

from apps.actions.errors import BrokenPlugin, UnknownAction
from berrydesk.plugins.offering import Offers


def catalogue():
    """Every offer, in the order of keys; its ``made`` is an ``Action``."""
    return _OFFERS.all()


def forget():
    """Plugins are looked for again, such as after one was installed."""
    _OFFERS.forget()


def action(key):
    """The action of that key. Raises UnknownAction, BrokenPlugin."""
    offer = _OFFERS.of(key)
    if offer is None:
        raise UnknownAction(key=key)
    if offer.made is None:
        raise BrokenPlugin(key=key, reason=offer.broken)
    return offer.made


def _nonsense(_key, action_class):
    """What is wrong with the declaration, in words, or an empty text. Raises what pydantic raises."""
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


_OFFERS = Offers("berrydesk.actions", _nonsense)
