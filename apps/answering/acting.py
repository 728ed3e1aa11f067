"""Actions within a turn: offered to models as tools, recognised without one, never done without the card."""

from dataclasses import dataclass

from berrydesk_sdk import VisitorError

from apps.actions import matching
from apps.actions import running as action_running
from apps.actions import tools as action_tools
from apps.actions.policies import EmailNeeded
from apps.answering import prompting
from apps.answering.quoting import Answer
from apps.conversations.models import Outcome
from apps.conversations.phrases import phrase
from apps.inbox import handoff
from apps.inbox.models import Reason
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit
from berrydesk.errors import OwnerError
from berrydesk.plugins import calling


@dataclass(frozen=True)
class Done:
    """What came of a tool call: ``answer`` ends the turn; otherwise the model reads ``result``."""

    answer: Answer | None = None
    result: dict | None = None

    def for_trace(self):
        return {"ends_turn": bool(self.answer), "result": self.result or (self.answer and self.answer.text)}


def tools(admitted):
    """The tool schemas a model may use in this conversation. Scope needed."""
    return [prompting.PERSON_TOOL, *action_tools.tools_for(admitted.agent)]


async def by_model(workspace_id, admitted, understood, call, voice):
    """Carry out a tool call of the model as far as it may go without the visitor."""
    if call.name == prompting.PERSON_TOOL_NAME:
        return Done(answer=await database_unit(_person, workspace_id, admitted, understood))
    await voice.status(phrase("looking_up", understood.language))
    return await calling.unit(_call, workspace_id, admitted, understood, call)


async def without_model(workspace_id, admitted, understood, voice):
    """The built-in answerer's way to an action: the owner's example sentences and the parameters' patterns."""
    if understood.kind != "question":
        return None
    matched = await database_unit(_match, workspace_id, admitted, understood.language)
    if matched is None:
        return None
    if matched.missing:
        return Answer(matched.missing, Outcome.ASKED_BACK)
    await voice.status(phrase("looking_up", understood.language))
    return await calling.unit(_propose_matched, workspace_id, admitted, understood, matched)


def _person(workspace_id, admitted, understood):
    with in_workspace(workspace_id):
        handoff.hand_over(admitted.conversation, reason=Reason.ASKED)
    return Answer(phrase("person_called", understood.language), Outcome.HANDED_OFF)


def _call(workspace_id, admitted, understood, call):
    with in_workspace(workspace_id):
        try:
            agent_action, parameters = action_tools.parse_call(admitted.agent, call.name, call.arguments)
            return _propose(admitted, understood, agent_action, parameters)
        except EmailNeeded as wanted:
            return Done(answer=_ask_for_email(admitted, wanted))
        except (VisitorError, OwnerError) as problem:
            return Done(result={"error": str(problem)})


def _propose(admitted, understood, agent_action, parameters):
    run = action_running.propose(
        agent_action,
        conversation=admitted.conversation,
        turn=admitted.turn,
        contact=admitted.contact,
        parameters=parameters,
    )
    if run.is_final:
        return Done(result=run.outcome)
    return Done(answer=Answer(phrase("confirm_first", understood.language), Outcome.AWAITING_CONFIRMATION))


def _ask_for_email(admitted, wanted):
    """The channel shows a field for the address; what is typed there is claimed, never proved."""
    admitted.conversation.log("email_wanted")
    return Answer(str(wanted), Outcome.ASKED_BACK)


def _match(workspace_id, admitted, language):
    with in_workspace(workspace_id):
        return matching.match(admitted.agent, admitted.question, admitted.history, language)


def _propose_matched(workspace_id, admitted, understood, matched):
    with in_workspace(workspace_id):
        try:
            done = _propose(admitted, understood, matched.agent_action, matched.parameters)
        except EmailNeeded as wanted:
            return _ask_for_email(admitted, wanted)
        except (VisitorError, OwnerError) as problem:
            return Answer(str(problem), Outcome.REFUSED)
    return done.answer or Answer(done.result.get("message", ""), Outcome.ANSWERED)
