"""Models that turn texts into embeddings: which there are, what they cost, and what they want to be told."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from apps.routing import catalogue, families

_NOT_FOR_TEXT = re.compile(r"image|multimodal|code|context|finance|law|-exp|preview", re.I)
"""Models for other things than a business's pages, or on trial."""

LONGEST_CHARACTERS = 24_000
"""Of a passage for a model whose window the catalogue does not know."""

CHARACTERS_A_TOKEN = 3
"""Fewer than usual, so that texts within the window are not refused."""


@dataclass(frozen=True)
class EmbeddingModel:
    """``price`` in US dollars per token, None when not known; ``longest`` characters of one text."""

    service: str
    model: str
    name: str
    price: float | None
    longest: int


@cache
def models(service, *, today=None):
    """The embedding models of a provider, cheapest first; none for a server of one's own."""
    if service not in families.EMBEDDERS:
        return ()
    today, found = today or date.today(), []
    for name, facts in catalogue.entries().items():
        if facts.get("mode") != "embedding" or facts.get("litellm_provider") != service:
            continue
        own = name.removeprefix(f"{service}/")
        ends = catalogue.ends_on(facts.get("deprecation_date"))
        if not _NOT_FOR_TEXT.search(own) and (ends is None or ends > today):
            found.append(_model(service, own, facts))
    return tuple(sorted(found, key=lambda m: (m.price is None, m.price or 0, m.name)))


def model(service, name):
    """What is known of an embedding model; price and window are guesses for one that the catalogue lacks."""
    known = {one.model: one for one in models(service)}
    return known.get(name) or EmbeddingModel(service, name, name, None, LONGEST_CHARACTERS)


def may_embed(service):
    """True when a connection to ``service`` can make embeddings."""
    return service == catalogue.CUSTOM or service in families.EMBEDDERS


def as_sent(service, name, texts, *, asks):
    """``texts`` with what the model wants in front of them: it was taught to tell questions from passages."""
    for pattern, (question, passage) in families.EMBEDDING_PREFIXES:
        if pattern.search(name):
            return [(question if asks else passage) + text for text in texts]
    return list(texts)


def settings(service, *, asks):
    """The request's settings that tell a question from a passage, where the provider has them."""
    told = families.EMBEDDING_INPUTS.get(service)
    return {told[0]: told[1 if asks else 2]} if told else {}


def _model(service, own, facts):
    tokens, price = facts.get("max_input_tokens") or 0, facts.get("input_cost_per_token")
    longest = min(int(tokens) * CHARACTERS_A_TOKEN, LONGEST_CHARACTERS) or LONGEST_CHARACTERS
    return EmbeddingModel(service, own, own, None if price is None else float(price), longest)
