"""A passage's windows, packed: two sentences each, moving by one, as words and as vectors.

Layout, little-endian: sentence count uint16; for each sentence start and end uint32 and word count uint16; the
words of all sentences as CRC-32 uint32; one vector of 256 int8 a window (unit vector times 127); one for
the title in front where the passage lacks it is already part of each.
"""

import zlib
from dataclasses import dataclass

import numpy

from berrydesk.text import embedding, sentences
from berrydesk.text.tokens import tokens

_SCALE = 127.0


@dataclass(frozen=True)
class Windows:
    """``spans`` (s, 2), ``words``: one uint32 array a sentence, ``vectors`` (w, 256) float32, ``bounds`` of each."""

    spans: numpy.ndarray
    words: list
    vectors: numpy.ndarray
    bounds: list


def word_id(term):
    """The number under which a window knows a word."""
    return zlib.crc32(term.encode())


def texts(title, heading, text):
    """What is embedded for each window of a passage: the window, with its title in front where it is missing."""
    found = sentences.spans(text)
    front = " ".join(
        part for part in (title, heading.split(" › ")[-1]) if part and part.lower() not in text[:300].lower()
    )
    prefix = f"{front}. " if front else ""
    return found, [prefix + text[found[a][0] : found[b][1]] for a, b in sentences.windows(found)]


def pack(spans, text, language, vectors):
    """The bytes of a passage's windows."""
    words = [[word_id(t) for t in tokens(text[a:b], language)][:65535] for a, b in spans]
    head = numpy.array([len(spans)], "<u2").tobytes()
    where = numpy.array(spans, "<u4").reshape(-1, 2).tobytes()
    counts = numpy.array([len(w) for w in words], "<u2").tobytes()
    flat = numpy.array([w for sentence in words for w in sentence], "<u4").tobytes()
    return head + where + counts + flat + numpy.rint(vectors * _SCALE).astype(numpy.int8).tobytes()


def unpack(packed):
    """What ``pack`` was given, as arrays."""
    packed = bytes(packed)
    count = int(numpy.frombuffer(packed, "<u2", 1)[0])
    spans = numpy.frombuffer(packed, "<u4", count * 2, 2).reshape(-1, 2)
    counts = numpy.frombuffer(packed, "<u2", count, 2 + count * 8)
    start = 2 + count * 10
    total = int(counts.sum())
    flat = numpy.frombuffer(packed, "<u4", total, start)
    words = numpy.split(flat, numpy.cumsum(counts)[:-1]) if count else []
    vectors = numpy.frombuffer(packed, numpy.int8, -1, start + total * 4)
    vectors = vectors.reshape(-1, embedding.DIMENSIONS).astype(numpy.float32) / _SCALE
    return Windows(spans, words, vectors, sentences.windows([tuple(s) for s in spans]))
