"""What Berrydesk's search is compared with: BM25 alone and static embeddings alone, in memory."""

import math
from collections import Counter

import numpy

from berrydesk.text import embedding
from berrydesk.text.tokens import tokens

K1, B = 1.2, 0.75


class Bm25:
    """Whole documents by BM25: stop words out, Snowball; ``order`` gives their indexes, best first."""

    def __init__(self, texts, language="en"):
        self.language = language
        words = [tokens(text, language) for text in texts]
        lengths = numpy.array([len(w) for w in words], float)
        self.norm = K1 * (1 - B + B * lengths / max(1.0, lengths.mean()))
        self.postings = {}
        for i, found in enumerate(words):
            for word, count in Counter(found).items():
                self.postings.setdefault(word, []).append((i, count))

    def order(self, question):
        scores = numpy.zeros(len(self.norm))
        for word in set(tokens(question, self.language)):
            found = self.postings.get(word, ())
            idf = math.log(1 + (len(self.norm) - len(found) + 0.5) / (len(found) + 0.5))
            for i, count in found:
                scores[i] += idf * count * (K1 + 1) / (count + self.norm[i])
        return numpy.argsort(-scores, kind="stable").tolist()


class Static:
    """Whole documents by the cosine of their static embedding."""

    def __init__(self, texts):
        self.vectors = embedding.embed(texts)

    def order(self, question):
        return numpy.argsort(-(self.vectors @ embedding.embed([question])[0]), kind="stable").tolist()
