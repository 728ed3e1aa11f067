"""The turn: admit, understand, escalate, route, gather, generate and act, check, settle.

``run`` may be called twice, in two processes, after a crash: the lease on the turn row lets one of them
work, and what was said before a crash is taken back and said anew in the same message.
"""

import asyncio
import logging
import time

from django.db import transaction

from apps.answering import acting, admitting, finding, gathering, generating, understanding
from apps.answering.errors import Rejoined, Superseded, TurnTaken
from apps.answering.trace import Trace
from apps.answering.voice import Voice, finish_turn
from apps.conversations.models import Conversation, Outcome, Turn
from apps.conversations.phrases import phrase
from apps.inbox import handoff
from apps.inbox.models import Reason
from apps.knowledge.embeddings import asking
from apps.routing import choosing
from berrydesk.db import leases, units
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

log = logging.getLogger(__name__)


async def run(workspace_id, turn_id, admitted=None):
    """Carry the turn to its end, if nobody else does. Returns True when it ended here.

    ``admitted``: the turn is leased to us, and this is what it asks.
    """
    try:
        turn = admitted.turn if admitted else await database_unit(admitting.claim, workspace_id, turn_id)
    except TurnTaken:
        return False
    work = asyncio.current_task()
    heart = asyncio.create_task(_beat(workspace_id, turn, work))
    trace = Trace()
    try:
        while True:
            try:
                known, admitted = admitted, None
                await _once(workspace_id, turn, trace, known)
                return True
            except Rejoined:
                continue  # the visitor wrote on before we spoke: read all of it
            except Superseded:
                if await database_unit(_stay_silent, workspace_id, turn, trace):
                    return True
    except TurnTaken:
        return False
    except asyncio.CancelledError:
        if not heart.done() or heart.cancelled() or heart.exception():
            raise  # somebody ends this process
        work.uncancel()  # the heart ended the work: another process has the turn
        return False
    except Exception:
        log.exception("Turn %s failed; a person takes over", turn_id)
        await database_unit(_give_up, workspace_id, turn, trace)
        return True
    finally:
        heart.cancel()


async def _once(workspace_id, turn, trace, admitted):
    with trace.step("admit") as step:
        admitted = admitted or await database_unit(admitting.admit, workspace_id, turn)
        step.output.update(question=admitted.question, earlier=len(admitted.history))
    with trace.step("understand") as step:
        understood = understanding.understand(
            admitted.question, fallback_language=admitted.conversation.language or admitted.agent.language
        )
        step.output.update(language=understood.language, kind=understood.kind)
    if understood.kind == "person":
        with trace.step("escalate") as step:
            step.output.update(reason=str(Reason.ASKED))
        await database_unit(_hand_over, workspace_id, turn, trace, understood.language)
        return
    voice = Voice(workspace_id, admitted, trace)
    try:
        await _answer(workspace_id, admitted, understood, voice, trace)
    finally:
        voice.abandon()


async def _answer(workspace_id, admitted, understood, voice, trace):
    with trace.step("route") as step:
        route, space, tools = await database_unit(_set_out, workspace_id, admitted, understood, voice)
        step.output.update(models=[c.name for c in route.choices], reason=route.reason)
    gathered = gathering.Gathered(query=admitted.question)
    if understood.kind == "question":
        gathered = await finding.find(workspace_id, admitted, understood, (route, space), trace)
    facts = (admitted, understood, gathered, route, tools)
    answer, model, choice = await generating.generate(workspace_id, facts, voice, trace)
    with trace.step("check") as step:
        step.output.update(outcome=str(answer.outcome), citations=len(answer.citations))
    await voice.finish(
        text=answer.text,
        outcome=answer.outcome,
        citations=answer.citations,
        confidence=gathered.confidence,
        model=model,
        answered_by=choice,
    )


