"""What a sync found and an owner has yet to look at."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.models import WorkspaceModel, scoped


class ChangeKind(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Gone")


class PendingChangeQuerySet(models.QuerySet):
    def waiting(self):
        """Those that nobody has decided about."""
        return self.filter(declined_at=None, accepted_at=None)

    def accepted(self):
        """Those that a worker is to carry out."""
        return self.exclude(accepted_at=None)

    def declined(self):
        return self.exclude(declined_at=None)

    def oldest_first(self):
        return self.order_by("found_at", "pk")


class PendingChange(WorkspaceModel):
    """What the last sync found of a document, held back until an owner accepts it: at most one a document.

    ``digest`` names what was found. A declined change stays, so that the same thing is not offered again; as
    soon as a sync finds something else, it waits anew. ``version``, ``modified_at`` and ``facts`` become the
    document's with its text.
    """

    source = models.ForeignKey("knowledge.Source", on_delete=models.CASCADE, related_name="changes")
    document = models.OneToOneField("knowledge.Document", on_delete=models.CASCADE, related_name="change")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    title = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=500, blank=True)
    modified_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        "workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        "workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = scoped(PendingChangeQuerySet)

    class Meta:
        indexes = [models.Index(fields=["source", "declined_at", "found_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(declined_at=None),
                name="a_change_is_not_both_accepted_and_declined",
            )
        ]
