"""The cast: Ada owns the workspace, Ben is her teammate, Mallory owns another one, Vera visits."""

from dataclasses import dataclass

import pytest

from berrydesk.db.scopes import every_workspace, in_workspace

__all__ = [
    "Vera",
    "a_conversation",
    "a_member",
    "a_source",
    "a_workspace",
    "ada",
    "agent",
    "ben",
    "carry_away",
    "mallory",
    "scoped",
    "vera",
]

PASSWORD = "correct horse battery"


def a_workspace(name, slug):
    from apps.workspaces.models import Workspace

    with every_workspace("a test founds a workspace"):
        return Workspace.objects.create(name=name, slug=slug)


def a_member(name, workspace, role):
    from apps.workspaces.models import Member, User

    with every_workspace("a test adds a person"):
        user = User.objects.create_user(email=f"{name.lower()}@example.com", password=PASSWORD, name=name)
        return Member.objects.create(workspace=workspace, user=user, role=role)


@pytest.fixture
def ada(db):
    """Owner of Nordlicht."""
    return a_member("Ada", a_workspace("Nordlicht", "nordlicht"), "owner")


@pytest.fixture
def ben(ada):
    """Teammate at Nordlicht."""
    return a_member("Ben", ada.workspace, "teammate")


@pytest.fixture
def mallory(db):
    """Owner of another business: nothing of Nordlicht exists for her."""
    return a_member("Mallory", a_workspace("Elsewhere", "elsewhere"), "owner")


@pytest.fixture
def scoped(ada):
    """The test works in Ada's workspace."""
    with in_workspace(ada.workspace):
        yield ada.workspace


@pytest.fixture
def agent(scoped):
    """Ada's agent, Lumi."""
    from apps.agents.models import Agent

    return Agent.objects.create(workspace=scoped, name="Lumi")


@dataclass
class Vera:
    """A visitor, known only by the key in her browser."""

    key: str = "vera-key"


@pytest.fixture
def vera():
    return Vera()


def a_conversation(agent, *, with_, saying):
    """A conversation in which the visitor said one thing, that nobody has answered yet."""
    from apps.conversations import opening, receiving

    conversation = opening.open_conversation(agent, visitor_key=with_.key)
    receiving.receive(conversation, text=saying)
    return conversation


def a_source(agent, name, *texts, **about):
    """A source that taught each of ``texts`` as a document of its own."""
    from apps.knowledge import indexing
    from apps.knowledge.models import Source

    source = Source.objects.create(
        workspace_id=agent.workspace_id, agent=agent, kind="text", name=name, status="ready", **about
    )
    items = [
        {"external_id": f"{name}{n}", "title": f"{name} {n}", "text": text} for n, text in enumerate(texts)
    ]
    indexing.learn_documents(source, items)
    return source


def carry_away(source, **options):
    """What a worker does with a source that is being removed."""
    from apps.knowledge import removing
    from apps.knowledge.models import Source
    from berrydesk.db import leases

    leaving = Source.also_being_removed.being_removed()
    with leases.claim(Source, source.pk, for_s=120, among=leaving) as row:
        return removing.remove(row, **options)


def taught(agent, pages):
    """The agent learned ``pages``, {name: text} without titles."""
    from apps.knowledge import batching

    batching.batch(agent, [{"external_id": name, "title": "", "text": text} for name, text in pages.items()])
