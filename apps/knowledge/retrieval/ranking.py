"""The second stage: windows of the passages that were found decide their order. Pure arithmetic on arrays.

Measured (``tests/benchmarks``): the passage's BM25, its best window's BM25 and its meaning (best window and
whole) count alike; the question's neighbouring words found side by side in a window half as much, and so does
the title. Each is scaled to 0..1 within the question before it is added. A question of a few words names a topic,
which a whole passage treats and one window need not: there the passage's BM25 counts more. Last, a passage gains
from what its page's best one scores: pages are about one thing.
BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with k1 1.2 and b 0.75.
"""

import itertools
from dataclasses import dataclass

import numpy

from apps.knowledge.retrieval.windows import word_id
from berrydesk.text.tokens import is_pair

K1, B = 1.2, 0.75

SHARES = {"passage": 1.0, "window": 1.0, "pairs": 0.5, "title": 0.5, "similarity": 0.7, "whole": 0.3}

GRAM_SHARE = 0.75
"""How much grams count where most of the passages have them."""

LONG_WORDS = 8
"""From this many words on, a question says enough for a window to hold all of it."""

BRIEF_SHARE = 2.0
"""How much more the passage's own BM25 counts where a question has two words; falling to nothing at LONG_WORDS."""

PAGE_SHARE = 0.2
"""How much the best passage of its page counts beside a passage itself."""

ENGLISH_ONLY_SHARE = 0.4
"""How much meaning counts where the static embeddings know little of the script: Arabic, Chinese and others."""

SPACE_SHARE, BESIDE_SHARE = 1.0, 0.5
"""How much embeddings of the owner's choice count, and what is left of the built-in ones beside them."""

ALTERNATIVE_SHARE = 0.6
"""How much another wording counts beside the question's own word."""


@dataclass
class Asked:
    """A question in numbers. ``ids``: word ids ascending, ``weights`` (idf) beside them; ``pairs``: neighbours, as
    indexes; ``own``: which words are the question's, the others being alternatives; ``means[a, o]``: word ``a``
    stands for the question's word ``o``, itself included; ``grams``: those of its words, ascending.
    """

    vector: numpy.ndarray
    ids: numpy.ndarray
    weights: numpy.ndarray
    pairs: list
    own: numpy.ndarray
    means: numpy.ndarray
    grams: numpy.ndarray

    def together(self, weighed):
        """One number from each row of ``weighed`` words: of a word and its alternatives only the best counts."""
        total = weighed[:, self.own].sum(axis=1)
        others = numpy.flatnonzero(~self.own)
        if not len(others):
            return total
        stands_for = self.means[others] & self.own
        first = numpy.where(stands_for.any(axis=1), stands_for.argmax(axis=1), -1)
        for word in numpy.unique(first).tolist():
            best = weighed[:, others[first == word]].max(axis=1)
            total += best if word < 0 else numpy.maximum(best - weighed[:, word], 0)
        return total

    @classmethod
    def of(cls, vector, sequences, alternatives, idf, grams=()):
        """From the question's words in order, once for each language, other wordings, ``idf`` of each word, grams."""
        names = {word_id(term): term for term in idf}
        ids = numpy.array(sorted(names), numpy.uint32)
        at = {names[wid]: n for n, wid in enumerate(ids.tolist())}
        own = numpy.array([names[wid] not in alternatives for wid in ids.tolist()], bool)
        means = numpy.eye(len(ids), dtype=bool)
        for term, meant in alternatives.items():
            means[at[term], [at[m] for m in meant]] = True
        # Pairs of characters overlap: what stands side by side is counted in them already.
        beside = [p for words in sequences for p in itertools.pairwise(words) if not all(map(is_pair, p))]
        pairs = {(at[a], at[b]) for a, b in beside}
        weights = numpy.array([idf[names[wid]] for wid in ids.tolist()], float)
        pieces = numpy.array(sorted(set(grams)), numpy.uint16)
        return cls(vector, ids, weights, sorted(pairs), own, means, pieces)


