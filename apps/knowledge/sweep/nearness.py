"""The passages nearest to a sentence, by the words that the index knows."""

import numpy

from apps.knowledge.sweep.vocabulary import CONCEPTS
from berrydesk.text.tokens import tokens

NEAREST = 12
"""Passages looked at for each sentence."""

MOST_WORDS = 14
"""Words of a sentence that are asked for, the rarest."""

COMMON_SHARE, COMMON_LEAST = 0.2, 60
"""A word in more passages than these finds nothing by itself."""


def wordings(claim):
    """The claim's words as the index may know them: one set of alternatives for each."""
    groups = []
    for term in [*claim.own, *claim.around]:
        groups.append(stems(term, claim.page.language) if term.startswith("@") else frozenset((term,)))
    return groups


_CONCEPT_STEMS = {}


def stems(concept, language):
    key = (concept, language)
    if key not in _CONCEPT_STEMS:
        words = [w.strip() for w in CONCEPTS[concept].split("|")]
        _CONCEPT_STEMS[key] = frozenset(t for w in words for t in tokens(w, language))
    return _CONCEPT_STEMS[key]


def nearest(groups, index, total):
    """[(passage number, score)], best first: the sum of the words' inverse document frequencies."""
    weighed = []
    for group in groups:
        numbers = [index[t][0] for t in group if t in index]
        if numbers:
            numbers = numpy.unique(numpy.concatenate(numbers)) if len(numbers) > 1 else numbers[0]
            weighed.append((len(numbers), numbers))
    weighed.sort(key=lambda pair: pair[0])
    limit = max(COMMON_LEAST, COMMON_SHARE * total)
    weighed = [pair for n, pair in enumerate(weighed[:MOST_WORDS]) if pair[0] <= limit or n < 2]
    if not weighed:
        return []
    weights = [numpy.full(n, numpy.log(1 + (total - n + 0.5) / (n + 0.5))) for n, _numbers in weighed]
    numbers, where = numpy.unique(numpy.concatenate([x for _n, x in weighed]), return_inverse=True)
    scores = numpy.bincount(where, numpy.concatenate(weights))
    best = numpy.argsort(-scores, kind="stable")[:NEAREST]
    return [(int(numbers[i]), float(scores[i])) for i in best]
