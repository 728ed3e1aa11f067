"""Search in two stages: BM25 and static embeddings find, windows of two sentences re-rank.

The fusion is measured (``docs/explanation/retrieval.md``): equal thirds of the passage's BM25, its best window's
BM25 and its best window's embedding, each scaled to 0..1 within the question, and a little of the title.
BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with k1 1.2 and b 0.75.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy
from pgvector.django import CosineDistance

from apps.knowledge.index_models import LENGTHS
from apps.knowledge.models import Passage
from apps.knowledge.retrieval import postings, windows
from berrydesk.text import embedding, languages
from berrydesk.text.tokens import tokens

K1, B = 1.2, 0.75

CANDIDATES = 40
"""Passages whose windows are looked at."""

DENSE_CANDIDATES = 12
"""Of those, how many may come from the embeddings alone: paraphrases without a common word."""

TITLE_SHARE = 0.2


@dataclass(frozen=True)
class Found:
    """One passage that may answer; ``score`` 0 to 1 within its result list.

    ``quote`` is the best window in the passage's own words; ``features`` are what answerability looks at.
    """

    passage_id: int
    document_id: str
    external_id: str
    title: str
    url: str
    heading: str
    text: str
    language: str
    score: float
    quote: str
    features: dict = field(default_factory=dict)


@dataclass
class _Query:
    """A question, once: its words in each language that the agent's passages have."""

    text: str
    vector: numpy.ndarray
    terms: list
    idf: dict = field(default_factory=dict)


def search(agent, query, limit=10):
    """The passages that best answer ``query``, best first. No model call."""
    asked = _Query(query, embedding.embed([query])[0], _terms(agent, query))
    numbers, bm25 = _by_words(agent, asked)
    dense = _by_meaning(agent, asked, numbers)
    numbers, bm25 = numpy.concatenate([numbers, dense]), numpy.concatenate([bm25, numpy.zeros(len(dense))])
    if not len(numbers):
        return []
    rows = Passage.objects.filter(number__in=numbers.tolist()).select_related("document", "windows")
    by_number = {row.number: row for row in rows}
    kept = [(by_number[n], s) for n, s in zip(numbers.tolist(), bm25.tolist(), strict=True) if n in by_number]
    return _rank(asked, kept, limit)


def _terms(agent, query):
    """The question's words, stemmed as the agent's passages are; a mixed knowledge base is asked in each way."""
    used = Passage.objects.filter(agent=agent).values_list("language", flat=True).distinct()[:8]
    own = languages.detect(query, fallback="")
    found = set()
    for language in {*used, own} - {""}:
        found.update(tokens(query, language))
    return sorted(found)


def _by_words(agent, asked):
    """Numbers and BM25 of the best passages by words alone; fills the question's idf."""
    index = postings.read(agent, asked.terms)
    if LENGTHS not in index:
        return numpy.zeros(0, numpy.int64), numpy.zeros(0)
    everywhere, lengths = index.pop(LENGTHS)
    total, mean = len(everywhere), float(lengths.mean()) or 1.0
    scores = numpy.zeros(total)
    for term, (numbers, counts) in index.items():
        asked.idf[term] = float(numpy.log(1 + (total - len(numbers) + 0.5) / (len(numbers) + 0.5)))
        at = numpy.searchsorted(everywhere, numbers)
        norm = K1 * (1 - B + B * lengths[at] / mean)
        scores[at] += asked.idf[term] * counts * (K1 + 1) / (counts + norm)
    for term in asked.terms:  # a word nobody wrote is as telling as the rarest one
        asked.idf.setdefault(term, float(numpy.log(1 + (total + 0.5) / 0.5)))
    best = numpy.argsort(-scores)[:CANDIDATES]
    best = best[scores[best] > 0]
    return everywhere[best], scores[best]


