"""Reading embeddings out of a provider's answer: one for each text, all of one length, nothing but numbers."""

from decimal import Decimal

import numpy

from apps.routing import embedding_models

MOST_DIMENSIONS = 4_096
"""The longest vectors in the catalogue."""


class Unreadable(Exception):
    """The answer holds no embeddings; ``kind`` as in ``failures``."""

    def __init__(self, kind):
        self.kind = kind
        super().__init__(kind)


def read(answer, count):
    """The vectors of an answer in the order of the texts, at length one. Raises Unreadable."""
    rows = [row if isinstance(row, dict) else dict(row) for row in answer.data or ()]
    if len(rows) != count:
        raise Unreadable("empty")
    if all(isinstance(row.get("index"), int) for row in rows):
        rows.sort(key=lambda row: row["index"])
    try:
        found = numpy.array([row["embedding"] for row in rows], numpy.float32)
    except (KeyError, TypeError, ValueError):
        raise Unreadable("garbage") from None
    if found.ndim != 2 or not 1 < found.shape[1] <= MOST_DIMENSIONS or not numpy.isfinite(found).all():
        raise Unreadable("garbage")
    lengths = numpy.linalg.norm(found, axis=1, keepdims=True)
    if not lengths.all():
        raise Unreadable("garbage")
    return found / lengths


def tokens(answer):
    """How many tokens the answer says were read, or None."""
    return getattr(getattr(answer, "usage", None), "prompt_tokens", None) or None


def cost(choice, count):
    """US dollars for ``count`` tokens, None where the count or the price is not known."""
    price = embedding_models.model(choice.provider, choice.model).price
    return None if price is None or count is None else count * Decimal(str(price))
