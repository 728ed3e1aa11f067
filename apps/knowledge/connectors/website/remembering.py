"""What is known of a page from the last sync: whether to ask the server for changes only, and where its links go."""

import hashlib

from apps.knowledge.models import Document, DocumentStatus
from apps.knowledge.website_models import KnownPage

LONGEST_ETAG = 300
READER = 1
"""Goes up when pages are read differently: then every page is read again once."""
_SAID = ["url", "external_id", "mark", "etag", "modified", "links", "settled"]

AHEAD = 50
"""Pages that are recalled with one look."""


class Memory:
    """The ``KnownPage`` rows of one source. Only the sync that holds its lease uses it."""

    def __init__(self, source):
        self.source = source
        self._is_empty = not KnownPage.objects.filter(source=source).exists()
        self._recalled = {}
        self._unsaved = {}

    def recall(self, key, following):
        """The ``KnownPage`` behind a key, if its document still says what was read then; else None.

        ``following(count)`` gives keys that will be asked for next.
        """
        if self._is_empty:
            return None
        if key not in self._recalled:
            self._recalled = self._look_up([key, *following(AHEAD)])
        return self._recalled.pop(key)

    def remember(self, visit, page, outcome):
        """What the page said is known the next time, once ``save`` was called."""
        self._unsaved[visit.key] = KnownPage(
            workspace_id=self.source.workspace_id,
            source=self.source,
            key=visit.key,
            url=page.url[:2000],
            external_id=outcome.external_id[:1000],
            mark=page.mark,
            etag=page.etag if len(page.etag) <= LONGEST_ETAG else "",
            modified=page.modified[:100],
            links=page.links,
            settled=list(outcome.visits),
        )

    def save(self):
        """What was remembered has its rows."""
        rows, self._unsaved = list(self._unsaved.values()), {}
        KnownPage.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["source", "key"], update_fields=_SAID
        )

    def _look_up(self, keys):
        """{key: page, or None where it is not known}."""
        known = [
            page for page in KnownPage.objects.filter(source=self.source, key__in=keys) if _is_ours(page)
        ]
        ids = [page.external_id for page in known]
        documents = Document.objects.filter(source=self.source, external_id__in=ids, problem__isnull=True)
        marks = dict(documents.filter(status=DocumentStatus.LEARNED).values_list("external_id", "version"))
        found = {page.key: page for page in known if marks.get(page.external_id) == page.mark}
        return {key: found.get(key) for key in keys}


def _is_ours(page):
    return page.mark.startswith(f"{READER}:")


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


def forget_gone(source):
    """Nothing is known any more of pages whose documents are gone."""
    left = Document.objects.filter(source=source).values("external_id")
    KnownPage.objects.filter(source=source).exclude(external_id__in=left).delete()
