"""What stands around a page: found through the index and through what earlier sweeps remember, never by reading all."""

import hashlib
from collections import OrderedDict, defaultdict

import numpy
from django.db.models import F, Q

from apps.knowledge.finding_models import SweptDocument
from apps.knowledge.index_models import LENGTHS
from apps.knowledge.models import Document, DocumentStatus, Passage
from apps.knowledge.retrieval import postings
from apps.knowledge.sweep import broken_links, claims, duplicates, likeness, outdated
from apps.knowledge.sweep.pages import Page
from apps.knowledge.sweep.vocabulary import CONCEPTS
from berrydesk.text.tokens import tokens

RULES = 1
"""Raised when the rules change so much that everything must be swept anew."""

NEAREST = 12
"""Passages looked at for each sentence."""

MOST_WORDS = 14
"""Words of a sentence that are asked for, the rarest."""

COMMON_SHARE, COMMON_LEAST = 0.2, 60
"""A word in more passages than these finds nothing by itself."""

MOST_LIKE = 8
"""Pages compared as possible duplicates of one."""

MOST_VERSIONS = 20
"""Pages of one title that are looked at."""

BOILERPLATE = 4
"""A paragraph in so many documents is part of their frame."""

KEPT_PASSAGES = 3000
"""Passages whose claims stay in memory during a run."""


