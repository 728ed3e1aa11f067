"""A document's text becomes passages that are found: all of it or nothing, in one transaction."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.knowledge import cutting
from apps.knowledge.index_models import PassageWindows
from apps.knowledge.models import Document, DocumentStatus, Passage
from apps.knowledge.retrieval import postings, windows
from berrydesk.text import embedding, languages
from berrydesk.text.tokens import tokens


@dataclass
class _Prepared:
    """A document's pieces with everything that can be computed without the database."""

    item: dict
    digest: str
    language: str
    pieces: list
    windows: list  # (spans, first vector, last vector) of each piece


def learn_document(source, *, external_id, title, text, url="", language=None):
    """Make ``text`` (Markdown) findable as a document of ``source``: "added", "replaced" or "unchanged"."""
    item = {"external_id": external_id, "title": title, "text": text, "url": url, "language": language}
    return learn_documents(source, [item])[0]


def learn_documents(source, items):
    """Learn several documents at once; one word for each: "added", "replaced", "unchanged".

    ``items``: dicts as the arguments of ``learn_document``. Embedding happens before the transaction.
    """
    known = {
        d.external_id: d
        for d in Document.objects.filter(
            source=source, external_id__in=[i["external_id"][:1000] for i in items]
        )
    }
    outcomes, fresh = [], []
    for item in items:
        document = known.get(item["external_id"][:1000])
        digest = _digest(item)
        if document and document.content_hash == digest and document.status == DocumentStatus.LEARNED:
            outcomes.append("unchanged")
        else:
            outcomes.append("replaced" if document and document.content_hash else "added")
            fresh.append(_prepare(item, digest))
    vectors = _embed(fresh)
    with transaction.atomic():
        if fresh:
            postings.lock(source.agent)
            _write(source, fresh, vectors)
        unchanged = [
            i["external_id"][:1000] for i, o in zip(items, outcomes, strict=True) if o == "unchanged"
        ]
        Document.objects.filter(source=source, external_id__in=unchanged).update(
            seen_in_sync=source.sync_number
        )
    return outcomes


def forget_document(document):
    """The document and everything that was found through it is gone."""
    with transaction.atomic():
        postings.lock(document.agent)
        postings.change(document.agent, removed=_indexed(document))
        if document.file:
            transaction.on_commit(lambda file=document.file: file.storage.delete(file.name))
        document.delete()


def _digest(item):
    whole = "\x00".join(
        [item["title"] or "", item["text"], item.get("url") or "", item.get("language") or ""]
    )
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def _prepare(item, digest):
    text = item["text"].replace("\x00", "")
    language = item.get("language") or languages.detect(text)
    return _Prepared(item, digest, language, cutting.cut(text), [])


def _embed(prepared):
    """Unit vectors of all windows of all documents, then of all passages."""
    texts = []
    for document in prepared:
        for piece in document.pieces:
            spans, own = windows.texts(document.item["title"] or "", piece.heading, piece.text)
            document.windows.append((spans, len(texts), len(texts) + len(own)))
            texts.extend(own)
    return embedding.embed(texts)


def _write(source, prepared, vectors):
    agent, removed, added, packed = source.agent, [], [], []
    for ready in prepared:
        document = _document(source, ready)
        removed.extend(_indexed(document))
        document.passages.all().delete()
        rows = [_passage(document, n, piece, ready, vectors) for n, piece in enumerate(ready.pieces)]
        for row, (spans, first, last) in zip(Passage.objects.bulk_create(rows), ready.windows, strict=True):
            added.append((row.number, Counter(terms_of(document.title, row)), row.length))
            packed.append(
                PassageWindows(
                    workspace_id=agent.workspace_id,
                    passage=row,
                    packed=windows.pack(spans, row.text, row.language, vectors[first:last]),
                )
            )
    PassageWindows.objects.bulk_create(packed)
    postings.change(agent, added=added, removed=removed)


def _document(source, ready):
    document, _new = Document.objects.update_or_create(
        source=source,
        external_id=ready.item["external_id"][:1000],
        defaults={
            "workspace_id": source.workspace_id,
            "agent": source.agent,
            "title": (ready.item["title"] or "")[:500],
            "url": (ready.item.get("url") or "")[:2000],
            "text": ready.item["text"].replace("\x00", ""),
            "language": ready.language,
            "content_hash": ready.digest,
            "status": DocumentStatus.LEARNED,
            "problem": None,
            "seen_in_sync": source.sync_number,
            "learned_at": timezone.now(),
        },
    )
    return document


def _passage(document, position, piece, ready, vectors):
    _spans, first, last = ready.windows[position]
    mean = vectors[first:last].mean(axis=0) if last > first else None
    if mean is not None:
        mean = mean / (float((mean**2).sum()) ** 0.5 or 1.0)
    return Passage(
        workspace_id=document.workspace_id,
        agent=document.agent,
        document=document,
        position=position,
        heading=piece.heading[:1000],
        text=piece.text,
        language=ready.language,
        length=len(tokens(piece.text, ready.language)),
        embedding=mean,
    )


def terms_of(title, passage):
    """The words under which a passage is found, repeated as often as they stand there; its title's once."""
    own = tokens(passage.text, passage.language)
    known = set(own)
    return own + [t for t in set(tokens(f"{title} {passage.heading}", passage.language)) if t not in known]


def _indexed(document):
    return [(row.number, set(terms_of(document.title, row))) for row in document.passages.all()]
