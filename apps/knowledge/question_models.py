"""Questions that visitors are likely to ask, and whether what was taught answers them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.leases import Leased
from berrydesk.db.models import WorkspaceModel, scoped


class Origin(models.TextChoices):
    """Where a question comes from, the most telling first."""

    VISITOR = "visitor", _("Visitors asked")
    HEADING = "heading", _("Your own pages ask")
    PRODUCT = "product", _("About your products")
    MODEL = "model", _("Customers of a business like yours may ask")
    COMMON = "common", _("Customers of most businesses ask")


class LikelyQuestionQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(is_answerable=False, dismissed_at=None)

    def dismissed(self):
        return self.exclude(dismissed_at=None)

    def most_asked_first(self):
        return self.order_by("-times", "confidence", "question", "pk")


class LikelyQuestion(WorkspaceModel):
    """One question; ``key`` is the same for wordings that differ in small words only.

    ``times`` counts how often visitors asked it without an answer; ``confidence`` is that of the last check.
    """

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="likely_questions")
    key = models.CharField(max_length=64)
    question = models.CharField(max_length=500)
    language = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    times = models.PositiveIntegerField(default=0)
    confidence = models.FloatField(default=0)
    is_answerable = models.BooleanField(default=False)
    checked_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(
        "workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = scoped(LikelyQuestionQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "key"], name="one_likely_question_per_wording")
        ]

    def __str__(self):
        return self.question


class QuestionCheck(WorkspaceModel, Leased):
    """When an agent's likely questions are looked at again. ``due_at`` None: nothing changed since the last time.

    ``asked_model`` thought of questions at ``asked_model_at``; ``cost``: US dollars of all that were asked so far, as
    far as prices are known.
    """

    agent = models.OneToOneField("agents.Agent", on_delete=models.CASCADE, related_name="question_check")
    due_at = models.DateTimeField(null=True, db_index=True)
    checked_at = models.DateTimeField(null=True)
    asked_model_at = models.DateTimeField(null=True)
    asked_model = models.CharField(max_length=160, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    problem = models.JSONField(null=True)
