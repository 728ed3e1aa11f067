"""Contacts, conversations, messages; the event log; turns and the spans that are their trace."""

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from berrydesk.db import notifications
from berrydesk.db.leases import Leased
from berrydesk.db.models import WorkspaceModel, scoped

_LOG = (
    "WITH logged AS (INSERT INTO {events} (workspace_id, conversation_id, kind, data, created_at)"
    " VALUES (%s, %s, %s, %s, %s) RETURNING seq) SELECT seq, pg_notify(%s, %s || seq) FROM logged"
)
"""Writes an event and wakes whoever listens, telling its number."""


class Rung(models.TextChoices):
    """How well we know who is speaking, from least to best."""

    ANONYMOUS = "anonymous", _("Anyone")
    CLAIMED = "claimed", _("Gave their e-mail")
    VERIFIED = "verified", _("Proved who they are")

    @property
    def rank(self):
        return list(Rung).index(self)


class Contact(WorkspaceModel):
    """A person who wrote to the business, as far as known.

    ``rung`` says how they became known. Whether that holds where they write now, the conversation knows.
    """

    external_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    rung = models.CharField(max_length=10, choices=Rung.choices, default=Rung.ANONYMOUS)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_contact_per_external_id",
            )
        ]

    def __str__(self):
        return self.name or self.email or str(_("Visitor"))


class Channel(models.TextChoices):
    WEB = "web", _("Website")
    API = "api", _("API")


class Holder(models.TextChoices):
    """Who speaks next for the business."""

    AGENT = "agent"
    HUMAN = "human"


class ConversationQuerySet(models.QuerySet):
    def real(self):
        """Without the owner's own try-outs."""
        return self.filter(is_preview=False)

    def latest_first(self):
        return self.order_by("-last_message_at", "-pk")

    def locked(self, pk):
        return self.select_for_update(of=("self",)).get(pk=pk)


class Conversation(WorkspaceModel):
    """A thread on one channel. ``ownership`` counts up with each change of holder.

    A draft that was begun under an older ``ownership`` must not be sent. ``verified_until`` says how long the
    proof counts that the contact gave in this conversation: one given elsewhere proves nothing here.
    ``page_facts`` are what the website's scripts say about the visitor: for people to read, proving nothing.
    ``visitor_number`` tells apart those of whom nothing else is known; None in the owner's own try-outs.
    """

    number = models.PositiveIntegerField()
    visitor_number = models.PositiveIntegerField(null=True)
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="conversations")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="conversations")
    verified_until = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    visitor_key = models.CharField(max_length=64, blank=True, db_index=True)
    page = models.CharField(max_length=500, blank=True)
    page_facts = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True)
    is_preview = models.BooleanField(default=False)
    holder = models.CharField(max_length=5, choices=Holder.choices, default=Holder.AGENT)
    ownership = models.PositiveIntegerField(default=0)
    opening_words = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_message_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)

    objects = scoped(ConversationQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="one_conversation_per_number")
        ]
        indexes = [
            models.Index(fields=["workspace", "-last_message_at"]),
            models.Index(fields=["workspace", "visitor_number"]),
        ]

    def __str__(self):
        return self.opening_words or str(_("Nothing written yet"))

    @property
    def news_key(self):
        """What streams of this conversation listen to."""
        return f"conversation:{self.pk}"

    def rung(self, now=None):
        """How well we know at ``now`` who writes here."""
        if self.contact is None:
            return Rung.ANONYMOUS
        known = Rung(self.contact.rung)
        is_proved = self.verified_until is not None and self.verified_until > (now or timezone.now())
        if known is Rung.VERIFIED and not is_proved:
            return Rung.CLAIMED if self.contact.email else Rung.ANONYMOUS
        return known

    def log(self, kind, **facts):
        """Append to the event log and wake whoever listens, once the caller's transaction commits.

        Locks the conversation, so that numbers become visible in their order.
        """
        with transaction.atomic(savepoint=False):
            Conversation.objects.filter(pk=self.pk).select_for_update(of=("self",)).values_list("pk").get()
            return self.log_locked(kind, **facts)

    def log_locked(self, kind, **facts):
        """As ``log``, for a caller whose transaction holds the row, or made it. One statement."""
        event = Event(workspace_id=self.workspace_id, conversation=self, kind=kind, data=facts)
        sql = _LOG.format(events=Event._meta.db_table)
        told = [event.workspace_id, self.pk, kind, Jsonb(facts), event.created_at]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*told, notifications.CHANNEL, f"{self.news_key}{notifications.MARK}"])
            event.seq = cursor.fetchone()[0]
        return event

    def awaits_agent(self, turn):
        """True when the agent may say what it found in ``turn``: nobody took over since, and it goes on."""
        is_its_word = self.holder == Holder.AGENT and self.ownership == turn.ownership
        return is_its_word and self.resolved_at is None

    def change_holder(self, holder):
        """``holder`` speaks from now on; a draft of the other one is outdated. The row must be locked."""
        if self.holder != holder:
            self.holder = holder
            self.ownership += 1
            self.save(update_fields=["holder", "ownership"])


