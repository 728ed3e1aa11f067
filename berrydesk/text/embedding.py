"""Static embeddings: wordllama, whose weights come with its package. English first; no network, no key."""

import functools
import threading

import numpy

DIMENSIONS = 256
NAME = "wordllama-256"

REMEMBERED = 20_000
"""Words whose vectors are kept: 20 MB."""

_lock = threading.Lock()
_known = {}


def embed(texts):
    """Unit vectors of ``texts``: (n, 256) float32. About 5,000 short texts a second."""
    if not texts:
        return numpy.zeros((0, DIMENSIONS), numpy.float32)
    with _lock:  # the tokenizer's padding is set per call
        return _model().embed([t or " " for t in texts], norm=True).astype(numpy.float32)


def of_words(words):
    """Unit vectors of single words, most of them remembered: (n, 256) float32."""
    found = [_known.get(word) for word in words]
    new = [word for word, vector in zip(words, found, strict=True) if vector is None]
    if new:
        if len(_known) > REMEMBERED:
            _known.clear()
        fresh = dict(zip(new, embed(new), strict=True))
        _known.update(fresh)
        found = [fresh[word] if vector is None else vector for word, vector in zip(words, found, strict=True)]
    return numpy.array(found, numpy.float32).reshape(-1, DIMENSIONS)


def similarity(vector, matrix):
    """Cosine of a unit vector with each row of a matrix of unit vectors."""
    return matrix @ vector


@functools.cache
def _model():
    from pathlib import Path

    import wordllama

    # The package looks for its tokenizer in the wrong folder unless told where it lies.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
