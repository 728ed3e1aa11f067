"""Without a model: a visitor's wish is recognised by the plugin's example sentences, its values by patterns."""

import re
from dataclasses import dataclass

from apps.actions import registry
from apps.actions.errors import BrokenPlugin, UnknownAction
from apps.actions.models import AgentAction
from berrydesk.text.languages import detect
from berrydesk.text.tokens import tokens

LONGEST_WISH = 600
"""Characters; a longer text tells a story, and a person or a model should read it."""

# A question about the matter is not the wish for it. "Can I get" and "could you" are wishes, so they are not here.
_ASKS_ABOUT = re.compile(
    r"^\W*(how|what|what's|when|where|why|which|who|whose|do you|does|is|are|was|were|did|has|have you|will|"
    r"wie|was|wann|wo|warum|welche\w*|wer|gibt es|bietet|"
    r"cómo|qué|cuándo|dónde|por qué|cuál\w*|quién|hay|"
    r"comment|quand|où|pourquoi|quel\w*|qui|est-ce que vous|y a-t-il|"
    r"como|o que|quando|onde|por que|qual|quem|há)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(not|no|never|don'?t|doesn'?t|didn'?t|won'?t|without|instead of|already|kein\w*|nicht|nie|bereits|"
    r"nunca|jamais|pas|não|déjà|policy|policies)\b",
    re.IGNORECASE,
)


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
    asked = _last_words_of_agent(history)
    for row, action in actions:
        if asked and asked == _question(action):
            wish = next((u.text for u in reversed(history) if str(u.author) == "visitor"), "")
            found = _values(action, text)
            if not _lacks(action, found):
                return Matched(row, _values(action, wish, optional_only=True) | found)
    for row, action in actions:
        if _wishes(action, text):
            found = _values(action, text)
            return Matched(row, found, _question(action) if _lacks(action, found) else None)
    return None


def _actions(agent):
    for row in AgentAction.objects.filter(agent=agent).enabled().by_key():
        try:
            yield row, registry.action(row.key)
        except (UnknownAction, BrokenPlugin):
            continue  # the console lists it with its reason; the agent goes on without it


def _wishes(action, text):
    """True when a sentence of ``text`` says everything that one of the examples says, as a wish."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text):
        if _ASKS_ABOUT.search(sentence) or _DENIES.search(sentence):
            continue
        for example in action.examples:
            language = detect(example)
            wanted = _content(example, language)
            if wanted and wanted <= _content(sentence, language):
                return True
    return False


def _content(sentence, language):
    """What a sentence is about: its stems, without numbers and courtesy."""
    found = {term for term in tokens(sentence, language) if not any(c.isdigit() for c in term)}
    return found - {"pleas", "bitt", "por", "favor"}


def _values(action, text, optional_only=False):
    """The parameters that can be read from ``text``: by ``said_as``, else, when required, by their pattern."""
    found = {}
    for name, field in action.Parameters.model_fields.items():
        said_as = (
            (field.json_schema_extra or {}).get("said_as")
            if isinstance(field.json_schema_extra, dict)
            else None
        )
        pattern = said_as or (_pattern(field) if field.is_required() else None)
        if not pattern or (optional_only and field.is_required()):
            continue
        hits = (
            [next((g for g in m.groups() if g), m.group(0)) for m in re.finditer(pattern, text)]
            if said_as
            else ([m.group(0) for m in re.finditer(pattern, text)])
        )
        if len(set(hits)) == 1:
            found[name] = hits[0]
    return found


def _pattern(field):
    """The field's own pattern, for a value that stands among other words."""
    own = next((m.pattern for m in field.metadata if getattr(m, "pattern", None)), None)
    if own is None:
        return None
    own = own if isinstance(own, str) else own.pattern
    return rf"(?<![\w#-])(?:{own.removeprefix('^').removesuffix('$')})(?![\w-]|[.,]\d)"


def _lacks(action, found):
    return [
        name
        for name, field in action.Parameters.model_fields.items()
        if field.is_required() and name not in found
    ]


def _question(action):
    """The sentence that asks for every required parameter."""
    fields = [field for field in action.Parameters.model_fields.values() if field.is_required()]
    if not fields:
        return ""
    wanted = " ".join(f"{(field.description or field.title or '').rstrip('.')}." for field in fields)
    return f"{action.title}: I can do that for you. Please tell me this first. {wanted}"


def _last_words_of_agent(history):
    last = history[-1] if history else None
    for earlier in reversed(history):
        if str(earlier.author) in ("agent", "person"):
            last = earlier
            break
    return last.text if last is not None and str(last.author) == "agent" else ""
