"""Words as the index knows them: per language, without stop words, reduced to their stem.

Chinese, Japanese and Korean are cut into pairs of characters, because PostgreSQL has no configuration for
them and pairs measured well (``docs/explanation/retrieval.md``).
"""

import functools
import re
import unicodedata

import snowballstemmer

from berrydesk.text.stopwords import STOP_WORDS

_ALGORITHMS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "nb": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_PIECES = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’][^\W\d_{_CJK}]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
_LONGEST = 60


def tokens(text, language="en"):
    """The index terms of ``text`` in order; repeated words repeat."""
    text = unicodedata.normalize("NFKC", text).lower()
    stop = STOP_WORDS.get(language, frozenset())
    found = []
    for piece in _PIECES.findall(text):
        if _IS_CJK.match(piece):
            found.extend(_pairs(piece))
        elif piece not in stop:
            found.append(_stem(piece.split("'")[0].split("’")[0][:_LONGEST], language))
    return [word for word in found if word]


def _pairs(run):
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


@functools.lru_cache(maxsize=100_000)
def _stem(word, language):
    algorithm = _ALGORITHMS.get(language)
    return _stemmer(algorithm).stemWord(word) if algorithm else word


@functools.cache
def _stemmer(algorithm):
    return snowballstemmer.stemmer(algorithm)
