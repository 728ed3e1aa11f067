"""What an agent may do (``AgentAction``), and each time it did or meant to (``ActionRun``)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.conversations.phrases import phrase
from berrydesk.crypto.fields import EncryptedJSONField
from berrydesk.db.ids import uuid7
from berrydesk.db.leases import Leased
from berrydesk.db.models import WorkspaceModel, scoped


class AgentActionQuerySet(models.QuerySet):
    def enabled(self):
        return self.filter(enabled_at__isnull=False)

    def by_key(self):
        return self.order_by("key")

    def locked(self, pk):
        return self.select_for_update(of=("self",)).get(pk=pk)


class AgentAction(WorkspaceModel):
    """An action of a plugin, wired to an agent. ``settings`` may hold secrets and is never shown again."""

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="actions")
    key = models.CharField(max_length=100)
    settings = EncryptedJSONField(default=dict)
    policy = models.JSONField(default=dict)
    enabled_at = models.DateTimeField(null=True)
    wired_by = models.ForeignKey("workspaces.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    wired_at = models.DateTimeField(default=timezone.now)

    objects = scoped(AgentActionQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "key"], name="one_wiring_per_action")]

    def __str__(self):
        return self.key

    @property
    def is_enabled(self):
        return self.enabled_at is not None


class State(models.TextChoices):
    """Where a run stands. ``unknown`` means that the call's answer was lost: it is found out, not repeated."""

    PROPOSED = "proposed", _("Waiting for the customer")
    CONFIRMED = "confirmed", _("Confirmed")
    AWAITING_APPROVAL = "awaiting_approval", _("Waiting for your approval")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Not done")
    UNKNOWN = "unknown", _("Being checked")
    REJECTED = "rejected", _("Declined")
    EXPIRED = "expired", _("Expired")


FINAL = (State.SUCCEEDED, State.FAILED, State.REJECTED, State.EXPIRED)
UNDONE = (State.FAILED, State.REJECTED, State.EXPIRED, State.UNKNOWN)
DUE = (State.CONFIRMED, State.RUNNING, State.UNKNOWN)
COUNTED = (State.CONFIRMED, State.AWAITING_APPROVAL, State.RUNNING, State.SUCCEEDED, State.UNKNOWN)


class ActionRunQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(state__in=FINAL)

    def due(self):
        """What a worker has to carry on: confirmed, or begun and not known to have ended."""
        return self.filter(state__in=DUE)

    def counted(self):
        """What limits count: everything that was agreed to and may have had its effect."""
        return self.filter(state__in=COUNTED)

    def needing_person(self):
        """What waits for a teammate's yes or no, and what nobody could find out about."""
        return self.filter(
            models.Q(state=State.AWAITING_APPROVAL) | models.Q(state=State.UNKNOWN, lost_at__isnull=False)
        )

    def longest_first(self):
        return self.order_by("confirmed_at", "pk")

    def latest_first(self):
        return self.order_by("-created_at", "-pk")

    def locked(self, pk):
        return self.select_for_update(of=("self",)).get(pk=pk)


class ActionRun(WorkspaceModel, Leased):
    """One thing that was proposed to a visitor, and what became of it.

    ``idempotency_key`` is stored before any call and never changes. ``business_key`` names what is acted on:
    one run at a time. ``preview`` and ``outcome`` are what people were shown. ``repeats`` counts how often the
    call was made again after it had certainly not happened; ``checks`` how often its fate was asked for. Since ``lost_at``
    only a person can find it out; ``person_called_at`` says that one was called.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent_action = models.ForeignKey(AgentAction, null=True, on_delete=models.SET_NULL, related_name="runs")
    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="runs"
    )
    turn = models.ForeignKey("conversations.Turn", null=True, on_delete=models.SET_NULL, related_name="runs")
    contact = models.ForeignKey(
        "conversations.Contact", null=True, on_delete=models.SET_NULL, related_name="runs"
    )
    customer = models.CharField(max_length=100, db_index=True)
    key = models.CharField(max_length=100)
    effect = models.CharField(max_length=5, default="write")
    parameters = EncryptedJSONField(default=dict)
    business_key = models.CharField(max_length=300)
    idempotency_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PROPOSED)
    preview = models.JSONField(default=dict)
    outcome = models.JSONField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "workspaces.Member", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)
    person_called_at = models.DateTimeField(null=True)
    repeats = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)

    objects = scoped(ActionRunQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "business_key"],
                condition=~models.Q(state__in=["succeeded", "failed", "rejected", "expired"]),
                name="one_open_run_per_business_key",
            )
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=models.Q(state__in=DUE), name="due_runs"),
            models.Index(fields=["agent_action", "confirmed_at"]),
        ]

    def __str__(self):
        return self.preview.get("title") or self.key

    @property
    def is_final(self):
        return self.state in FINAL

    @property
    def only_reads(self):
        """True when it changes nothing: no card is shown, and the answer tells what was found."""
        return self.effect == "read"

    @property
    def is_dry(self):
        """True when it would change something but was asked for in the owner's preview: it is never done."""
        return self.conversation.is_preview and not self.only_reads

    @property
    def needs_approval(self):
        return self.state == State.AWAITING_APPROVAL

    @property
    def is_lost(self):
        return self.state == State.UNKNOWN and self.lost_at is not None

    @property
    def card(self):
        """What the visitor is shown."""
        shown = {name: self.preview.get(name) for name in ("title", "rows", "confirm_label")}
        return shown | {
            "note": self._note(),
            "cancel_label": self._cancel_label(shown["confirm_label"] or ""),
        }

    def _note(self):
        """The plugin's note as long as it holds; of what was only tried out, that nothing was done."""
        if self.is_dry and self.state == State.FAILED:
            return (self.outcome or {}).get("message", "")
        return "" if self.state in UNDONE else self.preview.get("note")

    def _cancel_label(self, confirm_label):
        """``Cancel``, but not beside a button that itself cancels something, such as an order."""
        language = self.conversation.language
        words = (phrase("cancel", "en"), phrase("cancel", language))
        is_unclear = any(word.casefold() in confirm_label.casefold() for word in words)
        return phrase("no_thanks" if is_unclear else "cancel", language)
