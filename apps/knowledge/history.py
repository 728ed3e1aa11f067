"""What documents said before: kept when a text is replaced, the newest ``KEPT`` of each document."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from apps.knowledge.history_models import Correction, DocumentVersion, Origin
from apps.workspaces.models import Member

KEPT = 20


@dataclass(frozen=True)
class Text:
    """One text of a document; ``version`` is None for the one it has now."""

    text: str
    origin: str
    made_at: datetime | None
    by: Member | None
    version: DocumentVersion | None = None

    @property
    def origin_words(self):
        return Origin(self.origin).label


def digest(text):
    """The name under which a text is known: the same text twice is one version."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def of(document):
    """The texts of a document, the one it has now first."""
    correction = Correction.objects.filter(document=document).select_related("by__user").first()
    found = [
        Text(document.text, correction.origin, correction.made_at, correction.by)
        if correction
        else Text(document.text, Origin.SYNC, document.learned_at, None)
    ]
    known = digest(document.text)
    for version in document.versions.newest_first().select_related("by__user"):
        if version.digest != known:
            found.append(Text(version.text, version.origin, version.made_at, version.by, version))
    return found


def remember(documents, corrections):
    """Keep the texts that ``documents`` are about to lose.

    ``corrections``: {document key: Correction} of those whose text is an owner's. The caller's transaction
    replaces the texts.
    """
    versions = [_version(d, corrections.get(d.pk)) for d in documents if d.text]
    if not versions:
        return
    DocumentVersion.objects.bulk_create(
        versions,
        update_conflicts=True,
        unique_fields=["document", "digest"],
        update_fields=["origin", "by", "made_at"],
        batch_size=100,
    )
    place = Window(RowNumber(), partition_by=F("document"), order_by=[F("made_at").desc(), F("pk").desc()])
    rows = DocumentVersion.objects.filter(document__in=[d.pk for d in documents]).annotate(place=place)
    DocumentVersion.objects.filter(
        pk__in=list(rows.filter(place__gt=KEPT).values_list("pk", flat=True))
    ).delete()


def _version(document, correction):
    return DocumentVersion(
        workspace_id=document.workspace_id,
        document=document,
        text=document.text,
        digest=digest(document.text),
        origin=correction.origin if correction else Origin.SYNC,
        by_id=correction.by_id if correction else None,
        made_at=correction.made_at if correction else document.learned_at or document.created_at,
    )
