"""A document's text becomes passages that are found: all of it or nothing, in one transaction.

What an owner decided about a document (a corrected text, set aside) stands whatever a sync reads; such
decisions are made, and heeded, under the index's lock.
"""

import copy
import hashlib
from collections import Counter
from dataclasses import dataclass

import numpy
from django.db import transaction
from django.utils import timezone

from apps.knowledge import cutting, history
from apps.knowledge.history_models import Correction
from apps.knowledge.index_models import PassageWindows
from apps.knowledge.models import Document, DocumentStatus, Passage
from apps.knowledge.retrieval import meaning, postings, spaces, windows
from berrydesk.db import binary
from berrydesk.text import embedding, languages
from berrydesk.text.tokens import tokens

PORTION_CHARACTERS = 2_000_000
"""Texts learned in one transaction: bounds memory, and how long the index stays locked."""

PORTION_DOCUMENTS = 500

_WINDOWS = "INSERT INTO {table} (workspace_id, passage_id, packed) SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[])"

_DESCRIBED = [
    "title",
    "url",
    "text",
    "language",
    "content_hash",
    "status",
    "problem",
    "seen_in_sync",
    "learned_at",
]


@dataclass
class _Piece:
    """A passage with everything that can be computed without the database."""

    heading: str
    text: str
    terms: Counter
    length: int
    packed: bytes
    embedding: numpy.ndarray


@dataclass
class _Prepared:
    """A document that is new or has changed: ``item`` is what was read, ``text`` what the document will say."""

    external_id: str
    title: str
    item: dict
    digest: str
    text: str
    language: str
    is_aside: bool
    pieces: list


class _Overtaken(Exception):
    """An owner decided something about a document after it was prepared."""


def learn_document(source, *, external_id, title, text, url="", language=None, fence=None):
    """Make ``text`` (Markdown) findable as a document of ``source``: "added", "replaced" or "unchanged"."""
    item = {"external_id": external_id, "title": title, "text": text, "url": url, "language": language}
    return learn_documents(source, [item], fence=fence)[0]


def learn_documents(source, items, *, fence=None):
    """Learn several documents at once; one word for each: "added", "replaced", "unchanged".

    ``items``: dicts as the arguments of ``learn_document``, each id once. Everything slow happens before the
    transaction; many or long documents are learned in portions, each of them whole. ``fence()`` is called inside
    each transaction, once the index is locked: what it raises leaves everything as it was.
    """
    outcomes = []
    for portion in _portions(items):
        outcomes.extend(_learn_portion(source, portion, fence))
    return outcomes


def rewrite(document, change, beside=None):
    """What ``change`` makes of the document's row is what it says and how it is found; returns the row.

    ``change(row)`` sets fields, or returns False where there is nothing to do; it is called twice, the second
    time under the index's lock, and then ``beside(before, after)`` writes what belongs into the same
    transaction. Raises Document.DoesNotExist.
    """
    while True:
        row = Document.objects.get(pk=document.pk)
        if change(row) is False:
            return row
        ready = _prepared_row(row)
        _fill([ready])
        with transaction.atomic():
            postings.lock(document.agent)
            before = Document.objects.select_for_update().get(pk=document.pk)
            row = copy.copy(before)
            if change(row) is False:
                return before
            if (row.title, row.text, _is_aside(row)) != (ready.title, ready.text, ready.is_aside):
                continue  # another hand was quicker
            row.language = ready.language
            _take_out(document.agent, [before])
            row.save()
            _place(document.agent, [(row, ready)])
            if beside:
                beside(before, row)
            return row


def forget_document(document):
    """The document and everything that was found through it is gone."""
    forget_documents(document.agent, [document])


def forget_documents(agent, documents):
    """The documents, all of ``agent``, and everything that was found through them are gone."""
    documents = list(documents)
    with transaction.atomic():
        postings.lock(agent)
        _take_out(agent, documents)
        for document in documents:
            if document.file:
                transaction.on_commit(lambda file=document.file: file.storage.delete(file.name))
        Document.objects.filter(pk__in=[d.pk for d in documents]).delete()


