"""What models there are and what they can: LiteLLM's own catalogue, read from its file without importing it."""

import importlib.util
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from apps.routing import families
from apps.routing.families import CUSTOM, Provider

FILE = "model_prices_and_context_window_backup.json"

_NOT_FOR_CHAT = re.compile(
    r"audio|tts|realtime|image|search-(api|preview)|deep-research|computer-use|robotics|lyria|omni|learnlm|live"
    r"|customtools|container|rosalind|daybreak|cyber|embed|ocr|guard|moderation|^ft:|/ft:|codex|-exp\b|-exp-",
    re.I,
)
"""Models that answer no customer: other media, tools for other work, or fine-tuning bases."""

_DATED = re.compile(r"-(20\d{2}-?\d{2}-?\d{2}|\d{4}|\d{2}-\d{4})$")
"""A snapshot of a model that also has a name of its own."""

_WORDS = {
    "gpt": "GPT",
    "glm": "GLM",
    "qwq": "QwQ",
    "ai": "AI",
    "vl": "VL",
    "minimax": "MiniMax",
    "mimo": "MiMo",
}


@dataclass(frozen=True)
class Model:
    """One model of a provider; prices in US dollars per million tokens, None when not known."""

    provider: str
    model: str
    name: str
    price_in: float | None
    price_out: float | None
    context_tokens: int | None
    uses_tools: bool
    sees: bool
    ends_on: date | None = None

    @property
    def litellm_name(self):
        return f"{self.provider}/{self.model}"


@cache
def entries():
    """LiteLLM's catalogue as it ships: name to facts."""
    found = importlib.util.find_spec("litellm")
    path = Path(found.origin).parent / FILE
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def _by_provider():
    """Provider to the chat models it has: name without the provider's prefix, to facts."""
    grouped = {}
    for name, facts in entries().items():
        if facts.get("mode") != "chat" or not facts.get("litellm_provider"):
            continue
        service = facts["litellm_provider"]
        own = name.removeprefix(f"{service}/")
        # ``gemini/x`` and ``x`` are the same model: the prefixed entry is the one that LiteLLM prices.
        if own not in grouped.setdefault(service, {}) or name != own:
            grouped[service][own] = facts
    return grouped


@cache
def providers():
    """Every provider an owner can connect: the nine tiles, then the others by name, then a server of one's own."""
    others = [
        Provider(
            service, families.WITH_URL.get(service) or _title(service), needs_url=service in families.WITH_URL
        )
        for service in _by_provider()
        if service not in {tile.service for tile in families.TILES}
        and service.split("-")[0] not in families.WITHOUT_KEY_LOGIN | families.OUT_OF_REACH
    ]
    others += families.WITHOUT_CATALOGUE
    others.sort(key=lambda p: p.name.lower())
    return (*families.TILES, *others, families.OWN)


@cache
def _providers_by_service():
    return {p.service: p for p in providers()}


def provider(service):
    """The provider called ``service``; one that the catalogue lacks is known by its name only."""
    return _providers_by_service().get(service) or Provider(service, _title(service))


def is_known(service):
    return service in _providers_by_service()


def tiles():
    return families.TILES


@cache
def models(service, *, today=None):
    """The provider's models for answering customers, newest and cheapest to read first; none for ``custom``.

    Snapshots of a model with a name of its own, and models that have ended, are left out.
    """
    today = today or date.today()
    known = _by_provider().get(service, {})
    found = []
    for own, facts in known.items():
        if _NOT_FOR_CHAT.search(own) or (_DATED.search(own) and _DATED.sub("", own) in known):
            continue
        model = _model(service, own, facts)
        if model.ends_on is None or model.ends_on > today:
            found.append(model)
    default = provider(service).default_model
    found.sort(
        key=lambda m: (m.model != default, not m.uses_tools, m.price_out is None, m.price_out or 0, m.name)
    )
    return tuple(found)


