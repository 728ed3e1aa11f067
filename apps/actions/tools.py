"""An agent's actions as tools of a model: names, schemas, and the way back from a call."""

import json

from berrydesk_sdk import Effect, VisitorError

from apps.actions import registry, running
from apps.actions.errors import BrokenPlugin, UnknownAction
from apps.actions.models import AgentAction

LONGEST_ARGUMENTS = 20_000
HIDDEN_FROM_MODELS = ("title", "said_as")


def tools_for(agent):
    """The tool schemas of every action that is switched on for ``agent`` and can be loaded."""
    found = []
    for row in AgentAction.objects.filter(agent=agent).enabled().by_key():
        try:
            action = registry.action(row.key)
        except (UnknownAction, BrokenPlugin):
            continue  # the console lists it with its reason; the agent goes on without it
        found.append({"type": "function", "function": _described(row.key, action)})
    return found


def parse_call(agent, name, arguments_json):
    """(agent_action, parameters) of a model's call. Raises VisitorError in words that a model understands too."""
    for row in AgentAction.objects.filter(agent=agent).enabled().by_key():
        if tool_name(row.key) == name:
            return row, running.parse(registry.action(row.key), _arguments(arguments_json)).model_dump(
                mode="json"
            )
    raise VisitorError(f"There is no tool {name[:64]}.")


def tool_name(key):
    """``stripe.refund`` as providers allow it: letters, digits, underscores."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in key)[:64]


def _described(key, action):
    description = action.description or action.title
    if action.effect is not Effect.READ:
        description += (
            " The customer is shown a card and confirms there; do not ask for confirmation yourself."
        )
    return {
        "name": tool_name(key),
        "description": description,
        "parameters": _plain(action.Parameters.model_json_schema()),
    }


def _plain(schema):
    """The schema without what only people and the server read; the parameters' own names stay."""
    kept = {name: value for name, value in schema.items() if name not in HIDDEN_FROM_MODELS}
    for holder in ("properties", "$defs"):
        if holder in kept:
            kept[holder] = {name: _plain(value) for name, value in kept[holder].items()}
    return kept


def _arguments(text):
    if isinstance(text, dict):
        return text
    if len(text or "") > LONGEST_ARGUMENTS:
        raise VisitorError("The arguments of that call are too long.")
    try:
        arguments = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise VisitorError("The arguments of that call are not JSON.") from None
    if not isinstance(arguments, dict):
        raise VisitorError("The arguments of that call are not an object.")
    return arguments
