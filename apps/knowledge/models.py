"""What an agent was taught: sources, their documents, and the passages that are found again."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager
from pgvector.django import HalfVectorField

from berrydesk.db.leases import Leased, LostLease
from berrydesk.db.models import WorkspaceModel, scoped

STATIC_DIMENSIONS = 256
"""The length of a static embedding (wordllama, 256 dimensions)."""


LONGEST_OPENING_S = 180
"""No page keeps a browser this long, the wait for another worker's included."""


class SourceKind(models.TextChoices):
    WEBSITE = "website", _("Website")
    FILE = "file", _("File")
    TEXT = "text", _("Text")
    QA = "qa", _("Questions and answers")
    NOTION = "notion", _("Notion")
    DRIVE = "drive", _("Google Drive")
    YOUTUBE = "youtube", _("YouTube")
    FEED = "feed", _("Product feed")
    CONVERSATIONS = "conversations", _("Past conversations")
    API = "api", _("Sent by the API")


class SourceStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    SYNCING = "syncing", _("Reading now")
    READY = "ready", _("Learned")
    PARTIAL = "partial", _("Learned in part")
    FAILED = "failed", _("Nothing learned")


class SourceQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-created_at", "-pk")

    def with_opening(self):
        """What ``opening`` needs, without the rest of the cursor, which may be large."""
        return self.defer("cursor").annotate(opening_note=models.F("cursor__opening"))

    def at_work(self):
        return self.filter(status__in=[SourceStatus.QUEUED, SourceStatus.SYNCING])

    def due(self, now):
        """Those whose time to be read again has come."""
        return self.exclude(status__in=[SourceStatus.QUEUED, SourceStatus.SYNCING]).filter(
            next_sync_at__lte=now
        )

    def being_removed(self):
        return self.exclude(removal_asked_at=None)


class _KeptSources(models.Manager.from_queryset(SourceQuerySet)):
    """Without those that are being removed: whatever forgets to ask takes them for gone."""

    def get_queryset(self):
        return super().get_queryset().filter(removal_asked_at=None)


class Source(WorkspaceModel, Leased):
    """Where knowledge comes from. ``config`` is what the owner gave; ``problem`` is why it failed as a whole.

    ``kind`` is a ``SourceKind``, or the key of a plugin's entry point. ``found``, ``learned``, ``skipped`` and
    ``failed`` count documents of the sync that runs or ran last; ``unchanged`` are those of the learned that
    were known already. ``cursor`` is what that sync must remember to go on after a crash, besides its
    ``Visit`` rows; ``bookmark`` is where the last whole sync ended, for services that list changes.
    From ``removal_asked_at`` on it is hidden, and ``objects`` leaves it out, until a worker has taken all of it away.
    """

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=100, choices=SourceKind.choices)
    name = models.CharField(max_length=200)
    config = models.JSONField(default=dict)
    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=SourceStatus.choices, default=SourceStatus.QUEUED)
    found = models.PositiveIntegerField(default=0)
    learned = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    sync_number = models.PositiveIntegerField(default=0)
    sync_started_at = models.DateTimeField(null=True)
    last_sync_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    removal_asked_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    cursor = models.JSONField(default=dict)
    bookmark = models.JSONField(default=dict)
    every_hours = models.PositiveSmallIntegerField(null=True)
    next_sync_at = models.DateTimeField(null=True, db_index=True)
    is_internal = models.BooleanField(default=False)
    audience = models.JSONField(default=dict)
    reviews_changes = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScopedManager(workspace="workspace", _manager_class=_KeptSources)
    also_being_removed = scoped(SourceQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(kind="api", removal_asked_at=None),
                name="one_source_of_the_api_per_agent",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="conversations") | models.Q(reviews_changes=True),
                name="past_conversations_are_always_reviewed",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_at_work(self):
        return not self.is_being_removed and self.status in (SourceStatus.QUEUED, SourceStatus.SYNCING)

    @property
    def is_being_removed(self):
        return self.removal_asked_at is not None

    @property
    def most_pages(self):
        """How many pages of a website its owner wants at most; None for every other kind."""
        return self.config.get("max_pages") if self.kind == SourceKind.WEBSITE else None

    @property
    def opening(self):
        """``{url, seconds}``: which page a browser is opening for this sync and for how long; None where none is."""
        if not self.is_at_work:
            return None
        is_noted = "opening_note" in self.__dict__
        if not (told := self.opening_note if is_noted else self.cursor.get("opening")):
            return None
        seconds = max(0, int(timezone.now().timestamp() - told["at"]))  # by another machine's clock
        # The note of a worker that was killed is nobody's any more.
        return {"url": told["url"], "seconds": seconds} if seconds < LONGEST_OPENING_S else None

    def remember(self, **facts):
        """Facts about the sync under way that outlive the process. Raises LostLease where it is another's by now."""
        self.cursor |= facts
        if not type(self).objects.filter(pk=self.pk, lease_by=self.lease_by).update(cursor=self.cursor):
            raise LostLease

    def must_stay(self):
        """Lock the row within the caller's transaction. Raises LostLease where its owner removed it."""
        if not type(self).objects.select_for_update().filter(pk=self.pk).exists():
            raise LostLease

    @property
    def news_key(self):
        """What the console listens to while this source is read."""
        return f"source:{self.pk}"


class DocumentStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    LEARNED = "learned", _("Learned")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")


class DocumentQuerySet(models.QuerySet):
    def learned(self):
        return self.filter(status=DocumentStatus.LEARNED)

    def with_problems(self):
        return self.exclude(problem=None)

    def kept(self):
        """Those whose source is not being removed."""
        return self.filter(source__removal_asked_at=None)

    def in_use(self):
        """Learned and not set aside: what may be found."""
        return self.kept().learned().filter(set_aside_at=None)

    def set_aside(self):
        """Kept and kept fresh, but never found."""
        return self.kept().exclude(set_aside_at=None)

    def pinned(self):
        """What the agent always has before it."""
        return self.in_use().filter(is_pinned=True)


class Document(WorkspaceModel):
    """One page, file or entry of a source. ``text`` is Markdown; ``problem`` is {code, message, remedy}.

    ``seen_in_sync`` is the number of the last sync that met it: what a complete sync did not meet is gone.
    ``version`` is the service's own mark of the state that was read (an ETag, a time of change), ``modified_at``
    when the service says it was last changed. ``facts`` are exact fields, such as a product's price.
    A document that was set aside is kept and kept fresh, but never found.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="documents")
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="documents")
    external_id = models.CharField(max_length=1000)
    title = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    file = models.FileField(upload_to="sources/", blank=True, max_length=300)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.WAITING)
    problem = models.JSONField(null=True)
    seen_in_sync = models.PositiveIntegerField(default=0)
    version = models.CharField(max_length=500, blank=True)
    modified_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    is_pinned = models.BooleanField(default=False)
    set_aside_at = models.DateTimeField(null=True)
    set_aside_by = models.ForeignKey(
        "workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    learned_at = models.DateTimeField(null=True)

    objects = scoped(DocumentQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_document_per_external_id")
        ]
        indexes = [models.Index(fields=["source", "status"])]

    def __str__(self):
        return self.title or self.url or self.external_id


class VisitQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(done_at=None)

    def next_first(self):
        return self.order_by("rank", "number")


class Visit(WorkspaceModel):
    """An address that a sync met, and whether it has been dealt with: the crawl's memory, which no crash empties.

    ``key`` is the same for all spellings of one page. The lower ``rank``, the sooner it is read. ``about`` is
    what the service said of it when it was listed.
    """

    id = None
    number = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="visits")
    key = models.CharField(max_length=1000)
    url = models.CharField(max_length=2000)
    rank = models.PositiveIntegerField(default=0)
    about = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    objects = scoped(VisitQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="one_visit_per_page")]
        indexes = [models.Index(fields=["source", "done_at", "rank", "number"])]


class PassageQuerySet(models.QuerySet):
    def kept(self):
        """Those whose source is not being removed."""
        return self.filter(document__source__removal_asked_at=None)


class Passage(WorkspaceModel):
    """One retrievable piece of a document, in its place (``position``) and under its ``heading`` path.

    ``number`` is what the index refers to. ``embedding`` is static, unit length.
    """

    id = None
    number = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="passages")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=1000, blank=True)
    text = models.TextField()
    language = models.CharField(max_length=10, blank=True)
    length = models.PositiveIntegerField(default=0)
    embedding = HalfVectorField(dimensions=STATIC_DIMENSIONS, null=True)

    objects = scoped(PassageQuerySet)

    class Meta:
        indexes = [models.Index(fields=["document", "position"])]


from apps.knowledge.finding_models import (  # noqa: E402, F401 — tables of the same app
    Dismissal,
    Finding,
    FindingPlace,
    Sweep,
    SweptDocument,
)
from apps.knowledge.history_models import (  # noqa: E402, F401 — tables of the same app
    Correction,
    DocumentVersion,
)
from apps.knowledge.index_models import (  # noqa: E402, F401 — tables of the same app
    Calibration,
    LanguageCount,
    PassageWindows,
    SignBlock,
    TermBlock,
)
from apps.knowledge.question_models import LikelyQuestion, QuestionCheck  # noqa: E402, F401
from apps.knowledge.review_models import PendingChange  # noqa: E402, F401
from apps.knowledge.space_models import EmbeddingSpace, EmbeddingUse, SpaceBlock, SpaceVector  # noqa: E402, F401
from apps.knowledge.website_models import KnownPage  # noqa: E402, F401