@dataclass
class Measured:
    """One array each, a value a passage; ``best``: index of the window to quote, within its passage;
    ``window_words``, ``here``: (passages, words), which of the question's words the best window and passage have.
    """

    window: numpy.ndarray
    pairs: numpy.ndarray
    title: numpy.ndarray
    similarity: numpy.ndarray
    whole: numpy.ndarray
    grams: numpy.ndarray
    has_grams: numpy.ndarray
    best: numpy.ndarray
    window_words: numpy.ndarray
    here: numpy.ndarray


def measure(asked, seen):
    """Look at the windows of passages: ``seen`` is one ``Windows`` for each."""
    sentences = numpy.array([len(w.sizes) for w in seen])
    sizes = numpy.concatenate([w.sizes for w in seen]).astype(numpy.int64)
    counts, beside = _count(asked, numpy.concatenate([w.words for w in seen]), sizes)
    first, second, owner, starts = _bounds(sentences)
    ahead = numpy.array([len(w.front) for w in seen])
    front, _beside = _count(asked, numpy.concatenate([w.front for w in seen]), ahead)
    lacks = numpy.array([w.lacks_front for w in seen], bool)
    alone = first == second
    in_window = counts[first] + counts[second] * ~alone[:, None] + (front * lacks[:, None])[owner]
    length = sizes[first] + sizes[second] * ~alone + (ahead * lacks)[owner]
    norm = K1 * (1 - B + B * length / max(1.0, float(length.mean())))
    window = asked.together(in_window * (K1 + 1) / (in_window + norm[:, None]) * asked.weights)
    paired = beside[first] + beside[second] * ~alone[:, None]
    weights = numpy.array([(asked.weights[a] + asked.weights[b]) / 2 for a, b in asked.pairs])
    pairs = (
        (paired * (K1 + 1) / (paired + norm[:, None])) @ weights if asked.pairs else numpy.zeros(len(first))
    )
    vectors = numpy.concatenate([w.vectors for w in seen]).astype(numpy.float32)
    near = vectors @ asked.vector / 127.0
    middle = numpy.add.reduceat(vectors, starts, axis=0)
    whole = (middle @ asked.vector) / numpy.maximum(numpy.linalg.norm(middle, axis=1), 1e-6)
    together = _scaled(window + 0.5 * pairs) + _scaled(near)
    best = numpy.array([int(together[a:b].argmax()) for a, b in _slices(starts, len(first))], numpy.int64)
    sentence_starts = numpy.cumsum(sentences) - sentences
    return Measured(
        window=numpy.maximum.reduceat(window, starts),
        pairs=numpy.maximum.reduceat(pairs, starts),
        title=_title(asked, front, seen),
        similarity=numpy.maximum.reduceat(near, starts),
        whole=whole,
        grams=_grams(asked, seen),
        has_grams=numpy.array([len(w.grams) > 0 for w in seen], bool),
        best=best,
        window_words=_meant(asked, in_window[starts + best] > 0),
        here=_meant(asked, (numpy.add.reduceat(counts, sentence_starts, axis=0) + front) > 0),
    )


def fuse(passage, measured, meaning_share, words, in_space=None):
    """One score for each passage, 0 to 1; ``meaning_share``: how much the built-in embeddings count for each;
    ``words``: how many the question has; ``in_space``: each passage's closeness to the question in embeddings of
    the owner's choice, NaN where it has none yet.
    """
    brief = min(1.0, max(0.0, (LONG_WORDS - words) / (LONG_WORDS - 2)))
    own = SHARES["passage"] + BRIEF_SHARE * brief
    gram = GRAM_SHARE if measured.has_grams.mean() > 0.5 else 0.0
    scaled = _scaled(passage)
    # A passage in another language than most has no grams to be compared by: its words speak for it.
    total = own * scaled + gram * numpy.where(measured.has_grams, _scaled(measured.grams), scaled)
    for name in ("window", "pairs", "title"):
        total = total + SHARES[name] * _scaled(getattr(measured, name))
    static = numpy.zeros(len(passage))
    for name in ("similarity", "whole"):
        static = static + SHARES[name] * _scaled(getattr(measured, name))
    whole = sum(SHARES.values()) - SHARES["passage"] + own + gram
    if in_space is None:
        return (total + meaning_share * static) / whole
    chosen = _chosen(in_space, static / (SHARES["similarity"] + SHARES["whole"]))
    total = total + BESIDE_SHARE * meaning_share * static + SPACE_SHARE * chosen
    return total / (whole - (1 - BESIDE_SHARE) * (SHARES["similarity"] + SHARES["whole"]) + SPACE_SHARE)


