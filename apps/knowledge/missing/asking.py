"""When likely questions are looked at again: soon after the knowledge changed."""

from datetime import timedelta

from django.utils import timezone

from apps.knowledge.question_models import QuestionCheck

DEBOUNCE_S = 20


def ask(agent, *, in_s=DEBOUNCE_S):
    """The agent's likely questions are checked soon; asking often is the same as asking once."""
    due = timezone.now() + timedelta(seconds=in_s)
    QuestionCheck.objects.update_or_create(
        agent_id=agent.pk,
        defaults={"due_at": due},
        create_defaults={"workspace_id": agent.workspace_id, "due_at": due},
    )


def due(now):
    """Checks whose time has come, the longest waiting first. A scope over all workspaces is the caller's."""
    return QuestionCheck.objects.filter(due_at__lte=now).order_by("due_at")
