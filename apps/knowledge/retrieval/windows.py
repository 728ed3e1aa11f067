"""A passage's windows, packed: two sentences each, moving by one, as words and as vectors.

Layout, little-endian: sentence count uint16, front word count uint16, 1 if the text lacks its front uint16;
start and end of each sentence uint32; word count of each sentence uint16; words of the front (title and last
heading), then of all sentences, as CRC-32 uint32; one vector of 256 int8 a window (unit vector times 127),
embedded with the front where the text lacks it.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy

from berrydesk.text import embedding, sentences
from berrydesk.text.tokens import tokens

_SCALE = 127.0
_HEAD = struct.Struct("<HHH")

NEAR_START = 300
"""Characters at the start of a text within which its title counts as present."""


@dataclass(frozen=True)
class Windows:
    """``spans`` (s, 2); ``front``: word ids of title and heading; ``lacks_front``: whether windows need it;
    ``words``: the ids of all sentences' words on end; ``sizes``: words in each sentence; ``vectors``: (w, 256) int8.
    """

    spans: numpy.ndarray
    front: numpy.ndarray
    lacks_front: bool
    words: numpy.ndarray
    sizes: numpy.ndarray
    vectors: numpy.ndarray


def word_id(term):
    """The number under which a window knows a word."""
    return zlib.crc32(term.encode())


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
    """The spans of a passage's sentences, and what is embedded for each of its windows."""
    found = sentences.spans(text)
    prefix = f"{front(title, heading)}. " if lacks_front(title, heading, text) else ""
    return found, [prefix + text[found[a][0] : found[b][1]] for a, b in sentences.windows(found)]


def pack(title, heading, text, language, spans, vectors):
    """The bytes of a passage's windows."""
    words = [[word_id(t) for t in tokens(text[a:b], language)][:65535] for a, b in spans]
    ahead = [word_id(t) for t in tokens(front(title, heading), language)]
    return b"".join(
        (
            _HEAD.pack(len(spans), len(ahead), lacks_front(title, heading, text)),
            numpy.array(spans, "<u4").tobytes(),
            numpy.array([len(w) for w in words], "<u2").tobytes(),
            numpy.array(ahead + [w for sentence in words for w in sentence], "<u4").tobytes(),
            numpy.rint(vectors * _SCALE).astype(numpy.int8).tobytes(),
        )
    )


def unpack(packed):
    """What ``pack`` was given, as arrays over the same bytes."""
    count, ahead, lacks = _HEAD.unpack_from(packed)
    at = _HEAD.size
    spans = numpy.frombuffer(packed, "<u4", count * 2, at).reshape(-1, 2)
    sizes = numpy.frombuffer(packed, "<u2", count, at + count * 8)
    at += count * 10
    total = int(sizes.sum())
    words = numpy.frombuffer(packed, "<u4", ahead + total, at)
    vectors = numpy.frombuffer(packed, numpy.int8, -1, at + (ahead + total) * 4).reshape(
        -1, embedding.DIMENSIONS
    )
    return Windows(spans, words[:ahead], bool(lacks), words[ahead:], sizes, vectors)
