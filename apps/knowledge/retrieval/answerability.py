"""Whether what was found is likely to answer the question: a logistic over cheap features of the best passages.

Fitted on knowledge bases of several kinds and languages: on answerable questions, on the same questions with
their answering passages hidden (the dangerous near misses), on questions about the same business that its
pages do not answer, and on questions about something else altogether. ``tests/benchmarks/fit_answerability.py``
repeats it and reports each base by weights that were fitted without it.
"""

import math
from dataclasses import dataclass

from apps.knowledge.index_models import Calibration
from apps.knowledge.retrieval import closeness, elsewhere, facts

WEIGHTS = {
    "window_bm25": 4.821,
    "similarity": 1.011,
    "whole": 1.387,
    "title": 5.727,
    "lead": 2.648,
    "window_soft": 1.04,
    "around_soft": 1.909,
    "beside": 2.873,
}
BIAS = -5.4

FACT = 6.0
"""What a passage adds that holds the very fact asked for (``facts``): that decides, unless all else speaks against it."""

THRESHOLD = 0.51
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
    found = [passage for passage in found if not elsewhere.is_elsewhere(passage)]
    if not found:
        return Assessed(0.0, answerable=False, reason="What was found is about other countries.")
    sure, threshold = confidence(query, *found[:LOOKED_AT]), _threshold(agent, found[0].space_id)
    word = "reaches" if sure >= threshold else "stays below"
    return Assessed(
        sure,
        answerable=sure >= threshold,
        reason=f"Confidence {sure:.2f} {word} the threshold of {threshold:.2f}.",
    )


def confidence(query, *found):
    """The logistic of the best features of one or several passages, 0 to 1."""
    features = measured(query, *found)
    total = BIAS + sum(weight * features[name] for name, weight in WEIGHTS.items())
    total += FACT * max((passage.features.get(facts.FEATURE, 0.0) for passage in found), default=0.0)
    return 1 / (1 + math.exp(-total))


def measured(query, *found):
    """Each feature that has a weight: its best value among the passages."""
    values = [{**passage.features, **closeness.measure(query, passage)} for passage in found]
    return {name: max(value.get(name, 0.0) for value in values) for name in WEIGHTS}


def _threshold(agent, space_id):
    own = Calibration.objects.filter(agent=agent, space=space_id).values_list("threshold", flat=True).first()
    return THRESHOLD if own is None else own
