"""What is known of a page from the last sync: whether to ask the server for changes only, and where its links go."""

import hashlib

from apps.knowledge.models import Document, DocumentStatus
from apps.knowledge.website_models import KnownPage

LONGEST_ETAG = 300
READER = 1
"""Goes up when pages are read differently: then every page is read again once."""


def recall(source, key):
    """The ``KnownPage`` behind a key, if its document still says what was read then; else None."""
    known = KnownPage.objects.filter(source=source, key=key).first()
    if known is None or not known.mark.startswith(f"{READER}:"):
        return None
    document = Document.objects.filter(source=source, external_id=known.external_id, version=known.mark)
    return known if document.filter(status=DocumentStatus.LEARNED, problem__isnull=True).exists() else None


def conditions(known, url):
    """Headers that ask for the page only if it has changed."""
    headers = {}
    if known is None or known.url != url:  # what another address says of itself holds for it alone
        return headers
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    return headers


def mark_of(answer):
    """The same for the same bytes, read in the same way."""
    told = "\n".join(answer.headers.get(name, "") for name in ("content-type", "x-robots-tag"))
    return f"{READER}:{hashlib.sha256(answer.url.encode() + told.encode() + answer.body).hexdigest()}"


def remember(source, visit, page, outcome):
    """What the page said is known the next time."""
    KnownPage.objects.update_or_create(
        source=source,
        key=visit.key,
        defaults={
            "workspace_id": source.workspace_id,
            "url": page.url[:2000],
            "external_id": outcome.external_id[:1000],
            "mark": page.mark,
            "etag": page.etag if len(page.etag) <= LONGEST_ETAG else "",
            "modified": page.modified[:100],
            "links": page.links,
            "settled": list(outcome.visits),
        },
    )


def forget_gone(source):
    """Nothing is known any more of pages whose documents are gone."""
    left = Document.objects.filter(source=source).values("external_id")
    KnownPage.objects.filter(source=source).exclude(external_id__in=left).delete()
