"""A model writes the answer, calling tools where it needs them; any failure falls to the next answerer."""

import contextlib
import time
from dataclasses import dataclass, field

from apps.answering import acting, checking, discretion, prompting, quoting
from apps.conversations.models import Outcome
from apps.routing import choosing, gateway
from berrydesk.db.units import database_unit

ROUNDS = 4
"""Model calls in one turn: three tool results, then the answer."""

PATIENCE_S = 8.5
"""All models together, in all their rounds, must begin a good answer within this; then the built-in answerer speaks.

With the second that a last try may take, and its own half, it speaks within ten. Only while an action runs does
the clock stand still: then the visitor reads what is being done.
"""


@dataclass
class Draft:
    """What a round of the model came to."""

    text: str = ""
    calls: list = field(default_factory=list)


async def generate(workspace_id, turn_facts, voice, trace):
    """Answer the question by the routed models in order, then by the built-in answerer.

    ``turn_facts``: (admitted, understood, gathered, route, tools). Returns (Answer, model name, the ModelChoice or None).
    """
    admitted, understood, gathered, route, tools = turn_facts
    patience, held_back = _Patience(admitted.read_at), False
    for choice in route.choices:
        if patience.left_s() < 1:
            break
        try:
            answer = await _by_model(
                workspace_id, choice, (admitted, understood, gathered, tools), voice, trace, patience
            )
        except gateway.ModelFailed as failure:
            await database_unit(choosing.note_failure, workspace_id, choice, failure)
            await voice.take_back()
            continue
        except discretion.Betrayed:
            held_back = True
            await voice.take_back()
            break
        return answer, choice.name, choice
    with trace.step("act") as step:
        answer = await acting.without_model(workspace_id, admitted, understood, voice)
        if answer:
            step.output.update(outcome=str(answer.outcome), result=answer.text)
    if answer is None:
        trace.forget(step)
        with trace.step("quote", query=gathered.query) as step:
            answer = quoting.answer(understood, gathered)
            step.output.update(outcome=str(answer.outcome), text=answer.text)
            if held_back:
                step.output.update(reason="The model was about to repeat internal material: it was stopped.")
    await voice.say(answer.text)
    return answer, quoting.BUILT_IN, None


class _Patience:
    """How long the visitor will still wait for words."""

    def __init__(self, since):
        self.begin(since)

    def begin(self, since):
        """The visitor waits from ``since`` on: words were there to read until then."""
        self._ends_at = since + PATIENCE_S

    def left_s(self):
        return self._ends_at - time.monotonic()

    @contextlib.contextmanager
    def stands_still(self):
        """While the block runs, the visitor reads what is being done."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._ends_at += time.monotonic() - began


async def _by_model(workspace_id, choice, facts, voice, trace, patience):
    admitted, understood, gathered, tools = facts
    said = prompting.messages(admitted, gathered)
    discreet = _discretion(admitted, gathered)
    for _round in range(ROUNDS):
        with trace.step(
            "generate", model=choice.name, messages=said[-1:], sources=len(gathered.read)
        ) as step:
            outlet = discretion.Discreet(voice, discreet) if discreet else voice
            draft = await _one_round(choice, said, tools, outlet, step, patience)
        if not draft.calls:
            return _finished(draft, understood, gathered)
        call = draft.calls[0]
        with trace.step("act", tool=call.name, arguments=call.arguments) as step, patience.stands_still():
            done = await acting.by_model(workspace_id, admitted, understood, call, voice)
            step.output.update(done.for_trace())
        if done.answer:
            return _joined(draft, done.answer)
        said = prompting.with_tool_result(said, draft.text, call, done.result)
        await voice.take_back()
        if draft.text.strip():
            patience.begin(time.monotonic())
        if patience.left_s() < 1:
            raise gateway.ModelFailed(
                "timeout", provider=gateway.provider_name(choice), model=gateway.model_name(choice)
            )
    raise gateway.ModelFailed("loop")


def _discretion(admitted, gathered):
    """Who watches over what is internal, where anything is."""
    if not gathered.guidance:
        return None
    known = [one.text for one in gathered.read] + [one.title for one in gathered.read]
    known += [admitted.question, *(earlier.text for earlier in admitted.history)]
    return discretion.Discretion([one.text for one in gathered.guidance], known)


async def _one_round(choice, said, tools, voice, step, patience):
    draft, opening = Draft(), _Opening(voice)
    limits = gateway.Limits(total_s=max(1.0, patience.left_s()))
    async with contextlib.aclosing(gateway.stream(choice, said, tools=tools, limits=limits)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, gateway.TextDelta):
                draft.text += chunk.text
                await opening.hear(chunk.text)
            elif isinstance(chunk, gateway.ToolCall):
                draft.calls.append(chunk)
            else:
                counted = (chunk.prompt_tokens, chunk.completion_tokens, chunk.cost)
                step.prompt_tokens, step.completion_tokens, step.cost = counted
    await opening.close()
    if isinstance(voice, discretion.Discreet):
        await voice.close()
    step.output.update(text=draft.text, calls=[c.name for c in draft.calls])
    if not draft.text.strip() and not draft.calls:
        raise gateway.ModelFailed("empty")
    return draft


class _Opening:
    """Holds the first characters back until it is clear that they are words for the visitor."""

    def __init__(self, voice):
        self._voice = voice
        self._held = ""
        self._decided = False

    async def hear(self, words):
        if self._decided:
            await self._voice.say(words)
            return
        self._held += words
        start = self._held.lstrip()
        if len(start) < len(prompting.UNKNOWN_MARK) and prompting.UNKNOWN_MARK.startswith(start):
            return
        await self.close()

    async def close(self):
        if not self._decided:
            self._decided = True
            await self._voice.say(self._held.lstrip().removeprefix(prompting.UNKNOWN_MARK).lstrip())


def _finished(draft, understood, gathered):
    unknown = draft.text.lstrip().startswith(prompting.UNKNOWN_MARK)
    text = draft.text.replace(prompting.UNKNOWN_MARK, "").strip()
    text, citations = checking.check(text, gathered.read)
    if unknown or not text:
        outcome = Outcome.UNANSWERED
    else:
        outcome = Outcome.ANSWERED if understood.kind == "question" else Outcome.SMALL_TALK
    return quoting.Answer(text, outcome, citations)


def _joined(draft, answer):
    """What the model said before it called the tool, and what the tool's outcome says."""
    before = draft.text.replace(prompting.UNKNOWN_MARK, "").strip()
    text = f"{before}\n\n{answer.text}" if before and answer.text else before or answer.text
    return quoting.Answer(text, answer.outcome, answer.citations)
