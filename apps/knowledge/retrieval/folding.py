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
        words = Counter(_WORDS.findall(text.casefold()))
        size, numbers = words.total(), {w: n for w, n in words.items() if any(c.isdigit() for c in w)}
        for group, (known, known_size, known_numbers) in zip(groups, seen, strict=True):
            longer = max(size, known_size)
            if min(size, known_size) < SAME_SHARE * longer or numbers != known_numbers:
                continue
            if (words & known).total() >= SAME_SHARE * longer:
                group.append(i)
                break
        else:
            groups.append([i])
            seen.append((words, size, numbers))
    return groups