def _set_out(workspace_id, admitted, understood, voice):
    """How the agent answers, the embeddings of the owner's choice that it searches with or None, and a model's tools.

    Where a model will read, the visitor is told so; the built-in answerer is quicker than that could be read.
    """
    with in_workspace(workspace_id):
        _note_language(admitted.conversation, understood.language)
        route = choosing.choose(admitted.agent)
        if route.choices and understood.kind == "question":
            voice.tell(phrase("reading", understood.language))
        tools = acting.tools(admitted) if route.choices else []
        return route, asking.in_use(admitted.agent), tools


async def _beat(workspace_id, turn, work):
    """Keep the lease while the turn runs; stop the work once the lease is lost.

    A database that cannot be reached for a moment is asked again while the lease may still be ours.
    """
    units.go_first()
    kept_at, pause_s = time.monotonic(), admitting.LEASE_S / 3
    while True:
        await asyncio.sleep(pause_s)
        began = time.monotonic()
        try:
            is_ours = await database_unit(admitting.keep, workspace_id, turn)
            kept_at, pause_s = began, admitting.LEASE_S / 3
        except Exception as problem:  # whatever it was, the lease is ours until it has run out
            log.warning("The lease of turn %s could not be prolonged, trying again: %s", turn.pk, problem)
            is_ours, pause_s = began - kept_at < admitting.LEASE_S, 1
        if not is_ours:
            work.cancel()
            return


def _note_language(conversation, language):
    if conversation.language != language:
        Conversation.objects.filter(pk=conversation.pk).update(language=language)
        conversation.language = language  # what actions say later in this turn


def _hand_over(workspace_id, turn, trace, language):
    with in_workspace(workspace_id), transaction.atomic():
        conversation = Conversation.objects.locked(turn.conversation_id)
        _note_language(conversation, language)
        if not leases.still_held(turn):
            raise TurnTaken
        if conversation.resolved_at:
            raise Superseded
        finish_turn(Turn.objects.get(pk=turn.pk), trace, Outcome.HANDED_OFF)
        handoff.hand_over(conversation, reason=Reason.ASKED)
        _tell_end(conversation, turn, Outcome.HANDED_OFF)


def _stay_silent(workspace_id, turn, trace):
    """A person holds or ended the conversation: end the turn; what was begun stays with the team as a note.

    False when it was given back meanwhile and the visitor wrote on: then the turn is to be answered.
    """
    with in_workspace(workspace_id), transaction.atomic():
        conversation = Conversation.objects.locked(turn.conversation_id)
        turn = leases.held(turn)
        if turn is None:
            raise TurnTaken
        if conversation.awaits_agent(turn):
            return False
        _withdraw_begun(conversation, turn)
        finish_turn(turn, trace, Outcome.SUPERSEDED)
        _tell_end(conversation, turn, Outcome.SUPERSEDED)
    return True


def _give_up(workspace_id, turn, trace):
    """Something of ours broke: the visitor gets a person, never silence."""
    with in_workspace(workspace_id), transaction.atomic():
        conversation = Conversation.objects.locked(turn.conversation_id)
        if leases.still_held(turn):
            _withdraw_begun(conversation, turn)
            outcome = Outcome.SUPERSEDED if conversation.resolved_at else Outcome.HANDED_OFF
            finish_turn(Turn.objects.get(pk=turn.pk), trace, outcome)
            if outcome == Outcome.HANDED_OFF:
                handoff.hand_over(conversation, reason=Reason.TROUBLE)
            _tell_end(conversation, turn, outcome)


def _withdraw_begun(conversation, turn):
    for row in conversation.messages.filter(turn=turn, is_streaming=True):
        row.is_streaming, row.is_note = False, True
        row.save(update_fields=["is_streaming", "is_note"])
        conversation.log(
            "done",
            message=str(row.pk),
            turn=str(turn.pk),
            status="superseded",
            text="",
            rewritten=True,
            citations=[],
        )


def _tell_end(conversation, turn, outcome):
    """End of a turn without a message of its own: streams that wait for it go on."""
    conversation.log("turn", turn=str(turn.pk), status=str(outcome))
