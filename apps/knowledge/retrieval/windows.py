"""A passage's windows, packed: two sentences each, moving by one, as words and as vectors.

Layout, little-endian: sentence count uint16, front word count uint16, flags uint16 (1: the text lacks its front,
2: grams follow); start and end of each sentence uint32; word count of each sentence uint16; words of the front
(title and last heading), then of all sentences, as CRC-32 uint32; one vector of 256 int8 a window (unit vector
times 127), embedded with the front where the text lacks it; the passage's distinct grams, ascending, as the lower
half of their CRC-32 uint16, then how often each stands there uint8.
"""

import functools
import struct
import zlib
from collections import Counter
from dataclasses import dataclass

import numpy

from berrydesk.text import embedding, records, sentences
from berrydesk.text.tokens import plain_words, tokens

_SCALE = 127.0
_HEAD = struct.Struct("<HHH")

_LACKS_FRONT, _HAS_GRAMS = 1, 2

GRAM = 4
"""Characters of a gram, the blanks around a word included: they find a compound's parts and a word's other forms."""

_WITHOUT_GRAMS = frozenset({"en", "zh", "ja", "ko"})
"""English inflects little, so that grams blur more than they find; the others are cut into pairs anyway."""

NEAR_START = 300
"""Characters at the start of a text within which its title counts as present."""


@dataclass(frozen=True)
class Windows:
    """``spans`` (s, 2); ``front``: word ids of title and heading; ``lacks_front``: whether windows need it;
    ``words``: the ids of all sentences' words on end; ``sizes``: words in each sentence; ``vectors``: (w, 256) int8;
    ``grams``, ``gram_counts``: none where the language is better off without.
    """

    spans: numpy.ndarray
    front: numpy.ndarray
    lacks_front: bool
    words: numpy.ndarray
    sizes: numpy.ndarray
    vectors: numpy.ndarray
    grams: numpy.ndarray
    gram_counts: numpy.ndarray


def word_id(term):
    """The number under which a window knows a word."""
    return zlib.crc32(term.encode())


def grams(text, language):
    """The ids of the grams of ``text``'s words, repeated ones repeat; none where the language has no use for them."""
    if language in _WITHOUT_GRAMS:
        return []
    return [gram for word in plain_words(text, language) for gram in _grams_of(word)]


@functools.lru_cache(maxsize=100_000)
def _grams_of(word):
    padded = f" {word} "
    return tuple(
        zlib.crc32(padded[i : i + GRAM].encode()) & 0xFFFF for i in range(max(1, len(padded) - GRAM + 1))
    )


def front(title, heading):
    """What stands in front of a passage: its document's title and its nearest heading."""
    return ". ".join(
        dict.fromkeys(part for part in (title.strip(), heading.split(" › ")[-1].strip()) if part)
    )


def lacks_front(title, heading, text):
    """Whether the passage's own text does not begin with its title or heading."""
    start = text[:NEAR_START].casefold()
    return any(
        part.casefold() not in start for part in (title.strip(), heading.split(" › ")[-1].strip()) if part
    )


def texts(title, heading, text):
    """The spans of a passage's sentences, and what is embedded for each of its windows. A record is one sentence."""
    whole = len(text) <= sentences.LONGEST and records.fields(text)
    found = [(0, len(text))] if whole else sentences.spans(text)
    prefix = f"{front(title, heading)}. " if lacks_front(title, heading, text) else ""
    return found, [prefix + text[found[a][0] : found[b][1]] for a, b in sentences.windows(found)]


def pack(title, heading, text, language, spans, vectors):
    """The bytes of a passage's windows."""
    words = [[word_id(t) for t in tokens(text[a:b], language)][:65535] for a, b in spans]
    ahead = [word_id(t) for t in tokens(front(title, heading), language)]
    lacks = lacks_front(title, heading, text)
    counted = Counter(grams(f"{front(title, heading)} {text}" if lacks else text, language))
    pieces = sorted(counted)
    return b"".join(
        (
            _HEAD.pack(len(spans), len(ahead), _LACKS_FRONT * lacks + _HAS_GRAMS * bool(pieces)),
            numpy.array(spans, "<u4").tobytes(),
            numpy.array([len(w) for w in words], "<u2").tobytes(),
            numpy.array(ahead + [w for sentence in words for w in sentence], "<u4").tobytes(),
            numpy.rint(vectors * _SCALE).astype(numpy.int8).tobytes(),
            numpy.array(pieces, "<u2").tobytes(),
            bytes(min(counted[piece], 255) for piece in pieces),
        )
    )


def unpack(packed):
    """What ``pack`` was given, as arrays over the same bytes."""
    count, ahead, flags = _HEAD.unpack_from(packed)
    at = _HEAD.size
    spans = numpy.frombuffer(packed, "<u4", count * 2, at).reshape(-1, 2)
    sizes = numpy.frombuffer(packed, "<u2", count, at + count * 8)
    at += count * 10
    total = sum(sizes.tolist())
    words = numpy.frombuffer(packed, "<u4", ahead + total, at)
    at += (ahead + total) * 4
    vectors = numpy.frombuffer(packed, numpy.int8, _windows(count) * embedding.DIMENSIONS, at)
    at += len(vectors)
    many = (len(packed) - at) // 3 if flags & _HAS_GRAMS else 0
    return Windows(
        spans,
        words[:ahead],
        bool(flags & _LACKS_FRONT),
        words[ahead:],
        sizes,
        vectors.reshape(-1, embedding.DIMENSIONS),
        numpy.frombuffer(packed, "<u2", many, at),
        numpy.frombuffer(packed, numpy.uint8, many, at + many * 2),
    )


def _windows(sentence_count):
    return max(sentence_count - 1, min(sentence_count, 1))
