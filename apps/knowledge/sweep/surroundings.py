"""What stands around a page: found through the index and through what earlier sweeps remember, never by reading all."""

import hashlib
import math
from collections import OrderedDict, defaultdict
from dataclasses import dataclass

from django.db.models import F, Q

from apps.knowledge.finding_models import SweptDocument
from apps.knowledge.index_models import LENGTHS
from apps.knowledge.models import Document, Passage
from apps.knowledge.retrieval import audiences, postings
from apps.knowledge.sweep import (
    broken_links,
    claims,
    comparing,
    duplicates,
    kinship,
    likeness,
    nearness,
    outdated,
)
from apps.knowledge.sweep.pages import Page
from berrydesk.db import binary

RULES = 5
"""Raised when the rules change so much that everything must be swept anew."""

MOST_LIKE = 8
"""Pages compared as possible duplicates of one."""

MOST_VERSIONS = 20
"""Pages of one title that are looked at."""

BOILERPLATE = 4
"""A paragraph in so many documents is part of their frame."""

KEPT_PASSAGES = 3000
"""Passages whose claims stay in memory during a run."""

KEPT_CHARACTERS = 2_000_000
"""Characters of documents that stay in memory during a run, with what was read out of them."""

_FRAME = (
    "SELECT n FROM unnest(%s::bigint[]) n WHERE (SELECT count(*) FROM (SELECT 1 FROM {table} s"
    " WHERE s.agent_id = %s AND s.paragraphs @> ARRAY[n] LIMIT %s) few) >= %s"
)
_ALIKE = (
    "SELECT q.document_id, s.document_id FROM {table} q CROSS JOIN LATERAL (SELECT document_id FROM {table} s"
    " WHERE s.agent_id = q.agent_id AND s.bands && q.bands AND s.document_id <> q.document_id LIMIT %s) s"
    " WHERE q.agent_id = %s AND q.document_id = ANY(%s)"
)


@dataclass
class _Around:
    """What stands around one page. ``near``: {id of a statement: passages nearest to it}."""

    own: list
    near: dict
    like: list
    frame: frozenset


@dataclass(frozen=True)
class _Passage:
    """A passage as it is compared: all its claims, and those that each term tells."""

    document_id: object
    language: str
    claims: tuple
    by_term: dict


