"""What a visitor says is stored and its turn begun in one go: who leaves meanwhile has asked all the same."""

from apps.answering import running
from apps.channels.web import claiming, visiting
from berrydesk.db.units import database_unit


@running.to_its_end
async def write(agent, visitor, **said):
    """The visitor's words are stored and their turn runs; returns (answer, turn id or None)."""
    told, turn_id, admitted = await database_unit(visiting.write, agent, visitor, **said)
    if turn_id:
        running.start(agent.workspace_id, turn_id, admitted)
    return told, turn_id


@running.to_its_end
async def leave_email(agent, visitor, **said):
    """The visitor's address is known and its turn runs; returns (answer, turn id or None, visitor)."""
    told, turn_id, known = await database_unit(claiming.leave_email, agent, visitor, **said)
    if turn_id:
        running.start(agent.workspace_id, turn_id)
    return told, turn_id, known
