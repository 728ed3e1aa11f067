"""Every address says who may open it, and strangers are tried on each."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.actions.models import ActionRun
from apps.agents.models import Agent
from apps.conversations.models import Conversation
from apps.knowledge.models import Source
from apps.workspaces.access import Opening, Role
from apps.workspaces.models import AuditEvent
from berrydesk.db.scopes import every_workspace, in_workspace
from tests.guards import world
from tests.guards.allowing import judge

NOT_OURS = {}
"""Pages of other packages, with what guards them."""

NO_ROW = {
    "console:finish_ask": "it shows the answer to a question only once it was asked",
    "console:from_plugin": "a source of a plugin, and none is installed here",
}
"""Addresses that answer 404 to Ada's own GET, with the reason."""

API = "api-1:"


def addresses(patterns=None, prefix="", names=()):
    """(name, path, view, converters) of every address of the installation."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from addresses(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*names, entry.name or str(entry.pattern)))
            yield name, prefix + str(entry.pattern), entry.callback, entry.pattern.converters


def pages():
    return [a for a in addresses() if not a[0].startswith(API)]


def an_answer(client, name, converters, method="get"):
    """What the address answers when it is asked for things that do not exist for the asker."""
    kinds = {"UUIDConverter": uuid.uuid4(), "IntConverter": 987654, "SlugConverter": "nothing-here"}
    arguments = {key: kinds.get(type(c).__name__, "nothing-here") for key, c in converters.items()}
    return getattr(client, method)(reverse(name, kwargs=arguments))


def test_every_page_declares_who_may_open_it():
    undeclared = [
        f"{name} ({path})"
        for name, path, view, _ in pages()
        if not isinstance(getattr(view, "open_to", None), (Role, Opening))
    ]
    judge(
        undeclared, allowed=NOT_OURS, remedy="Declare these with apps.workspaces.access.open_to or a sibling:"
    )


def test_every_opening_has_a_reason():
    openings = {
        name: view.open_to
        for name, _, view, _ in pages()
        if isinstance(getattr(view, "open_to", None), Opening)
    }
    judge(
        [n for n, o in openings.items() if not o.reason.strip()],
        allowed={},
        remedy="Say why anybody may come in:",
    )


def test_every_operation_of_the_api_asks_for_a_token():
    from apps.api.v1 import api

    bare = [
        f"{method} {path}"
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
        if not operation.get("security")
    ]
    judge(bare, allowed={}, remedy="These operations of the API ask for no token:")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_door(client, ada, method):
    wrong = []
    for name, _, view, converters in pages():
        if not isinstance(view.open_to, Role):
            continue
        answer = an_answer(client, name, converters, method)
        if answer.status_code not in (302, 404, 405) or (
            answer.status_code == 302 and reverse("account_login") not in answer["Location"]
        ):
            wrong.append(f"{name}: {answer.status_code}")
    judge(wrong, allowed={}, remedy="These let a stranger in:")


@pytest.fixture
def adas_rows(ada, ben, agent, vera):
    return world.rows_of(ada, ben, agent, vera)


def at(name, converters, rows):
    """The address ``name`` of these rows."""
    unknown = set(converters) - set(rows)
    assert not unknown, f"Put a row of Ada's for {', '.join(unknown)} ({name}) into tests/guards/world.py."
    return reverse(name, kwargs={each: rows[each] for each in converters})


def doors():
    """(name, converters) of every page that is about something and open to members only."""
    return [(name, c) for name, _, view, c in pages() if c and isinstance(view.open_to, Role)]


@pytest.mark.django_db
def test_ada_finds_what_strangers_are_tried_on(client, ada, adas_rows):
    client.force_login(ada.user)
    lost = [name for name, c in doors() if client.get(at(name, c, adas_rows)).status_code == 404]
    judge(lost, allowed=NO_ROW, remedy="Ada herself finds nothing there; mend tests/guards/world.py:")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("through", ["Ada's agent", "her own agent"])
def test_mallory_finds_nothing_of_adas(client, mallory, adas_rows, method, through):
    """Also not when she names her own agent and something of Ada's beside it."""
    client.force_login(mallory.user)
    with in_workspace(mallory.workspace):
        hers = Agent.objects.create(workspace=mallory.workspace, name="Mallory's")
    rows, wrong = dict(adas_rows), []
    if through == "her own agent":
        rows["public_id"] = hers.public_id
    before = traces_of(adas_rows)
    for name, converters in doors():
        if through == "her own agent" and not any(
            each.endswith("_id") for each in set(converters) - {"public_id"}
        ):
            continue
        status = getattr(client, method)(at(name, converters, rows)).status_code
        if status not in (404, 405):
            wrong.append(f"{name}: {status}")
    judge(wrong, allowed={}, remedy="These answer Mallory about what is Ada's:")
    assert traces_of(adas_rows) == before


def traces_of(rows):
    """What would tell that somebody did something in Ada's workspace."""
    with every_workspace("a guard looks whether anything happened"):
        workspace_id = Agent.objects.get(public_id=rows["public_id"]).workspace_id
        return (
            list(AuditEvent.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True)),
            list(ActionRun.objects.filter(workspace_id=workspace_id).values_list("pk", "state")),
            list(Source.objects.filter(workspace_id=workspace_id).values_list("pk", "status", "sync_number")),
            list(
                Conversation.objects.filter(workspace_id=workspace_id).values_list(
                    "pk", "holder", "resolved_at"
                )
            ),
        )