class Surroundings:
    """The knowledge of one agent, as the rules of a sweep ask for it. ``compared`` counts pairs of claims."""

    def __init__(self, agent, today):
        self.agent = agent
        self.today = today
        self.compared = 0
        self._passages = OrderedDict()
        self._pages = OrderedDict()
        self._characters = 0
        self._prepared, self._likely = {}, {}
        self._common, self._rare = set(), set()
        self._missing = set()
        self._internal = set()
        self._framed = None
        self._rarity, self._total = {}, 1
        self._records = None

    def page(self, document):
        """A document with its whole text: the same object as before, as long as it was not learned anew."""
        page, learned_at = self._pages.pop(document.pk, (None, None))
        if page is not None and (learned_at, page.text) != (document.learned_at, document.text):
            self._characters -= len(page.text)
            page = None
        if page is None:
            page = Page(
                pk=document.pk,
                external_id=document.external_id,
                title=document.title or document.external_id,
                url=document.url,
                language=document.language or "en",
                text=document.text,
            )
            self._characters += len(page.text)
        self._pages[document.pk] = page, document.learned_at
        while self._characters > KEPT_CHARACTERS and len(self._pages) > 1:
            _pk, (gone, _at) = self._pages.popitem(last=False)
            self._characters -= len(gone.text)
        return page

    def prepare(self, documents):
        """What the rules will ask about these documents is read, in one go for all."""
        pages = [self.page(each) for each in documents]
        numbers = {page.pk: [] for page in pages}
        self._internal = audiences.internal_among(list(numbers))
        rows = Passage.objects.filter(document__in=list(numbers)).order_by("document", "position")
        for document, number in rows.values_list("document", "number"):
            numbers[document].append(number)
        passages = self._load([n for several in numbers.values() for n in several])
        self._learn_frame(pages)
        own = {
            page.pk: self._own(page, [passages[n] for n in numbers[page.pk] if n in passages])
            for page in pages
        }
        near = self._near([claim for several in own.values() for claim in several])
        self.look_up({url for page in pages for url in broken_links.addresses(page)})
        found, alike = {}, self._alike(pages)
        for page in pages:
            mine = {id(c.statement): near.get(id(c.statement), ()) for c in own[page.pk]}
            likely = [*_most_near(page, mine)[: MOST_LIKE // 2], *alike.get(page.pk, ())]
            found[page.pk] = _Around(
                own[page.pk], mine, list(dict.fromkeys(likely))[:MOST_LIKE], self._frame(page)
            )
        self._prepared = found
        self._likely = self._read({pk for around in found.values() for pk in around.like})

    def pairs(self, page):
        """(claim of the page, claim of another page or another place of it) worth comparing."""
        around = self._prepared[page.pk]
        seen = set()
        for claim in around.own:
            for passage, _score in around.near[id(claim.statement)]:
                if passage.language != claim.page.language:
                    continue
                is_same_page = passage.document_id == page.pk
                for other in _sharing(claim, passage):
                    pair = (id(claim), id(other))
                    if pair in seen or (is_same_page and claim.statement.order >= other.statement.order):
                        continue
                    seen.add(pair)
                    if comparing.may_differ(claim, other):
                        self.compared += 1
                        yield claim, other

    def rarity(self, term, language):
        """How much a word tells apart: its inverse document frequency; one that was not looked up is taken for rare."""
        known = self._rarity.get((term, language))
        return known if known is not None else math.log(1 + self._total)

    def like(self, page):
        """Pages that may say the same as this one: those that share a band, and those retrieval finds most often."""
        return [self._likely[pk] for pk in self._prepared[page.pk].like if pk in self._likely]

    def boilerplate(self, page):
        """Numbers of the page's paragraphs that stand in many documents."""
        return self._prepared[page.pk].frame

    def frame(self, page):
        """The page's paragraphs that stand in many documents, as texts."""
        common = self.boilerplate(page)
        return {p for p in page.paragraphs if common and duplicates.numbers_of([p])[0] in common}

    def versions(self, page):
        """(older, newest) page of one title, where this page is either of them."""
        key = outdated.title_key(page.title)
        if not key or outdated.version_of(page.title) <= (0, (0,)):
            return []
        rows = Document.objects.filter(swept__title_key=key, agent=self.agent).in_use().exclude(pk=page.pk)
        pages = [page, *(self.page(row) for row in rows[:MOST_VERSIONS])]
        newest = max(pages, key=lambda p: outdated.version_of(p.title))
        older = [
            p for p in pages if (0, (0,)) < outdated.version_of(p.title) < outdated.version_of(newest.title)
        ]
        return [(each, newest) for each in older if page in (each, newest)]

    def is_internal(self, page):
        """True for a page that is prepared and for the team alone: customers never see it."""
        return str(page.pk) in self._internal

    def records(self):
        """Pages that list the releases of something, by their titles: read once in a run."""
        if self._records is None:
            rows = Document.objects.filter(agent=self.agent, title__iregex=outdated.RELEASES).in_use()
            self._records = [self.page(row) for row in rows.order_by("pk")[:MOST_VERSIONS]]
        return self._records

    def missing(self, urls):
        """Those of the addresses that a sync of the agent's own sites did not find, as far as they were looked up."""
        return self._missing & set(urls)

    def framed(self, page):
        """Addresses that are not there, to which only the menu or the footer of this page leads."""
        if self._framed is None:
            self.framing()
        return self._framed.get(page.pk, [])

    def framing(self):
        """{document: such addresses}, read anew."""
        self._framed = broken_links.framed(self.agent)
        return self._framed

    def look_up(self, urls):
        """Which of the addresses are missing is known."""
        self._missing = set()
        if not urls:
            return
        spelled = {spelling: url for url in urls for spelling in (url, url + "/")}
        rows = Document.objects.filter(
            agent=self.agent, problem__code__in=broken_links.MISSING, url__in=list(spelled)
        )
        self._missing = {spelled[url] for url in rows.values_list("url", flat=True)}

    def _read(self, ids):
        """{id: page} of documents that are learned and not set aside; those in memory are not read again."""
        if not ids:
            return {}
        rows = Document.objects.filter(pk__in=ids).in_use()
        learned = dict(rows.values_list("pk", "learned_at"))
        found = {pk: self._pages[pk][0] for pk, at in learned.items() if self._pages.get(pk, (0, 0))[1] == at}
        lacking = learned.keys() - found.keys()
        return found | {row.pk: self.page(row) for row in (rows.filter(pk__in=lacking) if lacking else ())}

    def _learn_frame(self, pages):
        """Paragraphs of these pages are known to be common or rare."""
        asked = {n for page in pages for n in duplicates.paragraph_ids(page)} - self._common - self._rare
        if asked:
            sql = _FRAME.format(table=SweptDocument._meta.db_table)
            found = binary.rows(sql, [list(asked), self.agent.pk, BOILERPLATE, BOILERPLATE])
            common = {number for (number,) in found}
            self._common |= common
            self._rare |= asked - common

    def _frame(self, page):
        return frozenset(self._common.intersection(duplicates.paragraph_ids(page)))

    def _own(self, page, passages):
        """The page's claims, without those in its frame."""
        common = self._frame(page)
        frame = {p for p in page.paragraphs if common and duplicates.numbers_of([p])[0] in common}
        return [c for passage in passages for c in passage.claims if c.statement.block not in frame]

    def _near(self, own):
        """{id of a statement: [(passage, score)]} of the passages nearest to each."""
        asked = {}
        for claim in own:
            if id(claim.statement) not in asked and (claim.values or claim.denies or claim.telling):
                asked[id(claim.statement)] = nearness.wordings(claim)
        index = postings.read(
            self.agent, {LENGTHS, *(t for groups in asked.values() for g in groups for t in g)}
        )
        if LENGTHS not in index:
            return {}
        total = len(index.pop(LENGTHS)[0])
        found = {key: nearness.nearest(groups, index, total) for key, groups in asked.items()}
        passages = self._load({number for near in found.values() for number, _score in near})
        self._learn_rarity(passages.values(), total)
        return {key: [(passages[n], s) for n, s in near if n in passages] for key, near in found.items()}

    def _learn_rarity(self, passages, total):
        """How rare the words of these passages are is known."""
        said = {
            (term, passage.language)
            for passage in passages
            for claim in passage.claims
            if claim.values
            for term in kinship.words(claim)
            if (term, passage.language) not in self._rarity
        }
        stems = {
            (term, language): nearness.stems(term, language) if term.startswith("@") else frozenset((term,))
            for term, language in said
        }
        counts = postings.counts(self.agent, {stem for several in stems.values() for stem in several})
        self._total = max(1, total)
        for said_in, several in stems.items():
            count = min(total, max((counts.get(stem, 0) for stem in several), default=0))
            self._rarity[said_in] = math.log(1 + (total - count + 0.5) / (count + 0.5))

    def _alike(self, pages):
        """{page: documents that share a MinHash band with it}."""
        found = defaultdict(list)
        sql = _ALIKE.format(table=SweptDocument._meta.db_table)
        for page, other in binary.rows(sql, [MOST_LIKE, self.agent.pk, [page.pk for page in pages]]):
            found[page].append(other)
        return found

    def _load(self, numbers):
        """{number: passage with its claims} of those that are read."""
        found, lacking = {}, []
        for number in numbers:
            if number in self._passages:
                self._passages.move_to_end(number)
                found[number] = self._passages[number]
            else:
                lacking.append(number)
        rows = Passage.objects.filter(number__in=lacking, document__set_aside_at=None).kept()
        rows = rows.select_related("document")
        for row in rows.defer("embedding", "document__text") if lacking else ():
            found[row.number] = self._passages[row.number] = _passage(row)
        while len(self._passages) > KEPT_PASSAGES:
            self._passages.popitem(last=False)
        return found


def digest(document):
    """The name of what is swept of a document."""
    whole = f"{RULES}\x00{document.title}\x00{document.text}"
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def unread(agent, _today):
    """Documents that are new or were learned anew since they were swept."""
    return _read_by(agent).filter(Q(swept=None) | Q(learned_at__gt=F("swept__learned_at")))


def due(agent, today):
    """Documents whose findings must be made anew: they changed, or a date in them has gone by.

    What was learned anew since it was remembered is for the next sweep.
    """
    remembered = _read_by(agent).filter(learned_at__lte=F("swept__learned_at"))
    return remembered.filter(Q(swept__rules__lt=RULES) | Q(swept__look_again_on__lt=today))


def waiting(agent, today):
    """All of both."""
    return _read_by(agent).filter(
        Q(swept=None)
        | Q(learned_at__gt=F("swept__learned_at"))
        | Q(swept__rules__lt=RULES)
        | Q(swept__look_again_on__lt=today)
    )


def _read_by(agent):
    return Document.objects.filter(agent=agent).in_use()


def _passage(row):
    """One passage with its claims."""
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
    found = tuple(claims.claims(page))
    by_term = defaultdict(list)
    for claim in found:
        for term in claim.telling:
            by_term[term].append(claim)
    return _Passage(document.pk, page.language, found, dict(by_term))


def _most_near(page, near):
    """Documents that stand nearest to the page's statements, the nearest first."""
    scores = defaultdict(float)
    for passages in near.values():
        for passage, score in passages:
            if passage.claims and passage.document_id != page.pk:
                scores[passage.document_id] += score
    return sorted(scores, key=lambda pk: -scores[pk])


def _sharing(claim, passage):
    """Claims of a passage that share a telling word or a kind of value; in languages that join words, all of them."""
    if claim.page.language in likeness.JOINING:
        return passage.claims
    found = {}
    for term in claim.terms:
        for other in passage.by_term.get(term, ()):
            found[id(other)] = other
    if claim.values:
        for other in passage.claims:
            if not claim.dimensions.isdisjoint(other.dimensions):
                found[id(other)] = other
    return found.values()