def _by_meaning(agent, asked, known):
    near = (
        Passage.objects.filter(agent=agent)
        .exclude(embedding=None)
        .order_by(CosineDistance("embedding", asked.vector))
        .values_list("number", flat=True)[:DENSE_CANDIDATES]
    )
    return numpy.array([n for n in near if n not in set(known.tolist())], numpy.int64)


def _rank(asked, kept, limit):
    unpacked = [windows.unpack(row.windows.packed) for row, _score in kept]
    sizes = [sum(len(s) for s in seen.words) * 2 / len(seen.words) for seen in unpacked if seen.words]
    mean = max(1.0, sum(sizes) / len(sizes)) if sizes else 1.0
    looked = [_look(asked, row, seen, mean) for (row, _score), seen in zip(kept, unpacked, strict=True)]
    passage = numpy.array([score for _row, score in kept])
    words = numpy.array([look["window_bm25"] for look in looked])
    meaning = numpy.array([look["similarity"] for look in looked])
    titles = numpy.array([_title(asked, row) for row, _score in kept])
    fused = (_scaled(passage) + _scaled(words) + _scaled(meaning)) / 3 + TITLE_SHARE * _scaled(titles)
    order = numpy.argsort(-fused, kind="stable")[:limit]
    mass = sum(asked.idf.values()) or 1.0
    runner_up = float(passage[numpy.argsort(-passage)][4]) if len(passage) > 4 else 0.0
    return [
        _found(kept[i][0], float(fused[i]) / (1 + TITLE_SHARE), looked[i], float(passage[i]), mass, runner_up)
        for i in order
    ]


def _found(row, score, look, bm25, mass, runner_up):
    document = row.document
    features = {
        "similarity": look["similarity"],
        "window_bm25": look["window_bm25"] / mass,
        "passage_bm25": bm25 / mass,
        "coverage": look["coverage"],
        "gap": (bm25 - runner_up) / mass,
    }
    return Found(
        passage_id=row.number,
        document_id=str(document.pk),
        external_id=document.external_id,
        title=document.title,
        url=document.url,
        heading=row.heading,
        text=row.text,
        language=row.language,
        score=score,
        quote=look["quote"],
        features=features,
    )


def _look(asked, row, seen, mean):
    """The best window of a passage: by words, by meaning, and the one to quote. ``mean``: a window's usual size."""
    if not seen.bounds:
        return {"window_bm25": 0.0, "similarity": 0.0, "coverage": 0.0, "quote": row.text[:300]}
    ids = {windows.word_id(term): idf for term, idf in asked.idf.items()}
    front = Counter(windows.word_id(t) for t in tokens(f"{row.document.title} {row.heading}", row.language))
    counted = [Counter(w for w in sentence.tolist() if w in ids) for sentence in seen.words]
    sizes = [len(sentence) for sentence in seen.words]
    by_words = [
        _bm25(
            counted[a] + counted[b] if a != b else counted[a],
            sizes[a] + (sizes[b] if a != b else 0),
            ids,
            mean,
        )
        for a, b in seen.bounds
    ]
    by_meaning = embedding.similarity(asked.vector, seen.vectors)
    together = numpy.array(by_words) / (max(by_words) or 1.0) + by_meaning
    first, last = seen.bounds[int(together.argmax())]
    here = counted[first] + counted[last] + Counter({w: 1 for w in front if w in ids})
    mass = sum(ids.values()) or 1.0
    return {
        "window_bm25": max(by_words),
        "similarity": float(by_meaning.max()),
        "coverage": sum(ids[w] for w in here) / mass,
        "quote": row.text[int(seen.spans[first][0]) : int(seen.spans[last][1])],
    }


def _bm25(counts, size, idf, mean):
    norm = K1 * (1 - B + B * size / mean)
    return sum(idf[word] * count * (K1 + 1) / (count + norm) for word, count in counts.items())


def _title(asked, row):
    here = set(tokens(f"{row.document.title} {row.heading}", row.language))
    return sum(idf for term, idf in asked.idf.items() if term in here) / (1 + 0.1 * len(here))


def _scaled(values):
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else numpy.zeros(len(values))
