"""What a document said before, and what an owner made it say instead."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.models import WorkspaceModel, scoped


class Origin(models.TextChoices):
    SYNC = "sync", _("Read from the source")
    CORRECTION = "correction", _("Corrected by hand")
    RESTORE = "restore", _("Restored")


class VersionQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-made_at", "-pk")


class DocumentVersion(WorkspaceModel):
    """A text that a document had and has no more: one row for each distinct text, whoever it came from.

    ``made_at`` and ``by`` say when and by whom it last became the document's text; ``digest`` is its SHA-256.
    """

    document = models.ForeignKey("knowledge.Document", on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = scoped(VersionQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "digest"], name="one_version_per_distinct_text")
        ]
        indexes = [models.Index(fields=["document", "made_at"])]


class CorrectionQuerySet(models.QuerySet):
    def overtaken(self):
        """Those whose page has changed since: the owner is asked which text shall stand."""
        return self.exclude(page_changed_at=None)


class Correction(WorkspaceModel):
    """While it stands, the document's text is an owner's, whatever syncs read.

    ``page_text`` is what the page itself says by now, ``page_digest`` (SHA-256) what it said when the owner
    last looked: while they differ, ``page_changed_at`` is set.
    """

    document = models.OneToOneField("knowledge.Document", on_delete=models.CASCADE, related_name="correction")
    page_text = models.TextField(blank=True)
    page_digest = models.CharField(max_length=64)
    page_changed_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.CORRECTION)
    by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = scoped(CorrectionQuerySet)
