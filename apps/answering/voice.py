"""How an answer reaches the visitor while it is being written, and how it is stored when it is whole."""

import logging

from django.db import transaction
from django.utils import timezone

from apps.answering import exporting, flushing
from apps.answering.errors import Rejoined, Superseded, TurnTaken
from apps.conversations import live, presenting
from apps.conversations.models import Author, Conversation, Message, Outcome, Span, Turn
from apps.routing import choosing
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

log = logging.getLogger(__name__)


class Voice:
    """Says one turn's answer. All database work happens in short units; words go out from memory."""

    def __init__(self, workspace_id, admitted, trace):
        self._workspace_id = workspace_id
        self._admitted = admitted
        self._trace = trace
        self._draft = None

    @property
    def has_spoken(self):
        return self._draft is not None

    @property
    def text(self):
        return self._draft.text if self._draft else ""

    async def status(self, text):
        """Tell the visitor what is being done, in words; nothing once the answer has begun.

        Raises Superseded, TurnTaken.
        """
        if not self.has_spoken:
            await database_unit(self.tell, text)

    async def say(self, words):
        """Add words to the answer; the first ones make the message. Raises Rejoined, Superseded, TurnTaken."""
        if not words:
            return
        if not self.has_spoken:
            self._draft = await database_unit(self._begin)
            live.begin(self._conversation_id, self._draft.message_id, self._draft.from_seq)
        if self._draft.is_lost:
            raise TurnTaken
        self._draft.text += words
        live.append(self._conversation_id, words)
        self._trace.spoke()
        flushing.flusher.soon(self._draft)

    async def take_back(self):
        """Drop what was said so far: another answerer begins anew in the same message."""
        if self.has_spoken and self.text:
            self._draft.from_seq = await database_unit(self._restart)
            self._draft.text = ""
            live.begin(self._conversation_id, self._draft.message_id, self._draft.from_seq)

    async def finish(self, *, text, outcome, citations, confidence, model, answered_by=None):
        """Store the whole answer, its trace and the end of the turn, in one transaction.

        ``answered_by``: the ModelChoice whose provider did well. Its health is no part of the transaction.
        Raises Superseded when a person took over meanwhile: then the draft is the team's, not the visitor's.
        """
        if not self.has_spoken:
            await self.say(text)
        try:
            facts = (text, outcome, _parted(citations), confidence, model)
            await database_unit(self._end, facts, answered_by)
        finally:
            live.end(self._conversation_id)

    def abandon(self):
        """Forget what this process was writing."""
        if self.has_spoken:
            flushing.flusher.forget(self._draft)
        live.end(self._conversation_id)

    @property
    def _conversation_id(self):
        return self._admitted.conversation.pk

    def tell(self, status):
        """As ``status``, for code that is in a unit already."""
        with in_workspace(self._workspace_id), transaction.atomic():
            conversation = Conversation.objects.locked(self._conversation_id)
            if not conversation.awaits_agent(self._own_turn()):
                raise Superseded
            conversation.log_locked("status", text=status)

    def _begin(self):
        admitted = self._admitted
        with in_workspace(self._workspace_id), transaction.atomic():
            conversation = Conversation.objects.locked(admitted.conversation.pk)
            turn = self._own_turn()
            if not conversation.awaits_agent(turn):
                raise Superseded
            if turn.revision != admitted.revision:
                raise Rejoined
            begun = self._begun_before(conversation, turn)
            if begun:  # a process died while it said this: start over in the same place
                return flushing.Draft(admitted.turn, begun.pk, self._begin_again(conversation, begun))
            row = Message(
                workspace_id=turn.workspace_id,
                conversation=conversation,
                turn=turn,
                author=Author.AGENT,
                name=admitted.agent.name,
                is_streaming=True,
            )
            row.text_from_seq = conversation.log_locked("message", **presenting.message(row)).seq
            row.save(force_insert=True)
        return flushing.Draft(admitted.turn, row.pk, row.text_from_seq)

    def _begun_before(self, conversation, turn):
        """What another process began to say in this turn; None where this is the first to speak, noted at once."""
        if turn.spoke_at is None:
            Turn.objects.filter(pk=turn.pk).update(spoke_at=timezone.now())
            return None
        return conversation.messages.filter(turn=turn, author=Author.AGENT, is_streaming=True).first()

    def _begin_again(self, conversation, row):
        event = conversation.log_locked("restart", message=str(row.pk))
        Message.objects.filter(pk=row.pk).update(text="", text_from_seq=event.seq)
        return event.seq

    def _restart(self):
        with in_workspace(self._workspace_id), transaction.atomic():
            conversation = Conversation.objects.locked(self._conversation_id)
            self._own_turn()
            return self._begin_again(conversation, Message.objects.get(pk=self._draft.message_id))

    def _own_turn(self):
        """The turn, locked. Raises TurnTaken: a process that was frozen must not write over its successor's words."""
        turn = leases.held(self._admitted.turn)
        if turn is None:
            raise TurnTaken
        return turn

    def _end(self, facts, answered_by):
        self._settle(*facts)
        if not answered_by:
            return
        try:
            choosing.note_success(self._workspace_id, answered_by)
        # Whatever it was: the turn is over, and the next answer notes the same.
        except Exception:
            log.exception("Turn %s was answered, but not noted for its provider", self._admitted.turn.pk)

    def _settle(self, text, outcome, parted, confidence, model):
        citations, documents = parted
        with in_workspace(self._workspace_id), transaction.atomic():
            conversation = Conversation.objects.locked(self._conversation_id)
            turn = self._own_turn()
            called_a_person = outcome == Outcome.HANDED_OFF and conversation.resolved_at is None
            superseded = not called_a_person and not conversation.awaits_agent(turn)
            if superseded:
                outcome = Outcome.SUPERSEDED
            kept = {"citations": citations, "documents": documents, "is_note": superseded}
            Message.objects.filter(pk=self._draft.message_id).update(text=text, is_streaming=False, **kept)
            finish_turn(turn, self._trace, outcome, confidence=confidence, model=model)
            conversation.last_message_at = timezone.now()
            conversation.save(update_fields=["last_message_at"])
            shown, message = "" if superseded else text, str(self._draft.message_id)
            if citations and not superseded:
                conversation.log_locked("citations", message=message, citations=citations)
            conversation.log_locked(
                "done",
                message=message,
                turn=str(turn.pk),
                status=str(outcome),
                text=shown,
                rewritten=shown != self.text,
                citations=[] if superseded else citations,
            )


def _parted(citations):
    """What visitors see of the citations, and the keys of all documents behind them, each once."""
    shown = [{name: value for name, value in one.items() if name != "documents"} for one in citations]
    return shown, list(dict.fromkeys(key for one in citations for key in one.get("documents", ())))


def finish_turn(turn, trace, outcome, *, confidence=None, model=""):
    """The turn is over: write its spans and sums. The caller holds the transaction."""
    Span.objects.bulk_create(trace.rows(turn))
    turn.finished_at = timezone.now()
    turn.outcome = outcome
    turn.model = model
    turn.confidence = confidence
    turn.prompt_tokens = trace.total("prompt_tokens")
    turn.completion_tokens = trace.total("completion_tokens")
    turn.cost = trace.total("cost")
    turn.first_token_ms = trace.first_token_ms
    turn.total_ms = round((turn.finished_at - turn.created_at).total_seconds() * 1000)
    turn.lease_until, turn.lease_by = None, ""
    turn.save()
    transaction.on_commit(lambda: exporting.export(turn, trace), robust=True)
