"""What answers cost, from the catalogue's prices; unknown is None, never zero."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.routing import catalogue

TURNS = 4
PROMPT_TOKENS = 2_500
ANSWER_TOKENS = 150
"""The assumed conversation: four questions, each read with its sources and answered in a few sentences."""

_ABOVE = re.compile(r"^input_cost_per_token_above_(\d+)k_tokens$")


@dataclass(frozen=True)
class Estimate:
    """US dollars for 1,000 conversations, and the assumption in words."""

    usd: Decimal
    assumption: str


def cost(service, model, prompt_tokens, completion_tokens, cached_tokens=0):
    """US dollars of one call as a Decimal; None when a price or a count is not known."""
    facts = catalogue.facts_of(service, model)
    if facts is None or prompt_tokens is None or completion_tokens is None:
        return None
    price_in, price_cached, price_out = _prices(facts, prompt_tokens)
    if price_in is None or price_out is None:
        return None
    cached = min(cached_tokens or 0, prompt_tokens)
    total = (prompt_tokens - cached) * price_in + completion_tokens * price_out
    return total + cached * (price_in if price_cached is None else price_cached)


def of_reading(service, model):
    """Dollars for one token read, and for one read again from the provider's cache; None where not known."""
    facts = catalogue.facts_of(service, model)
    if facts is None:
        return None, None
    price, again, _out = _prices(facts, PROMPT_TOKENS)
    return price, again


def cost_per_1000_conversations(service, model):
    """What 1,000 typical conversations cost with this model, or None when its price is not known."""
    each = cost(service, model, PROMPT_TOKENS, ANSWER_TOKENS)
    if each is None:
        return None
    assumption = _(
        "For 1,000 conversations of {turns} questions each: {prompt} tokens read (your sources and what was said"
        " before) and {answer} tokens written per question."
    ).format(turns=TURNS, prompt=f"{PROMPT_TOKENS:,}", answer=ANSWER_TOKENS)
    return Estimate((each * TURNS * 1000).quantize(Decimal("0.01")), assumption)


def _prices(facts, prompt_tokens):
    """Dollars per token read, read again from the provider's cache, and written, at this length of prompt."""
    for tier in facts.get("tiered_pricing") or ():
        low, high = tier.get("range") or (0, float("inf"))
        if low <= prompt_tokens <= high:
            facts = tier
            break
    suffix = ""
    limits = sorted((int(m[1]) for m in map(_ABOVE.match, facts) if m), reverse=True)
    for thousands in limits:
        if prompt_tokens > thousands * 1000:
            suffix = f"_above_{thousands}k_tokens"
            break
    return tuple(
        _decimal(facts.get(name + suffix, facts.get(name)))
        for name in ("input_cost_per_token", "cache_read_input_token_cost", "output_cost_per_token")
    )


def _decimal(price):
    return None if price is None else Decimal(str(price))
