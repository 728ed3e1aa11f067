"""What answerability looks at, from the numbers of the second stage; all independent of the knowledge's size."""

import numpy

from apps.knowledge.retrieval import windows
from apps.knowledge.retrieval.closeness import written
from apps.knowledge.retrieval.ranking import K1
from berrydesk.text.stopwords import STOP_WORDS
from berrydesk.text.tokens import tokens


def of_passages(asked, sequences, languages, measured, fused):
    """A function from a passage's index to its features; ``languages``: one a passage."""
    own = {}
    for language, words in sequences.items():
        mine = numpy.isin(asked.ids, [windows.word_id(t) for t in words])
        own[language] = float(asked.weights[mine].sum()) or 1.0
    everything = float(asked.weights[asked.own].sum()) or 1.0
    behind = numpy.sort(fused)[::-1][3:10]
    field = float(behind.mean()) if len(behind) else 0.0

    def of(i):
        most = own.get(languages[i], everything) * (K1 + 1)
        return {
            "similarity": float(measured.similarity[i]),
            "whole": float(measured.whole[i]),
            "window_bm25": float(measured.window[i]) / most,
            "title": float(measured.title[i]) / most,
            "lead": float(fused[i]) - field,
        }

    return of


def telling(query, sequences, weights):
    """{word of the question as it is written: how rare it is}, without small words."""
    language = next(iter(sequences))
    stop = STOP_WORDS.get(language, frozenset())
    found = {}
    for word in written(query):
        if word not in stop:
            found[word] = max((weights.get(term, 0.0) for term in tokens(word, language)), default=0.0)
    return found
