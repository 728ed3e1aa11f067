"""Handoffs: who waits for a person, why, and who took over."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.models import WorkspaceModel, scoped


class Reason(models.TextChoices):
    """Why a conversation came to people."""

    ASKED = "asked", _("Asked for a person")
    NOT_KNOWN = "not_known", _("Not in your pages")
    ACTION = "action", _("An action needs a person")
    TROUBLE = "trouble", _("The agent could not go on")
    TAKEN = "taken", _("A teammate took over")


class HandoffQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)

    def waiting(self):
        return self.open().filter(taken_at=None)

    def taken_by_member(self, member):
        return self.open().filter(taken_by=member)

    def longest_first(self):
        return self.order_by("created_at", "pk")


class Handoff(WorkspaceModel):
    """The taking over of a conversation by people.

    ``summary``: {wants, tried, concluded, why} in words, built from the trace.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="handoffs"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("workspaces.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("workspaces.Member", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = scoped(HandoffQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(ended_at=None), name="one_open_handoff"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "created_at"], condition=models.Q(ended_at=None), name="open_handoffs"
            )
        ]

    @property
    def is_waiting(self):
        return self.taken_at is None and self.ended_at is None
