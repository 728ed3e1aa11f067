"""Without a model: a visitor's wish is recognised by the plugin's example sentences, its values by patterns.

Nothing is remembered between messages: what was asked for is read from the conversation itself.
"""

from dataclasses import dataclass

from apps.actions import registry, values, wishes
from apps.actions.errors import BrokenPlugin, UnknownAction
from apps.actions.models import AgentAction
from apps.conversations.phrases import LANGUAGES, phrase

LONGEST_WISH = 600
"""Characters; a longer text tells a story, and a person or a model should read it."""

LONGEST_EVASION = 12
"""Words of an answer that lacks what was asked for, up to which it is asked for once more."""

ASKED, AGAIN = "asked", "again"


@dataclass(frozen=True)
class Matched:
    """``missing`` is the sentence that asks for what was not said; ``parameters`` is complete without one."""

    agent_action: AgentAction | None
    parameters: dict
    missing: str | None = None


def match(agent, text, history, language="en"):
    """What the visitor wants done, or None. ``history``: earlier utterances with ``.author`` and ``.text``."""
    text = text.strip()
    if not text or len(text) > LONGEST_WISH:
        return None
    actions = list(_actions(agent))
    said = _last_words_of_agent(history)
    is_address = "@" in text and len(text.split()) == 1
    if said and is_address and any(said == phrase("act_email_first", one) for one in LANGUAGES):
        return _before_the_email(agent, text, history, language)
    for row, action in actions:
        if said and (asked := _asked_before(action, said)):
            resumed = _resumed(row, action, text, history, again="" if asked == AGAIN else language)
            if resumed:
                return resumed
    for row, action in actions:
        if wishes.is_wish(action, text):
            found = values.found_in(action, text)
            return Matched(row, found, question(action, language) if values.lacking(action, found) else None)
    return None


def question(action, language="en"):
    """The sentence that asks for every required parameter; empty when there is none."""
    fields = [(n, field) for n, field in action.Parameters.model_fields.items() if field.is_required()]
    if not fields:
        return ""
    wanted = "; ".join(wanted_words(name, field) for name, field in fields)
    return phrase("act_ask", language, title=action.title, wanted=f"{wanted}.")


def wanted_words(name, field):
    """What a parameter is called and looks like: "order number (as on the receipt: A-1001)"."""
    title = field.title or name.replace("_", " ")
    about = (field.description or "").strip().rstrip(".")
    if title.casefold() in about.casefold():
        return about
    return f"{title} ({about[:1].lower()}{about[1:]})" if about else title


def _before_the_email(agent, text, history, language):
    """What was wanted when the e-mail address was asked for, which ``text`` is; else the question what that was."""
    wishes_before = [u.text for u in history if str(u.author) == "visitor"]
    for last in range(1, 4):  # the wish, and up to two answers about its details
        found = match(agent, "\n".join(wishes_before[-last:]), (), language)
        if found and not found.missing:
            return found
    return Matched(None, {}, phrase("act_email_thanks", language, email=text))


def _asked_before(action, said):
    """ASKED or AGAIN when ``said`` asks for what this action lacks, in whichever language; else None."""
    for language in LANGUAGES:
        asked = question(action, language)
        if asked and said == asked:
            return ASKED
        if asked and said == phrase("act_ask_again", language, question=asked):
            return AGAIN
    return None


def _actions(agent):
    for row in AgentAction.objects.filter(agent=agent).enabled().by_key():
        try:
            yield row, registry.action(row.key)
        except (UnknownAction, BrokenPlugin):
            continue  # the console lists it with its reason; the agent goes on without it


def _resumed(row, action, text, history, again):
    """The wish of before with what ``text`` adds to it, or None when the visitor speaks of something else.

    ``again`` is the language in which to ask once more, empty when it was asked twice.
    """
    if wishes.turns_away(text):
        return None
    earlier = " \n ".join([u.text for u in history if str(u.author) == "visitor"][-2:])
    found = values.found_in(action, earlier, optional_only=True) | values.found_in(action, text)
    found = found or {}
    for name in values.lacking(action, found):
        if values.is_free_text(action, name) and not values.is_no_value(
            action, name, text
        ):  # asked for, so the answer is the value
            found[name] = text
            break
    if not values.lacking(action, found):
        return Matched(row, found)
    if again and len(text.split()) <= LONGEST_EVASION:
        return Matched(row, {}, phrase("act_ask_again", again, question=question(action, again)))
    return None


def _last_words_of_agent(history):
    for earlier in reversed(history):
        if str(earlier.author) in ("agent", "person"):
            return earlier.text if str(earlier.author) == "agent" else ""
    return ""
