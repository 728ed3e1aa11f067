"""An agent is made, changed and published."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.agents.errors import AgentInvalid
from apps.agents.models import BERRY, Agent, Position
from apps.workspaces import auditing

CHANGEABLE = {
    "name", "greeting", "questions", "color", "position", "theme", "language", "allowed_origins",
}  # fmt: skip


def make(workspace, *, name, language="en", by=None, is_sample=False):
    """A new agent of ``workspace``; it answers with the built-in answerer until a model is chosen.

    Raises AgentInvalid.
    """
    agent = Agent(workspace=workspace, name=name.strip(), language=language, is_sample=is_sample)
    _check(agent)
    with transaction.atomic():
        agent.save()
        auditing.record(
            workspace, by, "agent.made", agent, _("Made the agent “{name}”.").format(name=agent.name)
        )
    return agent


def change(agent, *, by=None, **fields):
    """The agent has the values in ``fields`` (see CHANGEABLE). Raises AgentInvalid."""
    for field in fields:
        if field not in CHANGEABLE:
            raise AgentInvalid(fields=[(field, _("This cannot be changed."))])
        setattr(agent, field, fields[field])
    _check(agent)
    with transaction.atomic():
        agent.branded_at = agent.branded_at or timezone.now()
        agent.save(update_fields=[*fields, "branded_at"])
        words = _("Changed the agent “{name}”.").format(name=agent.name)
        auditing.record(agent.workspace_id, by, "agent.changed", agent, words)
    return agent


def keep_look(agent):
    """The owner has seen the look and goes on with it; whether anything was changed does not matter."""
    if agent.branded_at is None:
        agent.branded_at = timezone.now()
        agent.save(update_fields=["branded_at"])


def publish(agent, *, by=None):
    """The agent is live for visitors; publishing twice changes nothing."""
    with transaction.atomic():
        if Agent.objects.filter(pk=agent.pk, published_at=None).update(published_at=timezone.now()):
            words = _("Published the agent “{name}”.").format(name=agent.name)
            auditing.record(agent.workspace_id, by, "agent.published", agent, words)
    agent.refresh_from_db()
    return agent


def take_back(agent, *, by=None):
    """No visitor meets the agent on the website any more; its data stays. Taking back twice changes nothing."""
    with transaction.atomic():
        live = Agent.objects.filter(pk=agent.pk, published_at__isnull=False)
        if live.update(published_at=None, taken_back_at=timezone.now()):
            words = _("Took back the agent “{name}”.").format(name=agent.name)
            auditing.record(agent.workspace_id, by, "agent.taken_back", agent, words)
    agent.refresh_from_db()
    return agent


def snippet(agent, base_url):
    """The line of HTML that puts the agent on a page; a look of its own comes with it, so that the launcher,
    which asks nobody before it is opened, has it too.
    """
    own = f' data-color="{agent.color}"' if agent.color.lower() != BERRY else ""
    own += f' data-position="{agent.position}"' if agent.position != Position.RIGHT else ""
    return f'<script async src="{base_url}/widget.js" data-agent="{agent.public_id}"{own}></script>'


def _check(agent):
    try:
        agent.clean_fields(exclude={f.name for f in agent._meta.fields} - CHANGEABLE)
    except ValidationError as problem:
        found = [(field, " ".join(words)) for field, words in problem.message_dict.items()]
        raise AgentInvalid(fields=found) from problem
