"""Search in two stages: BM25 and embeddings find, windows of two sentences re-rank (``ranking``)."""

from dataclasses import dataclass, field, replace

import numpy

from apps.knowledge.index_models import PassageWindows
from apps.knowledge.models import Document, Passage, Source
from apps.knowledge.retrieval import (
    audiences,
    beforehand,
    elsewhere,
    facts,
    folding,
    matter,
    meaning,
    postings,
    ranking,
    spaces,
    windows,
)
from apps.knowledge.retrieval import features as telling_apart
from apps.knowledge.retrieval.ranking import ALTERNATIVE_SHARE, K1, B
from berrydesk.db import binary
from berrydesk.text import embedding, languages, synonyms
from berrydesk.text.tokens import count_words, tokens

CANDIDATES = 40
"""Passages found by their words whose windows are looked at."""

NEAR_CANDIDATES = 12
"""How many more may come from their meaning alone: paraphrases without a common word."""

DISTINCT_FIRST = 3
"""The first places go to different documents, so that one long page does not hide the others."""

DISTINCT_SHARE = 0.5
"""Unless the next document scores less than this share of the best."""

AROUND = 2
"""Sentences before and after a quote that are looked at as well."""

FOLDED_FROM = 10
"""How many more passages than asked for are looked at, so that folding alike ones leaves no place empty."""

LANGUAGE_SHARE = 0.05
"""A question is also asked in the languages of this share of the passages; in rarer ones if it is in them itself."""

_ENGLISH_FIRST = frozenset(
    {"en", "de", "es", "fr", "pt", "it", "nl", "sv", "da", "no", "nb", "fi", "ro", "pl", "cs"}
)

_CANDIDATES = (
    "SELECT p.number, p.document_id, p.language, d.url, d.external_id, d.title, p.heading, p.text, w.packed,"
    " d.source_id, {rule} FROM {windows} w"
    " JOIN {passages} p ON p.number = w.passage_id JOIN {documents} d ON d.id = p.document_id"
    " JOIN {sources} s ON s.id = d.source_id WHERE w.passage_id = ANY(%s::bigint[])"
)


@dataclass(frozen=True)
class Found:
    """One passage that may answer; ``score`` 0 to 1 within its result list.

    ``quote`` is the best window in the passage's own words; ``features`` are what answerability looks at;
    ``around``: the quote with the sentences about it; ``telling``: {word of the question: its weight};
    ``others``: (document id, external id, title, url) of each further document that says the same;
    ``space_id``: the space that took part in ranking, None where the built-in embeddings did alone.
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
    others: tuple = ()
    around: str = ""
    telling: dict = field(default_factory=dict)
    space_id: object = None


@dataclass
class _Candidate:
    """A passage on its way through the second stage."""

    number: int
    document_id: object
    language: str
    url: str
    external_id: str
    title: str
    heading: str
    text: str
    bm25: float
    windows: windows.Windows

    @property
    def page(self):
        """What the passage's page is known by: its address without the place in it, else its document."""
        address = self.url or self.external_id
        return address.partition("#")[0] if "://" in address else str(self.document_id)


