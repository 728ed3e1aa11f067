"""Whether the website's visitors are served: after the owner took the agent back, nobody is."""

from apps.channels.web.errors import TakenBack
from apps.conversations import opening
from apps.conversations.models import Holder


def must_serve(agent, visitor):
    """Raises TakenBack when the agent was taken back; the owner's own try-outs go on. Scope needed."""
    if agent.is_taken_back and not visitor.is_preview:
        raise TakenBack(name=agent.name)


def must_hear(agent, visitor):
    """As ``must_serve``, but a visitor whom a person is answering may go on: people are not taken back."""
    if agent.is_taken_back:
        conversation = opening.find_open(agent, visitor.key)
        if conversation is None or conversation.holder != Holder.HUMAN:
            must_serve(agent, visitor)
