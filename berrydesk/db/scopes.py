"""Which workspace the code works in: the first wall is the manager, the second the database.

A scope is a context variable, so it follows a request, a task and ``database_unit``. It must not be held
open across a ``yield`` of an asynchronous generator, whose context is its caller's.
"""

from contextlib import contextmanager

from django_scopes import scope, scopes_disabled
from django_scopes.state import get_scope

EVERY = "*"
"""The value of ``app.workspace`` that opens every row: only ``every_workspace`` sets it."""


@contextmanager
def in_workspace(workspace):
    """Work in one workspace, given as a row or as its id; other workspaces' rows do not exist meanwhile."""
    with scope(workspace=getattr(workspace, "pk", workspace)):
        yield


@contextmanager
def every_workspace(why):
    """Work across workspaces; ``why`` is a sentence for whoever reads the call.

    For what comes before a workspace is known (a token, a public id, a sign-in) and for sweeps.
    """
    if not why:
        raise ValueError("Say why every workspace is opened.")
    with scopes_disabled():
        yield


def current_workspace_id():
    """The workspace in scope, or None."""
    found = get_scope()
    return found.get("workspace") if found.get("_enabled", True) else None


def database_scope():
    """What the database is told: a workspace's id, ``*`` for every one, or nothing at all."""
    found = get_scope()
    if not found.get("_enabled", True):
        return EVERY
    return str(found.get("workspace") or "")