def search(agent, query, limit=10, *, audience=audiences.PUBLIC, hidden=(), meant=spaces.BUILT_IN):
    """The passages that best answer ``query`` and that ``audience`` may see, best first. No model call.

    ``hidden``: passage numbers to leave out, as if they had never been learned (for calibration).
    ``meant``: the question in the space of the owner's choice (``apps.knowledge.embeddings.asking``).
    """
    known = beforehand.read(agent)
    state = known.state
    hidden = numpy.concatenate([audience.hidden(agent, known.limited), numpy.fromiter(hidden, numpy.int64)])
    sequences = _sequences(known.languages, matter.without_own_case(query))
    vector = embedding.embed([query])[0]
    own = {term for words in sequences.values() for term in words}
    alternatives = _alternatives(known.groups, query, sequences, own)
    numbers, bm25, weights = _by_words(agent, state, own, alternatives, max(CANDIDATES, limit), hidden)
    scored = dict(zip(numbers.tolist(), bm25.tolist(), strict=True))
    for number in meaning.nearest(agent, vector, max(NEAR_CANDIDATES, limit), hidden, state=state):
        scored.setdefault(number, 0.0)
    chosen = meant.of(query)  # never compared with anything but vectors of its own space
    if chosen is not None:
        for number in spaces.nearest(
            meant.space_id, chosen, max(NEAR_CANDIDATES, limit), hidden, state=state
        ):
            scored.setdefault(number, 0.0)
    candidates = _load(scored, audience)
    if not candidates:
        return []
    grams = [gram for language in sequences for gram in windows.grams(query, language)]
    asked = ranking.Asked.of(vector, list(sequences.values()), alternatives, weights, grams)
    telling = telling_apart.telling(query, sequences, weights)
    countries = elsewhere.asked(query)
    # What holds the fact, or is about the right country, may come up from below.
    more = limit + FOLDED_FROM * bool(countries or facts.is_asked(query))
    in_space = None
    if chosen is not None:
        close = spaces.closeness(meant.space_id, chosen, [c.number for c in candidates])
        in_space = numpy.array([close.get(c.number, numpy.nan) for c in candidates])
    found = _rank(asked, sequences, candidates, more, telling, in_space)
    found = elsewhere.last(query, countries, facts.first(query, found))[:limit]
    return found if chosen is None else [replace(one, space_id=meant.space_id) for one in found]


def _sequences(used, query):
    """The question's words in order, as each language of the agent's passages writes them."""
    own, total = languages.detect(query, fallback=""), sum(used.values())
    often = sorted(used, key=used.get, reverse=True)
    asked_in = [code for code in often if code == own or used[code] >= LANGUAGE_SHARE * total]
    return {code: tokens(query, code) for code in asked_in or [own or "en"]}


def _alternatives(groups, query, sequences, own):
    """{word: the question's words it may stand for}, in all languages asked in."""
    found = {}
    for language in sequences:
        for term, meant in synonyms.alternatives(query, language, groups).items():
            if term not in own:
                found.setdefault(term, set()).update(meant)
    return found


def _by_words(agent, state, own, alternatives, count, hidden):
    """Numbers and BM25 of the best passages by words alone, and the weight of each word asked for."""
    places = postings.places(agent, state)
    terms, total = own.union(alternatives), len(places.numbers)
    if not total:
        return numpy.zeros(0, numpy.int64), numpy.zeros(0), dict.fromkeys(terms, 1.0)
    index = postings.placed(agent, terms, places, state)
    norms = K1 * (1 - B + B * places.lengths)  # of all passages: a word's are taken from it in one go
    weights, by_word = {}, {}
    for term in terms:  # a word nobody wrote is as telling as the rarest one
        word = index.get(term)
        many = 0 if word is None else len(word.at)
        weights[term] = float(numpy.log(1 + (total - many + 0.5) / (many + 0.5)))
        if many:
            values = word.counts * (K1 + 1)
            values /= word.counts + norms.take(word.at)
            by_word[term] = (word.at.astype(numpy.intp), values)
    for term, meant in alternatives.items():
        weights[term] = ALTERNATIVE_SHARE * min([weights[term], *(weights[word] for word in meant)])
    scores = _summed(total, own, alternatives, weights, by_word)
    if len(hidden):
        scores[numpy.isin(places.numbers, hidden)] = 0
    least = numpy.partition(scores, -count)[-count] if total > count else 0.0
    best = numpy.flatnonzero(scores >= least if least > 0 else scores > 0)
    best = best[numpy.argsort(-scores[best], kind="stable")][:count]
    return places.numbers[best], scores[best], weights


def _summed(total, own, alternatives, weights, by_word):
    """BM25 of every passage; of a word and its other wordings only the best counts."""
    scores, others = numpy.zeros(total), {}
    for term, (at, values) in by_word.items():
        if term in own:
            scores[at] += weights[term] * values
    for term, meant in alternatives.items():
        if term in by_word:
            others.setdefault(min(meant, default=""), []).append(term)
    for word, wordings in others.items():
        best = numpy.zeros(total)
        for term in wordings:
            at, values = by_word[term]
            best[at] = numpy.maximum(best[at], weights[term] * values)
        if word in by_word:
            at, values = by_word[word]
            best[at] -= weights[word] * values
        scores += numpy.maximum(best, 0)
    return scores


