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
        if not piece.isascii() and _IS_CJK.match(piece):
            found.extend(_pairs(piece, language))
        elif piece not in stop:
            found.append(_stem(piece.split("'")[0].split("’")[0][:_LONGEST], language))
    return [word for word in found if word]


def plain_words(text, language="en"):
    """The words of ``text`` in order as they are written, lower case, without stop words; nothing of CJK."""
    stop = STOP_WORDS.get(language, frozenset())
    pieces = _PIECES.findall(unicodedata.normalize("NFKC", text).lower())
    return [piece for piece in pieces if piece not in stop and not _IS_CJK.match(piece)]


def is_pair(term):
    """Whether ``term`` is characters of a run and no word."""
    return not term.isascii() and bool(_IS_CJK.match(term))


def count_words(terms):
    """How many words ``terms`` came from, each once: three pairs of characters make about one."""
    distinct = set(terms)
    pairs = sum(map(is_pair, distinct))
    return len(distinct) - pairs + pairs / 3


def _pairs(run, language):
    small = _small_words(language)
    parts = [part for part in small.split(run) if part] if small else [run]
    return [part[i : i + 2] for part in parts or [run] for i in range(max(1, len(part) - 1))]


@functools.cache
def _small_words(language):
    """What parts a run of characters beside punctuation, or None."""
    words = [word for word in STOP_WORDS.get(language, ()) if _IS_CJK.match(word)]
    return re.compile("|".join(sorted(words, key=len, reverse=True))) if words else None


@functools.lru_cache(maxsize=100_000)
def _stem(word, language):
    algorithm = _ALGORITHMS.get(language)
    return _stemmer(algorithm).stemWord(word) if algorithm else word


@functools.cache
def _stemmer(algorithm):
    return snowballstemmer.stemmer(algorithm)
