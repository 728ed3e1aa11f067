"""Near-identical passages take one place in a list of results: which of them say the same, word for word."""

import itertools
import re
from collections import Counter

SAME_SHARE = 0.95
"""Of the longer text's words the other must have this share."""

_WORDS = re.compile(r"\w+")


def fold(texts):
    """Indexes of ``texts``, best first, as groups: the first of each is shown, the others say the same.

    Texts that differ in a number say different things, however alike they read.
    """
    groups, by_numbers = [], {}
    for i, text in enumerate(texts):
        words = _WORDS.findall(text.casefold())
        named = [w for w in words if not w.isalpha() and (w[0].isdigit() or w[-1].isdigit())]
        many, said = len(words), _said(words)
        known = by_numbers.setdefault(tuple(sorted(named)), [])
        for count, other, group in known:
            if many >= SAME_SHARE * count and count >= SAME_SHARE * many and _same(said, other):
                group.append(i)
                break
        else:
            groups.append([i])
            known.append((many, said, groups[-1]))
    return groups


def _said(words):
    """(distinct words, some of them, words): of a text that says the same, one of the some at least."""
    distinct = set(words)
    some = int(len(distinct) * (1 / SAME_SHARE**2 - 1)) + 1  # more than the other may lack
    return distinct, tuple(itertools.islice(distinct, some)), words


def _same(one, other):
    """Whether two texts about as long, each as ``_said`` tells, say the same. The cheap tests come first."""
    if one[0] and other[0].isdisjoint(one[1]):
        return False
    if len(one[0] & other[0]) < SAME_SHARE**2 * max(len(one[0]), len(other[0])):
        return False
    shared = (Counter(one[2]) & Counter(other[2])).total()
    return shared >= SAME_SHARE * max(len(one[2]), len(other[2]))
