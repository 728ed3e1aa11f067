"""What the sweep found, where it stands, and what the owner said about it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.leases import Leased
from berrydesk.db.models import WorkspaceModel, scoped


class FindingKind(models.TextChoices):
    CONTRADICTION = "contradiction", _("Contradictions")
    DUPLICATE = "duplicate", _("Duplicates")
    OUTDATED = "outdated", _("Old versions")
    DRAFT = "draft", _("Drafts")
    JARGON = "jargon", _("Jargon")
    EMPTY = "empty", _("Thin or empty")
    BROKEN_LINK = "broken_link", _("Broken links")


IN_PAIRS = (FindingKind.CONTRADICTION, FindingKind.DUPLICATE)
"""Kinds that always have two sides."""


class Severity(models.TextChoices):
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Sweep(WorkspaceModel, Leased):
    """An agent's sweep: the one that runs or ran last. ``due_at`` is when the next one is to start, or None.

    ``total`` and ``done`` count documents of the run; ``compared`` pairs of claims, for the record of its cost.
    ``look_again_on`` is the first day on which some date in the knowledge will have gone by.
    """

    agent = models.OneToOneField("agents.Agent", on_delete=models.CASCADE, related_name="sweep")
    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    compared = models.BigIntegerField(default=0)
    asked_model = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    look_again_on = models.DateField(null=True)
    problem = models.JSONField(null=True)

    objects = scoped()

    @property
    def status(self):
        """never, waiting, running, failed or done."""
        if self.due_at is None:
            if self.problem:
                return "failed"
            return "done" if self.finished_at else "never"
        is_begun = self.started_at and (self.finished_at is None or self.finished_at < self.started_at)
        return "running" if is_begun else "waiting"

    @property
    def news_key(self):
        """What the console listens to while it runs."""
        return f"sweep:{self.agent_id}"


class SweptDocument(WorkspaceModel):
    """What a sweep remembers of a document: with the same ``digest``, nothing need be looked at again.

    ``learned_at`` is the document's own when it was swept. ``bands`` are its MinHash bands, ``paragraphs`` a
    number for each paragraph, ``links`` one for each link: all find its likes without reading them. ``title_key`` is its title without years.
    """

    document = models.OneToOneField("knowledge.Document", on_delete=models.CASCADE, related_name="swept")
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    rules = models.PositiveSmallIntegerField()
    learned_at = models.DateTimeField(null=True)
    look_again_on = models.DateField(null=True)
    title_key = models.CharField(max_length=300)
    bands = ArrayField(models.BigIntegerField(), default=list)
    paragraphs = ArrayField(models.BigIntegerField(), default=list)
    links = ArrayField(models.BigIntegerField(), default=list)

    objects = scoped()

    class Meta:
        indexes = [
            GinIndex(fields=["bands"], name="swept_by_band"),
            GinIndex(fields=["paragraphs"], name="swept_by_paragraph"),
            GinIndex(fields=["links"], name="swept_by_link"),
            models.Index(fields=["agent", "title_key"]),
        ]


class Dismissal(WorkspaceModel):
    """The owner said "not a conflict": it holds while both texts keep the ``words`` in which they differ.

    ``documents`` are those on either side, ``terms`` what the sentences are about: two documents may differ
    by the same words in another matter.
    """

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=FindingKind.choices)
    words = ArrayField(models.CharField(max_length=1000), default=list)
    documents = ArrayField(models.UUIDField(), default=list)
    terms = ArrayField(models.CharField(max_length=100), default=list)
    by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = scoped()

    class Meta:
        indexes = [models.Index(fields=["agent", "kind"])]


class FindingQuerySet(models.QuerySet):
    def standing(self):
        """Findings whose every side still stands in a document that the agent reads."""
        places = FindingPlace.objects.filter(finding=OuterRef("pk")).in_documents_that_are_read()
        left, right = places.filter(side=0), places.filter(side=1)
        return self.filter(Exists(left), Q(is_pair=False) | Exists(right))

    def shown(self):
        """Standing findings that are sure or confirmed, and not dismissed."""
        return self.standing().filter(dismissal=None).filter(Q(is_sure=True, verdict=None) | Q(verdict=True))

    def said_to_be_fine(self):
        """Standing findings that the owner dismissed or a model denied."""
        return self.standing().filter(~Q(dismissal=None) | Q(verdict=False))

    def weightiest_first(self):
        return self.order_by("rank", "-confidence", "found_at", "pk")


class Finding(WorkspaceModel):
    """Something wrong in an agent's knowledge. ``key`` is the same as long as its words are.

    ``verdict`` is a model's word on a doubtful one: True, False, or None where none was asked or gave one.
    ``judged_words`` are the words of either side that it named, which stand there. Without ``judged_by`` a verdict is
    the owner's. ``found_at`` is when it was first found, ``seen_at`` when last. ``answers`` is how many answers of the 30 days before the last sweep quoted either side.
    """

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=16, choices=FindingKind.choices)
    key = models.CharField(max_length=64)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    rank = models.PositiveSmallIntegerField(default=1)
    subject = models.CharField(max_length=300)
    explanation = models.TextField()
    is_pair = models.BooleanField(default=False)
    is_sure = models.BooleanField(default=True)
    confidence = models.FloatField(default=1.0)
    terms = ArrayField(models.CharField(max_length=100), default=list)
    verdict = models.BooleanField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=160, blank=True)
    judged_words = ArrayField(models.CharField(max_length=300), default=list)
    dismissal = models.ForeignKey(Dismissal, on_delete=models.SET_NULL, null=True, related_name="findings")
    found_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    answers = models.PositiveIntegerField(default=0)

    objects = scoped(FindingQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "key"], name="one_finding_per_key")]
        indexes = [models.Index(fields=["agent", "kind", "rank"])]

    def __str__(self):
        return self.subject


class FindingPlaceQuerySet(models.QuerySet):
    def in_documents_that_are_read(self):
        return self.filter(document__set_aside_at=None, document__source__removal_asked_at=None)


class FindingPlace(WorkspaceModel):
    """Where one side of a finding (0 left, 1 right) stands; the same words in several documents are several places.

    ``answers`` is how many answers of the 30 days before the last sweep quoted its side, in this document or in one that
    says the same.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="places")
    document = models.ForeignKey("knowledge.Document", on_delete=models.CASCADE, related_name="+")
    side = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=1000, blank=True)
    text = models.TextField()
    marks = models.JSONField(default=list)
    answers = models.PositiveIntegerField(default=0)

    objects = scoped(FindingPlaceQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "document", "side"], name="one_place_a_document_and_side"
            )
        ]

    @property
    def words(self):
        """The marked words, in one line."""
        return " … ".join(self.text[a:b] for a, b in self.marks)
