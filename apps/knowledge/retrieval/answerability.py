"""Whether what was found is likely to answer the question: a logistic over cheap features of the best passages.

Fitted on knowledge bases of several kinds and languages: on answerable questions, on the same questions with
their answering passages hidden (the dangerous near misses), on questions about the same business that its
pages do not answer, and on questions about something else altogether.
"""

import math
from dataclasses import dataclass

from apps.knowledge.index_models import Calibration

WEIGHTS = {
    "similarity": 2.264,
    "whole": 4.652,
    "coverage": 1.551,
    "passage_coverage": 1.681,
    "gap": 2.287,
}
BIAS = -5.04

THRESHOLD = 0.5
"""Where an agent has not been calibrated on its own content."""

LOOKED_AT = 3
"""Of these best passages each feature's best value counts: an answer need not stand in the first."""


@dataclass(frozen=True)
class Assessed:
    """``confidence`` 0 to 1; ``answerable`` is confidence against the agent's threshold; ``reason`` in words."""

    confidence: float
    answerable: bool
    reason: str = ""


def assess(agent, query, found):
    """How likely ``found``, best first, answers ``query``."""
    if not found:
        return Assessed(0.0, answerable=False, reason="Nothing was found.")
    sure, threshold = confidence(*found[:LOOKED_AT]), _threshold(agent)
    word = "reaches" if sure >= threshold else "stays below"
    return Assessed(
        sure,
        answerable=sure >= threshold,
        reason=f"Confidence {sure:.2f} {word} the threshold of {threshold:.2f}.",
    )


def confidence(*found):
    """The logistic of the best features of one or several passages, 0 to 1."""
    total = BIAS
    for name, weight in WEIGHTS.items():
        total += weight * max(passage.features.get(name, 0.0) for passage in found)
    return 1 / (1 + math.exp(-total))


def _threshold(agent):
    own = Calibration.objects.filter(agent=agent).values_list("threshold", flat=True).first()
    return THRESHOLD if own is None else own
