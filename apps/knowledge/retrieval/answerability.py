"""Whether what was found is likely to answer the question: a logistic over cheap features of the best passages.

The weights were fitted on answerable questions, on the same questions with their answering passages taken away
(the dangerous near misses), and on questions about something else altogether
(``tests/benchmarks/fit_answerability.py`` repeats it).
"""

import math
from dataclasses import dataclass

_WEIGHTS = {
    "similarity": 6.744,
    "window_bm25": 2.902,
    "passage_bm25": -0.295,
    "coverage": 0.685,
    "gap": 2.43,
}
_BIAS = -5.688

THRESHOLD = 0.40
"""Below it the agent says that it does not know. Measured: answers 90 of 100, refuses 91 of 100 foreign ones."""


@dataclass(frozen=True)
class Assessed:
    """``confidence`` 0 to 1; ``answerable`` is confidence against the threshold."""

    confidence: float
    answerable: bool


def assess(agent, query, found):
    """How likely the best of ``found`` answers ``query``."""
    if not found:
        return Assessed(0.0, answerable=False)
    best = max(confidence(passage) for passage in found[:2])
    return Assessed(best, answerable=best >= THRESHOLD)


def confidence(found):
    """The logistic of one passage's features, 0 to 1."""
    total = _BIAS + sum(weight * found.features.get(name, 0.0) for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