def _load(scored, audience):
    """The passages in ``scored`` ({number: BM25}) that ``audience`` may see as it is now, the best by BM25 first.

    For whom a source is, is read in the same moment as what it says: nothing is shown of one that was closed before.
    """
    tables = {"windows": PassageWindows, "passages": Passage, "documents": Document, "sources": Source}
    names = {name: model._meta.db_table for name, model in tables.items()}
    found, is_open = [], {}
    for *told, packed, source_id, is_internal, rule, is_being_removed in binary.rows(
        _CANDIDATES.format(rule=audiences.RULE, **names), [list(scored)]
    ):
        if source_id not in is_open:
            is_open[source_id] = audience.may_read(audiences.Rule.of(is_internal, rule, is_being_removed))
        if is_open[source_id]:
            found.append(_Candidate(*told, bm25=scored[told[0]], windows=windows.unpack(packed)))
    found = [candidate for candidate in found if len(candidate.windows.sizes)]
    return sorted(found, key=lambda c: (-c.bm25, c.number))


def _rank(asked, sequences, candidates, limit, telling, in_space=None):
    measured = ranking.measure(asked, [c.windows for c in candidates])
    passage = numpy.array([c.bm25 for c in candidates])
    known = numpy.array([c.language in _ENGLISH_FIRST for c in candidates])
    share = numpy.where(known, 1.0, ranking.ENGLISH_ONLY_SHARE)
    words = min((count_words(sequence) for sequence in sequences.values()), default=0)
    pages = [c.page for c in candidates]
    plain = fused = ranking.with_pages(ranking.fuse(passage, measured, share, words), pages)
    if in_space is not None:
        fused = ranking.with_pages(ranking.fuse(passage, measured, share, words, in_space), pages)
    order = numpy.argsort(-fused, kind="stable").tolist()[: limit + FOLDED_FROM]
    groups = folding.fold([candidates[i].text for i in order])
    alike = {order[first]: [order[o] for o in others] for first, *others in groups}
    order = _spread(list(alike), fused, [c.document_id for c in candidates])[:limit]
    # Answerability was fitted on the built-in embeddings: whatever ranks, its features are in their measure.
    features = telling_apart.of_passages(asked, sequences, [c.language for c in candidates], measured, plain)
    found, ceiling = [], 1.0
    for i in order:
        ceiling = min(ceiling, float(fused[i]))
        others = _others(candidates[i], [candidates[o] for o in alike[i]])
        found.append(_found(candidates[i], ceiling, int(measured.best[i]), (features(i), telling), others))
    return found


def _others(candidate, alike):
    """(document id, external id, title, url) of the documents in ``alike`` beside the candidate's, each once."""
    documents = {
        other.document_id: (str(other.document_id), other.external_id, other.title, other.url)
        for other in alike
        if other.document_id != candidate.document_id
    }
    return tuple(documents.values())


def _spread(order, fused, documents):
    """``order`` with the first places given to different documents."""
    first, seen = [], set()
    for i in order:
        if len(first) == DISTINCT_FIRST:
            break
        if documents[i] not in seen and fused[i] >= DISTINCT_SHARE * fused[order[0]]:
            first.append(i)
            seen.add(documents[i])
    chosen = set(first)
    return first + [i for i in order if i not in chosen]


def _found(candidate, score, best, features, others):
    spans, text = candidate.windows.spans, candidate.text
    last = min(best + 1, len(spans) - 1)
    first, end = max(0, best - AROUND), min(best + 1 + AROUND, len(spans) - 1)
    return Found(
        passage_id=candidate.number,
        document_id=str(candidate.document_id),
        external_id=candidate.external_id,
        title=candidate.title,
        url=candidate.url,
        heading=candidate.heading,
        text=text,
        language=candidate.language,
        score=score,
        quote=text[int(spans[best][0]) : int(spans[last][1])],
        features=features[0],
        others=others,
        around=text[int(spans[first][0]) : int(spans[end][1])],
        telling=features[1],
    )
