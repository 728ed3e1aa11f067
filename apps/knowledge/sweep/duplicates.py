"""Near duplicates: two pages that say the same. Candidates come from MinHash bands and from what retrieval finds near.

MinHash and banding: Broder, "On the resemblance and containment of documents" (1997); Leskovec et al., "Mining of
Massive Datasets", chapter 3.
"""

import hashlib
import struct
import zlib

import numpy
from django.utils.translation import gettext as _

from apps.knowledge.sweep import found, likeness
from apps.knowledge.sweep.terms import is_light, read
from apps.knowledge.sweep.values import values

KIND = "duplicate"

BANDS, ROWS = 20, 3
"""Pages that share half of their words' triples meet in some band 93 times of 100, those that share a fifth 15 times."""

ALIKE = 0.6
"""Share of common word triples from which two pages say the same."""
SAME_WORDS = 0.7
"""Share of common telling words from which a reworded page says the same."""
CONTAINED = 0.85
"""Share of the shorter page's triples that stand in the longer one, from which it adds nothing."""
FEWEST_WORDS = 12
SHORT_PARAGRAPH = 20

_RANDOM = numpy.random.default_rng(20261126)
_A = [int(x) for x in _RANDOM.integers(1, 1 << 60, BANDS * ROWS)]
_B = [int(x) for x in _RANDOM.integers(0, 1 << 60, BANDS * ROWS)]


def bands(shingles):
    """One signed 64-bit number a band; similar sets share some."""
    if not shingles:
        return []
    hashes = numpy.array(sorted(shingles), numpy.uint64)
    low, found_bands = [], []
    for a, b in zip(_A, _B, strict=True):
        low.append(int(((hashes * numpy.uint64(a | 1)) ^ numpy.uint64(b)).min()))
    for band in range(BANDS):
        key = (band, *low[band * ROWS : band * ROWS + ROWS])
        digest = hashlib.blake2b(struct.pack(f"<{ROWS + 1}Q", *key), digest_size=8).digest()
        found_bands.append(int.from_bytes(digest, "little", signed=True))
    return found_bands


def paragraph_ids(page):
    """A number for each paragraph that is long enough to be told apart."""
    return numbers_of(p for p in page.paragraphs if len(p) > SHORT_PARAGRAPH)


def numbers_of(paragraphs):
    """The number under which each paragraph is remembered."""
    return [zlib.crc32(" ".join(p.lower().split()).encode()) | (len(p) & 0xFFFF) << 32 for p in paragraphs]


def shingles(page, common=frozenset()):
    """Triples of words of the page's paragraphs, as numbers; ``common`` paragraphs are boilerplate."""
    key = ("shingles", common)
    if key not in page.extra:
        words = []
        for paragraph in page.paragraphs:
            if not common or numbers_of([paragraph])[0] not in common:
                words.extend(w.strip(".,;:!?()[]\"'“”„«»").lower() for w in paragraph.split())
        words = [w for w in words if w]
        page.extra[key] = (
            frozenset(_number(" ".join(words[i : i + 3])) for i in range(max(1, len(words) - 2)))
            if words
            else frozenset(),
            len(words),
        )
    return page.extra[key]


def _number(text):
    raw = text.encode()
    return zlib.crc32(raw) << 32 | zlib.adler32(raw)


def find(page, around):
    """One finding for each page that says the same."""
    common = around.boilerplate(page)
    _mine, length = shingles(page, common)
    if length < FEWEST_WORDS:
        return
    for other in around.like(page):
        if other.language != page.language or not same(page, other, common):
            continue
        yield found.Found(
            KIND,
            "medium",
            page.title,
            _("“{one}” and “{other}” say the same.").format(one=page.title, other=other.title),
            found.of_page(page, page.plain),
            found.of_page(other, other.plain),
        )


def same(page, other, common=frozenset()):
    """True when one of the pages could go without a loss."""
    mine, length = shingles(page, common)
    theirs, other_length = shingles(other, common)
    if min(length, other_length) < FEWEST_WORDS or not mine or not theirs:
        return False
    both = len(mine & theirs)
    alike = both / len(mine | theirs)
    contained = both / min(len(mine), len(theirs))
    ratio = min(length, other_length) / max(length, other_length)
    if alike == 1.0:
        return True
    if _about_different_things(page, other) or _differ_in_values(page, other):
        return False
    if alike >= ALIKE or (contained >= CONTAINED and ratio >= 0.25 and min(length, other_length) >= 20):
        return True
    return ratio >= 0.6 and _common_words(page, other) >= SAME_WORDS


def _about_different_things(page, other):
    """True when each names in its title what the other never says."""
    return likeness.bodies_apart(page, other) or (
        bool(_names(page) - _words(other)) and bool(_names(other) - _words(page))
    )


def _names(page):
    """Words with digits, and capitalised ones within sentences (where not every noun has a capital)."""
    if "names" not in page.extra:
        names = set()
        for statement in page.statements:
            for n, word in enumerate(statement.text.split()):
                word = word.strip(".,;:!?()[]\"'“”„«»")
                if len(word) > 1 and word[0].isupper() and n and page.language != "de":
                    names.add(word.lower())
        page.extra["names"] = frozenset(names)
    return page.extra["names"]


def _words(page):
    if "lower" not in page.extra:
        page.extra["lower"] = frozenset(w.strip(".,;:!?()[]\"'“”„«»").lower() for w in page.plain.split())
    return page.extra["lower"]


def _differ_in_values(page, other):
    """True when each holds values that the other has not: two products, or a contradiction."""
    mine, theirs = _values(page), _values(other)
    only = [x for x in mine if not any(x.equals(y) for y in theirs)]
    others = [y for y in theirs if not any(x.equals(y) for x in mine)]
    kinds = {x.dimension for x in only} & {y.dimension for y in others}
    return bool(kinds)


def _values(page):
    if "values" not in page.extra:
        page.extra["values"] = [
            x
            for s in page.statements
            for x in values(s.text, page.language)
            if not x.dimension.startswith("count:")
        ]
    return page.extra["values"]


def _common_words(page, other):
    mine, theirs = _telling(page), _telling(other)
    if min(len(mine), len(theirs)) < 6:
        return 0.0
    return len(mine & theirs) / len(mine | theirs)


def _telling(page):
    if "telling" not in page.extra:
        words = read(page.plain, page.language).terms
        page.extra["telling"] = frozenset(
            t for t in words if not is_light(t, page.language) and not t.isdigit()
        )
    return page.extra["telling"]
