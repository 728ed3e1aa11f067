"""Without a model: a visitor's wish is recognised by the plugin's example sentences, its values by patterns.

Nothing is remembered between messages: what was asked for is read from the conversation itself.
"""

from dataclasses import dataclass

from apps.actions import registry, values, wishes
from apps.actions.errors import BrokenPlugin, UnknownAction
from apps.actions.models import AgentAction

LONGEST_WISH = 600
"""Characters; a longer text tells a story, and a person or a model should read it."""

LONGEST_EVASION = 12
"""Words of an answer that lacks what was asked for, up to which it is asked for once more."""

AGAIN = "I could not read it from that. "


@dataclass(frozen=True)
class Matched:
    """``missing`` is the sentence that asks for what was not said; ``parameters`` is complete without one."""

    agent_action: AgentAction
    parameters: dict
    missing: str | None = None


def match(agent, text, history):
    """What the visitor wants done, or None. ``history``: earlier utterances with ``.author`` and ``.text``."""
    text = text.strip()
    if not text or len(text) > LONGEST_WISH:
        return None
    actions = list(_actions(agent))
    said = _last_words_of_agent(history)
    for row, action in actions:
        if said and said.removeprefix(AGAIN) == question(action):
            resumed = _resumed(row, action, text, history, once_more=not said.startswith(AGAIN))
            if resumed:
                return resumed
    for row, action in actions:
        if wishes.is_wish(action, text):
            found = values.found_in(action, text)
            return Matched(row, found, question(action) if values.lacking(action, found) else None)
    return None


def question(action):
    """The sentence that asks for every required parameter; empty when there is none."""
    fields = [field for field in action.Parameters.model_fields.values() if field.is_required()]
    if not fields:
        return ""
    wanted = " ".join(f"{(field.description or field.title or '').rstrip('.')}." for field in fields)
    return f"{action.title}: I can do that for you. Please tell me this first. {wanted}"


def _actions(agent):
    for row in AgentAction.objects.filter(agent=agent).enabled().by_key():
        try:
            yield row, registry.action(row.key)
        except (UnknownAction, BrokenPlugin):
            continue  # the console lists it with its reason; the agent goes on without it


def _resumed(row, action, text, history, once_more):
    """The wish of before with what ``text`` adds to it, or None when the visitor speaks of something else."""
    if wishes.turns_away(text):
        return None
    earlier = " \n ".join([u.text for u in history if str(u.author) == "visitor"][-2:])
    found = values.found_in(action, earlier, optional_only=True) | values.found_in(action, text)
    found = found or {}
    for name in values.lacking(action, found):
        if values.is_free_text(action, name):  # asked for, so the answer is the value
            found[name] = text
            break
    if not values.lacking(action, found):
        return Matched(row, found)
    if once_more and len(text.split()) <= LONGEST_EVASION:
        return Matched(row, {}, AGAIN + question(action))
    return None


def _last_words_of_agent(history):
    for earlier in reversed(history):
        if str(earlier.author) in ("agent", "person"):
            return earlier.text if str(earlier.author) == "agent" else ""
    return ""