def _chosen(in_space, static):
    """0 to 1 by the owner's embeddings; a passage without its vector stands where the built-in ones put it."""
    there = ~numpy.isnan(in_space)
    scaled = static.copy()
    if there.any():
        scaled[there] = _scaled(in_space[there])
    return scaled


def with_pages(fused, pages):
    """``fused`` with the best score of each passage's page added; ``pages``: one key a passage. 0 to 1."""
    _keys, at = numpy.unique(numpy.array([str(page) for page in pages]), return_inverse=True)
    best = numpy.zeros(int(at.max(initial=-1)) + 1)
    numpy.maximum.at(best, at, fused)
    return (fused + PAGE_SHARE * best[at]) / (1 + PAGE_SHARE)


def _meant(asked, present):
    """Which of the question's words are there, in its own or another wording; alternatives themselves are not."""
    return ((present.astype(numpy.uint8) @ asked.means.astype(numpy.uint8)) > 0) & asked.own


def _count(asked, words, sizes):
    """How often each sentence has each word, and each pair of neighbours, of the question."""
    wide, many = len(asked.ids), len(sizes)
    sentence = numpy.repeat(numpy.arange(many), sizes)
    if not wide:
        return numpy.zeros((many, 0)), numpy.zeros((many, 0))
    at = numpy.minimum(numpy.searchsorted(asked.ids, words), wide - 1)
    known = numpy.where(asked.ids[at] == words, at, -1)
    hit = numpy.flatnonzero(known >= 0)
    counts = numpy.bincount(sentence[hit] * wide + known[hit], minlength=many * wide).reshape(many, wide)
    beside = numpy.zeros((many, len(asked.pairs)))
    left = hit[:-1][(hit[1:] - hit[:-1] == 1) & (sentence[hit[1:]] == sentence[hit[:-1]])]
    for n, (a, b) in enumerate(asked.pairs):
        both = left[(known[left] == a) & (known[left + 1] == b)]
        beside[:, n] = numpy.bincount(sentence[both], minlength=many)
    return counts.astype(float), beside


def _bounds(sentences):
    """First and second sentence of every window, the passage it is of, and where each passage's windows start.

    A window never reaches from one passage into the next; a single sentence is its own second.
    """
    windows = numpy.maximum(sentences - 1, 1)
    starts = numpy.cumsum(windows) - windows
    owner = numpy.repeat(numpy.arange(len(sentences)), windows)
    base = numpy.cumsum(sentences) - sentences
    first = base[owner] + numpy.arange(len(owner)) - starts[owner]
    return first, first + (sentences[owner] > 1), owner, starts


def _grams(asked, seen):
    """BM25 of the question's grams; how rare one is, the passages that were found say themselves."""
    if not len(asked.grams):
        return numpy.zeros(len(seen))
    counts = numpy.zeros((len(seen), len(asked.grams)))
    for row, one in enumerate(seen):
        if len(one.grams):
            at = numpy.minimum(numpy.searchsorted(one.grams, asked.grams), len(one.grams) - 1)
            counts[row] = numpy.where(one.grams[at] == asked.grams, one.gram_counts[at], 0)
    length = numpy.array([float(one.gram_counts.sum()) for one in seen])
    norm = K1 * (1 - B + B * length / max(1.0, float(length.mean())))
    within = (counts > 0).sum(axis=0)
    weights = numpy.log(1 + (len(seen) - within + 0.5) / (within + 0.5))
    return (counts * (K1 + 1) / (counts + norm[:, None])) @ weights


def _title(asked, front, seen):
    length = numpy.array([len(w.front) for w in seen], float)
    norm = K1 * (1 - B + B * length / max(1.0, float(length.mean())))
    return asked.together(front * (K1 + 1) / (front + norm[:, None] + 1e-9) * asked.weights)


def _slices(starts, end):
    return zip(starts.tolist(), [*starts[1:].tolist(), end], strict=True)


def _scaled(values):
    """0 to 1 between the least and the greatest; where all are alike, all or none have what is measured."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else numpy.full(len(values), float(high > 0))