class Surroundings:
    """The knowledge of one agent, as the rules of a sweep ask for it. ``compared`` counts pairs of claims."""

    def __init__(self, agent, today):
        self.agent = agent
        self.today = today
        self.compared = 0
        self._claims = OrderedDict()
        self._near = {}

    def page(self, document):
        """A document, with its whole text."""
        return Page(
            pk=document.pk,
            external_id=document.external_id,
            title=document.title or document.external_id,
            url=document.url,
            language=document.language or "en",
            text=document.text,
        )

    def pairs(self, page):
        """(claim of the page, claim of another page or another place of it) worth comparing."""
        own = self._own(page)
        passages = self._passages(own)
        seen = set()
        self._near[page.pk] = defaultdict(float)
        for claim in own:
            for number, score in passages.get(id(claim.statement), ()):
                by_term, everything = self._claims.get(number, ({}, []))
                if everything and everything[0].page.pk != page.pk:
                    self._near[page.pk][everything[0].page.pk] += score
                for other in _sharing(claim, by_term, everything):
                    pair = (id(claim), id(other))
                    if pair in seen or _is_same_place(claim, other):
                        continue
                    seen.add(pair)
                    self.compared += 1
                    yield claim, other

    def like(self, page):
        """Pages that may say the same as this one: those that share a band, and those retrieval finds most often."""
        shingles, _length = duplicates.shingles(page)
        found = SweptDocument.objects.filter(agent=self.agent, bands__overlap=duplicates.bands(shingles))
        near = self._near.get(page.pk, {})
        ids = sorted(near, key=lambda pk: -near[pk])[: MOST_LIKE // 2]
        ids += list(found.exclude(document=page.pk).values_list("document", flat=True)[:MOST_LIKE])
        rows = Document.objects.filter(
            pk__in=ids[:MOST_LIKE], status=DocumentStatus.LEARNED, set_aside_at=None
        )
        return [self.page(row) for row in rows.exclude(pk=page.pk)]

    def boilerplate(self, page):
        """Numbers of the page's paragraphs that stand in many documents."""
        numbers = duplicates.paragraph_ids(page)
        if not numbers:
            return frozenset()
        key = "boilerplate"
        if key not in page.extra:
            counts = defaultdict(int)
            rows = SweptDocument.objects.filter(agent=self.agent, paragraphs__overlap=numbers)
            for paragraphs in rows.values_list("paragraphs", flat=True)[: BOILERPLATE * 50]:
                for number in set(paragraphs) & set(numbers):
                    counts[number] += 1
            page.extra[key] = frozenset(n for n, count in counts.items() if count >= BOILERPLATE)
        return page.extra[key]

    def frame(self, page):
        """The page's paragraphs that stand in many documents, as texts."""
        common = self.boilerplate(page)
        return {p for p in page.paragraphs if common and duplicates.numbers_of([p])[0] in common}

    def versions(self, page):
        """(older, newest) page of one title, where this page is either of them."""
        key = outdated.title_key(page.title)
        if not key:
            return []
        rows = Document.objects.filter(
            swept__title_key=key, agent=self.agent, status=DocumentStatus.LEARNED, set_aside_at=None
        ).exclude(pk=page.pk)
        pages = [page, *(self.page(row) for row in rows[:MOST_VERSIONS])]
        newest = max(pages, key=lambda p: outdated.version_of(p.title))
        older = [
            p for p in pages if (0, (0,)) < outdated.version_of(p.title) < outdated.version_of(newest.title)
        ]
        return [(each, newest) for each in older if page in (each, newest)]

    def missing(self, urls):
        """Those of the addresses that a sync of the agent's own sites did not find."""
        spelled = {spelling: url for url in urls for spelling in (url, url + "/")}
        rows = Document.objects.filter(
            agent=self.agent, problem__code__in=broken_links.MISSING, url__in=list(spelled)
        )
        return {spelled[url] for url in rows.values_list("url", flat=True)}

    def _own(self, page):
        rows = list(
            Passage.objects.filter(document=page.pk).order_by("position").values_list("number", flat=True)
        )
        self._load(rows)
        frame = self.frame(page)
        found = [claim for number in rows for claim in self._claims.get(number, ({}, []))[1]]
        return [claim for claim in found if claim.statement.block not in frame]

    def _passages(self, own):
        """{statement: [(passage number, score)]} of the passages nearest to each statement; their claims are loaded."""
        asked = {}
        for claim in own:
            if id(claim.statement) not in asked and (claim.values or claim.denies or claim.telling):
                asked[id(claim.statement)] = _wordings(claim)
        index = postings.read(self.agent, {t for groups in asked.values() for g in groups for t in g})
        if LENGTHS not in index:
            return {}
        total = len(index.pop(LENGTHS)[0])
        found = {key: _nearest(groups, index, total) for key, groups in asked.items()}
        self._load({number for near in found.values() for number, _score in near})
        return found

    def _load(self, numbers):
        """Claims of passages are in memory."""
        lacking = []
        for number in numbers:
            if number in self._claims:
                self._claims.move_to_end(number)
            else:
                lacking.append(number)
        rows = Passage.objects.filter(number__in=lacking, document__set_aside_at=None).select_related(
            "document"
        )
        for row in rows.defer("embedding", "document__text"):
            self._claims[row.number] = _read(row)
        room = max(KEPT_PASSAGES, len(numbers) * 2)
        while len(self._claims) > room:
            self._claims.popitem(last=False)


def digest(document):
    """The name of what is swept of a document."""
    whole = f"{RULES}\x00{document.title}\x00{document.text}"
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def unread(agent, _today):
    """Documents that are new or were learned anew since they were swept."""
    return _read_by(agent).filter(Q(swept=None) | Q(learned_at__gt=F("swept__learned_at")))


def due(agent, today):
    """Documents whose findings must be made anew: they changed, or a date in them has gone by."""
    return _read_by(agent).filter(Q(swept__rules__lt=RULES) | Q(swept__look_again_on__lt=today))


def waiting(agent, today):
    """All of both."""
    return _read_by(agent).filter(
        Q(swept=None)
        | Q(learned_at__gt=F("swept__learned_at"))
        | Q(swept__rules__lt=RULES)
        | Q(swept__look_again_on__lt=today)
    )


def _read_by(agent):
    return Document.objects.filter(agent=agent, status=DocumentStatus.LEARNED, set_aside_at=None)


def _read(row):
    """({term: claims that it tells}, all claims) of one passage."""
    document = row.document
    page = Page(
        pk=document.pk,
        external_id=document.external_id,
        title=document.title or document.external_id,
        url=document.url,
        language=row.language or document.language or "en",
        text=row.text,
        path=tuple(part for part in row.heading.split(" › ") if part),
        first=row.position * 100_000,
    )
    found = claims.claims(page)
    by_term = defaultdict(list)
    for claim in found:
        for term in claim.telling:
            by_term[term].append(claim)
    return dict(by_term), found


def _sharing(claim, by_term, everything):
    """Claims of a passage that share a telling word; in languages that join words, all of them."""
    if claim.page.language in likeness.JOINING:
        return everything
    found = {}
    for term in claim.terms:
        for other in by_term.get(term, ()):
            found[id(other)] = other
    return found.values()


def _is_same_place(claim, other):
    if claim.page.language != other.page.language or claim.statement is other.statement:
        return True
    return claim.page.pk == other.page.pk and claim.statement.order >= other.statement.order


def _wordings(claim):
    """The claim's words as the index may know them: one set of alternatives for each."""
    groups = []
    for term in [*claim.own, *claim.around]:
        groups.append(_stems(term, claim.page.language) if term.startswith("@") else frozenset((term,)))
    return groups


_CONCEPT_STEMS = {}


def _stems(concept, language):
    key = (concept, language)
    if key not in _CONCEPT_STEMS:
        words = [w.strip() for w in CONCEPTS[concept].split("|")]
        _CONCEPT_STEMS[key] = frozenset(t for w in words for t in tokens(w, language))
    return _CONCEPT_STEMS[key]


def _nearest(groups, index, total):
    """[(passage number, score)], best first: the sum of the words' inverse document frequencies."""
    weighed = []
    for group in groups:
        numbers = [index[t][0] for t in group if t in index]
        if numbers:
            numbers = numpy.unique(numpy.concatenate(numbers)) if len(numbers) > 1 else numbers[0]
            weighed.append((len(numbers), numbers))
    weighed.sort(key=lambda pair: pair[0])
    limit = max(COMMON_LEAST, COMMON_SHARE * total)
    weighed = [pair for n, pair in enumerate(weighed[:MOST_WORDS]) if pair[0] <= limit or n < 2]
    if not weighed:
        return []
    weights = [numpy.full(n, numpy.log(1 + (total - n + 0.5) / (n + 0.5))) for n, _numbers in weighed]
    numbers, where = numpy.unique(numpy.concatenate([x for _n, x in weighed]), return_inverse=True)
    scores = numpy.bincount(where, numpy.concatenate(weights))
    best = numpy.argsort(-scores, kind="stable")[:NEAREST]
    return [(int(numbers[i]), float(scores[i])) for i in best]