def digest_of(item):
    """The name under which a document's state is known: the same for the same title, text, address and language."""
    title, url, language = item["title"] or "", item.get("url") or "", item.get("language") or ""
    parts = [title[:500], item["text"], url[:2000], language[:10]]
    whole = "\x00".join(part.replace("\x00", "") for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def terms_of(title, heading, text, language):
    """The words under which a passage is found, as often as they stand there; those of its title at least once."""
    own = tokens(text, language)
    known = set(own)
    return own + sorted(set(tokens(f"{title} {heading}", language)) - known)


def _portions(items):
    portion, characters = [], 0
    for item in items:
        if portion and (
            len(portion) == PORTION_DOCUMENTS or characters + len(item["text"]) > PORTION_CHARACTERS
        ):
            yield portion
            portion, characters = [], 0
        portion.append(item)
        characters += len(item["text"])
    if portion:
        yield portion


def _learn_portion(source, items, fence):
    while True:
        try:
            return _learn_once(source, items, fence)
        except _Overtaken:
            continue


def _learn_once(source, items, fence):
    ids = [item["external_id"][:1000] for item in items]
    known = {
        d.external_id: d for d in Document.objects.filter(source=source, external_id__in=ids).defer("text")
    }
    corrected = _corrected_texts(known.values())
    outcomes, fresh, same = [], [], []
    for external_id, item in zip(ids, items, strict=True):
        document, digest = known.get(external_id), digest_of(item)
        if document and document.content_hash == digest and document.status == DocumentStatus.LEARNED:
            outcomes.append("unchanged")
            same.append(document.pk)
        else:
            outcomes.append("replaced" if document and document.content_hash else "added")
            fresh.append(_prepare(external_id, item, digest, document, corrected))
    _fill(fresh)
    with transaction.atomic():
        if fresh:
            postings.lock(source.agent)
        if fence is not None:
            fence()
        if fresh:
            _write(source, fresh)
        Document.objects.filter(pk__in=same).update(seen_in_sync=source.sync_number)
    return outcomes


def _corrected_texts(documents):
    """{key: text} of those documents whose text is an owner's."""
    found = Correction.objects.filter(document__in=[d.pk for d in documents])
    return dict(found.values_list("document_id", "document__text"))


def _prepare(external_id, item, digest, document, corrected):
    read = item["text"].replace("\x00", "")
    title = (item["title"] or "").replace("\x00", "")[:500]
    text = corrected.get(document.pk, read) if document else read
    is_aside = _is_aside(document) if document else False
    language = item.get("language") or languages.detect(text)
    pieces = [] if is_aside else cutting.cut(text)
    return _Prepared(external_id, title, {**item, "text": read}, digest, text, language, is_aside, pieces)


def _prepared_row(row):
    is_aside = _is_aside(row)
    pieces = [] if is_aside else cutting.cut(row.text)
    language = languages.detect(row.text)
    return _Prepared(row.external_id, row.title, {}, row.content_hash, row.text, language, is_aside, pieces)


def _is_aside(document):
    return document.set_aside_at is not None


def _fill(prepared):
    """Turn the cut pieces of all documents into ``_Piece``s; their windows are embedded together."""
    texts, spans = [], []
    for document in prepared:
        for piece in document.pieces:
            found, own = windows.texts(document.title, piece.heading, piece.text)
            spans.append((found, len(texts), len(texts) + len(own)))
            texts.extend(own)
    vectors, each = embedding.embed(texts), iter(spans)
    for document in prepared:
        document.pieces = [_piece(document, piece, next(each), vectors) for piece in document.pieces]


def _piece(document, piece, spans, vectors):
    found, first, last = spans
    mean = vectors[first:last].sum(axis=0)
    heading = piece.heading[:1000]
    return _Piece(
        heading=heading,
        text=piece.text,
        terms=Counter(terms_of(document.title, heading, piece.text, document.language)),
        length=len(tokens(piece.text, document.language)),
        packed=windows.pack(
            document.title, heading, piece.text, document.language, found, vectors[first:last]
        ),
        embedding=mean / max(float(numpy.linalg.norm(mean)), 1e-6),
    )


def _write(source, prepared):
    known = Document.objects.filter(source=source, external_id__in=[ready.external_id for ready in prepared])
    known = {document.external_id: document for document in known}
    corrections = {c.document_id: c for c in Correction.objects.filter(document__in=list(known.values()))}
    for ready in prepared:
        row = known.get(ready.external_id)
        if row and ready.text != (row.text if row.pk in corrections else ready.item["text"]):
            raise _Overtaken
        if row and ready.is_aside != _is_aside(row):
            raise _Overtaken
    _take_out(source.agent, known.values())
    replaced = [
        known[ready.external_id]
        for ready in prepared
        if ready.external_id in known and known[ready.external_id].text != ready.text
    ]
    history.remember(replaced, {})  # where a correction stands, no text is replaced
    _follow_pages(known, corrections, prepared)
    _place(source.agent, _documents(source, known, prepared))


def _follow_pages(known, corrections, prepared):
    """Beside a corrected text stands what its page says by now, and whether the owner has seen that."""
    for ready in prepared:
        correction = corrections.get(getattr(known.get(ready.external_id), "pk", None))
        if correction is None:
            continue
        correction.page_text = ready.item["text"]
        if history.digest(correction.page_text) == correction.page_digest:
            correction.page_changed_at = None
        else:
            correction.page_changed_at = correction.page_changed_at or timezone.now()
        correction.save(update_fields=["page_text", "page_changed_at"])


def _place(agent, documents):
    """Make passages of what was prepared. ``documents``: (row, _Prepared) each. The caller holds the lock."""
    rows, pieces = [], []
    for document, ready in documents:
        for position, piece in enumerate(ready.pieces):
            rows.append(_passage(document, position, piece))
            pieces.append((document.source_id, ready.language, piece))
    if not rows:
        return
    rows = Passage.objects.bulk_create(rows, batch_size=500)
    sql = _WINDOWS.format(table=PassageWindows._meta.db_table)
    packed = [piece.packed for _source_id, _language, piece in pieces]
    binary.write(sql, [agent.workspace_id, [row.number for row in rows], packed])
    numbered = list(zip([row.number for row in rows], pieces, strict=True))
    added = [(n, source_id, p.terms, p.length, language) for n, (source_id, language, p) in numbered]
    postings.change(agent, added=added)
    meaning.change(agent, added=[(n, p.embedding) for n, (_source_id, _language, p) in numbered])
    spaces.passages_changed(agent)


def _documents(source, known, prepared):
    """(row, what was prepared) for each document; the rows say what is known of them now."""
    rows = []
    for ready in prepared:
        row = known.get(ready.external_id) or Document(source=source, external_id=ready.external_id)
        row.workspace_id, row.agent_id = source.workspace_id, source.agent_id
        row.title, row.url, row.text = ready.title, _web_address(ready.item.get("url")), ready.text
        row.language, row.content_hash = ready.language, ready.digest
        row.status, row.problem = DocumentStatus.LEARNED, None
        row.seen_in_sync, row.learned_at = source.sync_number, timezone.now()
        rows.append(row)
    Document.objects.bulk_create([r for r in rows if r.external_id not in known], batch_size=500)
    Document.objects.bulk_update([r for r in rows if r.external_id in known], _DESCRIBED, batch_size=100)
    return zip(rows, prepared, strict=True)


def _web_address(url):
    """The address that citations link to; anything but http and https is no address for a visitor."""
    return url[:2000] if url and url.lower().startswith(("http://", "https://")) else ""


def _passage(document, position, piece):
    return Passage(
        workspace_id=document.workspace_id,
        agent_id=document.agent_id,
        document=document,
        position=position,
        heading=piece.heading,
        text=piece.text,
        language=document.language,
        length=piece.length,
        embedding=piece.embedding,
    )


def _take_out(agent, documents):
    """Delete the documents' passages, and every trace of them in the index."""
    known = {document.pk: document for document in documents}
    rows = list(Passage.objects.filter(document__in=known).defer("embedding"))
    if not rows:
        return
    removed = []
    for row in rows:
        document = known[row.document_id]
        terms = terms_of(document.title, row.heading, row.text, row.language)
        removed.append((row.number, document.source_id, terms, row.language))
    postings.change(agent, removed=removed)
    meaning.change(agent, removed=[row.number for row in rows])
    spaces.passages_changed(agent, removed=[row.number for row in rows])
    Passage.objects.filter(pk__in=[row.pk for row in rows]).delete()