class Outcome(models.TextChoices):
    """How a turn ended for the visitor."""

    ANSWERED = "answered", _("Answered")
    UNANSWERED = "unanswered", _("Did not know")
    HANDED_OFF = "handed_off", _("Handed to a person")
    AWAITING_CONFIRMATION = "awaiting_confirmation", _("Asked to confirm")
    SUPERSEDED = "superseded", _("A person took over")
    SMALL_TALK = "small_talk", _("Greeted")
    ASKED_BACK = "asked_back", _("Asked for details")
    REFUSED = "refused", _("Could not do it")


QUESTIONS = (Outcome.ANSWERED, Outcome.UNANSWERED, Outcome.HANDED_OFF, Outcome.REFUSED)
"""The outcomes of turns in which something was asked and the agent was through with it."""


class TurnQuerySet(models.QuerySet):
    def open(self):
        return self.filter(finished_at=None)

    def unspoken(self):
        """Turns that a further short message still joins."""
        return self.open().filter(spoke_at=None)

    def in_order(self):
        return self.order_by("created_at", "pk")


class Turn(WorkspaceModel, Leased):
    """One run of the answer engine. With its spans it is the trace: no other table keeps these facts.

    ``revision`` counts the visitor's messages that joined it. ``cost`` is in US dollars, None when a model's
    price is unknown; times are milliseconds from ``created_at``.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    ownership = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    spoke_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, choices=Outcome.choices, blank=True)
    model = models.CharField(max_length=160, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    first_token_ms = models.PositiveIntegerField(null=True)
    total_ms = models.PositiveIntegerField(null=True)
    confidence = models.FloatField(null=True)

    objects = scoped(TurnQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(finished_at=None, spoke_at=None),
                name="one_turn_gathers_messages",
            )
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=models.Q(finished_at=None), name="open_turns")
        ]


class Author(models.TextChoices):
    VISITOR = "visitor"
    AGENT = "agent"
    PERSON = "person"
    SYSTEM = "system"


class MessageQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("created_at", "pk")


class Message(WorkspaceModel):
    """One utterance. ``citations`` are snapshots: a later sync may delete the passages behind them.

    ``documents`` are the keys of what they quote and of what says the same word for word; None for what was said
    before these were kept.
    ``turn`` is the turn that a visitor's message asked for, or that an agent's message answers.
    While it is streaming, ``text`` is what has come so far since the event ``text_from_seq``.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    turn = models.ForeignKey(Turn, null=True, on_delete=models.SET_NULL, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    member = models.ForeignKey("workspaces.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    citations = models.JSONField(default=list)
    documents = ArrayField(models.UUIDField(), null=True)
    client_id = models.CharField(max_length=64, blank=True)
    is_streaming = models.BooleanField(default=False)
    text_from_seq = models.BigIntegerField(default=0)
    is_note = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = scoped(MessageQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "client_id"],
                condition=~models.Q(client_id=""),
                name="one_message_per_client_id",
            )
        ]
        indexes = [models.Index(fields=["conversation", "created_at"])]


class EventQuerySet(models.QuerySet):
    def after(self, seq):
        return self.filter(seq__gt=seq).order_by("seq")


class Event(WorkspaceModel):
    """One line of a conversation's log: append-only and numbered in the order of commit per conversation.

    Writers hold the conversation's row lock, so a lower number is never committed after a higher one.
    """

    id = None
    seq = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=24)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = scoped(EventQuerySet)

    class Meta:
        indexes = [models.Index(fields=["conversation", "seq"])]


class Span(WorkspaceModel):
    """One step of a turn: what went in, what came out, how long it took and what it cost."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="spans")
    stage = models.CharField(max_length=20)
    position = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    ms = models.PositiveIntegerField(default=0)
    input = models.JSONField(default=dict)
    output = models.JSONField(default=dict)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)

    class Meta:
        indexes = [models.Index(fields=["turn", "position"])]
