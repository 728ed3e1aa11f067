"""Near-identical passages take one place in a list of results: which of them say the same, word for word."""

import re
from collections import Counter

SAME_SHARE = 0.95
"""Of the longer text's words the other must have this share."""

_WORDS = re.compile(r"\w+")


def fold(texts):
    """Indexes of ``texts``, best first, as groups: the first of each is shown, the others say the same.

    Texts that differ in a number say different things, however alike they read.
    """
    groups, seen = [], []
    for i, text in enumerate(texts):
        words = _WORDS.findall(text.casefold())
        numbers = sorted(w for w in words if w[0].isdigit() or w[-1].isdigit())
        said = (len(words), set(words), numbers, words)
        for group, known in zip(groups, seen, strict=True):
            if _same(said, known):
                group.append(i)
                break
        else:
            groups.append([i])
            seen.append(said)
    return groups


def _same(one, other):
    """Whether two texts, each (length, distinct words, numbers, words), say the same. The cheap tests come first."""
    longer = max(one[0], other[0])
    if min(one[0], other[0]) < SAME_SHARE * longer or one[2] != other[2]:
        return False
    if len(one[1] & other[1]) < SAME_SHARE**2 * max(len(one[1]), len(other[1])):
        return False
    return (Counter(one[3]) & Counter(other[3])).total() >= SAME_SHARE * longer
