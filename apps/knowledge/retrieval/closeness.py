"""How closely a passage's own words follow a question's: what the index, which knows stems only, cannot say."""

import itertools
import re
import unicodedata

import numpy

from apps.knowledge.retrieval import windows
from berrydesk.text import embedding
from berrydesk.text.stopwords import STOP_WORDS
from berrydesk.text.tokens import is_pair

LONGEST_CHARACTERS = 12_000
"""Of a passage's text this much is looked at."""

_WORDS = re.compile(r"[^\W_]+")


def written(text):
    """The words of ``text`` as they are written, small ones too; characters without spaces as pairs."""
    found = []
    for word in _WORDS.findall(unicodedata.normalize("NFKC", text[:LONGEST_CHARACTERS]).lower()):
        if is_pair(word):
            found.extend([word[i : i + 2] for i in range(len(word) - 1)] or [word])
        else:
            found.append(word)
    return found


def measure(query, passage):
    """{"window_soft", "around_soft": how near the question's words come in meaning to words of the best window and
    of the sentences around it; "beside": the share of its neighbouring words, small ones included, that stand
    side by side in the passage}, each 0 to 1.
    """
    title = windows.front(passage.title, passage.heading)
    ahead = f"{title}. " if windows.lacks_front(passage.title, passage.heading, passage.text) else ""
    asked, text = written(query), written(ahead + passage.text)
    pairs = set(itertools.pairwise(asked))
    return {
        "window_soft": _soft(passage, written(ahead + passage.quote)),
        "around_soft": _soft(passage, written(ahead + passage.around)),
        "beside": len(pairs & set(itertools.pairwise(text))) / len(pairs) if pairs else 0.0,
    }


def _soft(passage, text):
    stop = STOP_WORDS.get(passage.language, frozenset())
    there = [word for word in dict.fromkeys(text) if word not in stop]
    weights = numpy.array(list(passage.telling.values()), float)
    if not there or not weights.sum():
        return 0.0
    nearest = (embedding.of_words(list(passage.telling)) @ embedding.of_words(there).T).max(axis=1)
    return float((weights * numpy.clip(nearest, 0, 1)).sum() / weights.sum())