def model(service, name):
    """What is known of a model; prices, context and abilities unknown for one that the catalogue lacks."""
    facts = facts_of(service, name)
    if facts is None:
        return Model(service, name, human_name(service, name), None, None, None, True, False)
    return _model(service, name, facts)


def facts_of(service, name):
    """The catalogue's entry of a model, or None. A server of one's own has none: names there mean nothing."""
    if service == CUSTOM:
        return None
    return _by_provider().get(service, {}).get(name)


def default_model(service):
    """The model to begin with: current, cheap, able to use tools; empty for ``custom`` and unknown ones."""
    known = provider(service)
    if known.default_model:
        return known.default_model
    found = models(service)
    return found[0].model if found else ""


def human_name(service, name):
    """A model's name as people write it: ``gpt-6-luna`` is GPT-6 Luna."""
    if service == CUSTOM:
        return name
    words = [w for w in re.split(r"[-_/ ]+", name.removeprefix("models/").split("/")[-1]) if w]
    told = [
        _WORDS.get(w.lower()) or (w if any(c.isupper() for c in w) else w[:1].upper() + w[1:]) for w in words
    ]
    told = _join_versions(told)
    return re.sub(r"^(GPT|GLM) (?=[\d.])", r"\1-", " ".join(told))


def thinking_setting(service, name, max_tokens):
    """The request's settings that keep a model from thinking for long before it answers.

    A visitor waits for the first word. Where thinking cannot be switched off, there is room for it.
    """
    facts = facts_of(service, name) or {}
    if not facts.get("supports_reasoning"):
        return {}
    if facts.get("supports_none_reasoning_effort") or service == "deepseek":
        return {"reasoning_effort": "none"}
    if service == "zai":
        return {"extra_body": {"thinking": {"type": "disabled"}}}
    if service == "dashscope":
        return {"extra_body": {"enable_thinking": False}}
    if service in ("moonshot", "xiaomi_mimo"):
        return {"extra_body": {"thinking": {"type": "disabled"}}}
    if service == "anthropic":
        return {}  # thinks only when asked to
    room = {"max_tokens": max_tokens + 1200}
    if facts.get("supports_minimal_reasoning_effort"):
        return {"reasoning_effort": "minimal", **room}
    return {"reasoning_effort": "low", **room} if service in ("openai", "gemini") else room


def steady_setting(service):
    """The request's settings for the likeliest words. LiteLLM leaves them out for models that refuse any."""
    return {"temperature": 0.01 if service == "minimax" else 0}  # MiniMax takes what is above 0


def speaks_known_format(service):
    """True when the end of a streamed answer has a mark that the wire knows."""
    return service == CUSTOM or provider(service).is_tile


def _model(service, own, facts):
    tiers = facts.get("tiered_pricing") or [{}]
    price_in = facts.get("input_cost_per_token", tiers[0].get("input_cost_per_token"))
    price_out = facts.get("output_cost_per_token", tiers[0].get("output_cost_per_token"))
    return Model(
        provider=service,
        model=own,
        name=human_name(service, own),
        price_in=_per_million(price_in),
        price_out=_per_million(price_out),
        context_tokens=facts.get("max_input_tokens") or facts.get("max_tokens"),
        uses_tools=bool(facts.get("supports_function_calling")),
        sees=bool(facts.get("supports_vision")),
        ends_on=ends_on(facts.get("deprecation_date")),
    )


def _per_million(price):
    return None if price is None else round(float(price) * 1_000_000, 6)


def ends_on(value):
    """The day on which the catalogue says that a model ends, or None."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _title(service):
    return (
        families.OTHER_NAMES.get(service)
        or families.EMBEDDERS_ONLY.get(service)
        or service.replace("_", " ").replace("-", " ").title()
    )


def _join_versions(words):
    """``Claude Haiku 5 5`` is 5.5: two lone numbers side by side are a version."""
    joined = []
    for word in words:
        if joined and re.fullmatch(r"\d{1,2}", word) and re.fullmatch(r"\d{1,2}", joined[-1]):
            joined[-1] += f".{word}"
        else:
            joined.append(word)
    return joined
