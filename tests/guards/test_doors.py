"""Every address says who may open it, and strangers are tried on each."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.workspaces.access import Opening, Role
from tests.guards.allowing import judge

NOT_OURS = {}
"""Pages of other packages, with what guards them."""

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


@pytest.mark.django_db
def test_what_does_not_exist_is_not_found(client, mallory):
    client.force_login(mallory.user)
    wrong = []
    for name, _, view, converters in pages():
        if isinstance(view.open_to, Role) and converters:
            answer = an_answer(client, name, converters)
            if answer.status_code not in (404, 405):
                wrong.append(f"{name}: {answer.status_code}")
    judge(wrong, allowed={}, remedy="These answer about things that do not exist for Mallory:")
