"""Which models answer for an agent, in which order, and how their providers do."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.models import WorkspaceModel, scoped


class ContextMode(models.TextChoices):
    """What a model is given to read for a question."""

    AUTO = "auto", _("what suits each question")
    PASSAGES = "passages", _("the best passages")
    DOCUMENTS = "documents", _("whole documents that were found")
    WHOLE = "whole", _("everything it was taught")


class RoutingPolicy(WorkspaceModel):
    """The model an agent answers with; without a row, or with ``model`` empty, the built-in answerer does.

    How a model helps to find before it answers: it ``reorders`` what was found, and ``rewrites`` follow-up questions.
    """

    agent = models.OneToOneField("agents.Agent", on_delete=models.CASCADE, related_name="routing_policy")
    connection = models.ForeignKey(
        "connections.Connection", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    model = models.CharField(max_length=160, blank=True)
    context_mode = models.CharField(max_length=10, choices=ContextMode.choices, default=ContextMode.AUTO)
    reorders = models.BooleanField(default=False)
    rewrites = models.BooleanField(default=True)
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey("workspaces.Member", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = scoped()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(connection=None) | ~models.Q(model=""), name="a_connection_has_a_model"
            )
        ]

    @property
    def is_built_in(self):
        """True when no model of a provider is chosen, or its connection was removed."""
        return not self.model or self.connection_id is None


class FallbackQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position")


class Fallback(WorkspaceModel):
    """A model that answers when those before it fail; the built-in answerer always comes last."""

    policy = models.ForeignKey(RoutingPolicy, on_delete=models.CASCADE, related_name="fallbacks")
    position = models.PositiveSmallIntegerField()
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=160)

    objects = scoped(FallbackQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "position"], name="one_fallback_per_place")]


class ProviderHealth(WorkspaceModel):
    """How a connection's provider did lately; all processes read and write this row.

    ``failures`` counts those since ``counted_from``. Until ``resting_until`` the provider is not asked.
    ``last_failure`` is ``{kind, message, remedy, said, model}``.
    """

    connection = models.OneToOneField(
        "connections.Connection", on_delete=models.CASCADE, related_name="health"
    )
    failures = models.PositiveSmallIntegerField(default=0)
    counted_from = models.DateTimeField(null=True)
    resting_until = models.DateTimeField(null=True)
    last_failed_at = models.DateTimeField(null=True)
    last_failure = models.JSONField(null=True)
    last_ok_at = models.DateTimeField(null=True)

    objects = scoped()

    def is_resting(self, now=None):
        """True while the provider is left alone after failing again and again."""
        return self.resting_until is not None and self.resting_until > (now or timezone.now())
