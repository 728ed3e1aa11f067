"""Where the pages of an agent are."""

from django.urls import reverse


def at(name, agent, *rest):
    """The address of a page of the agent."""
    return reverse(f"console:{name}", args=[agent.public_id, *rest])
