"""What every call passes: the token, the workspace's scope, the idempotency key; and every error as a problem."""

import functools
from dataclasses import dataclass

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http.multipartparser import MultiPartParserError

from apps.api import idempotency, problems
from apps.api.errors import MethodNotAllowed, NotSignedIn, TooLarge, Unreadable
from apps.workspaces import tokens
from apps.workspaces.access import Opening
from apps.workspaces.models import ApiToken, Workspace
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit
from berrydesk.errors import OwnerError

DOOR = Opening("token", "An API token of the workspace, with what an admin may do.")


@dataclass(frozen=True)
class Caller:
    """Who calls: a token of a workspace."""

    workspace: Workspace
    token: ApiToken

    @property
    def workspace_id(self):
        return self.workspace.pk

    @property
    def member(self):
        """The member who made the token, for the audit log."""
        return self.token.created_by


def gated(view):
    """``view`` behind the gate; synchronous and asynchronous alike."""
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def behind(request, *args, **kwargs):
            try:
                request.caller = await database_unit(_caller, request)
                with in_workspace(request.caller.workspace_id):
                    response = await view(request, *args, **kwargs)
            except Exception as error:
                return _refused(request, error)
            return _said_properly(request, response)

    else:

        @functools.wraps(view)
        def behind(request, *args, **kwargs):
            try:
                request.caller = _caller(request)
                with in_workspace(request.caller.workspace_id):
                    response = _carried_out(request, functools.partial(view, request, *args, **kwargs))
            except Exception as error:
                return _refused(request, error)
            return _said_properly(request, response)

    behind.open_to = DOOR
    behind.csrf_exempt = True  # there is no cookie to borrow: the token is the proof
    return behind


def _caller(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    row = tokens.find(token.strip()) if scheme.lower() == "bearer" else None
    if row is None:
        raise NotSignedIn()
    return Caller(row.workspace, row)


def _carried_out(request, call):
    key = idempotency.key_of(request)
    return idempotency.once(request, key, call) if key else call()


def _refused(request, error):
    if isinstance(error, RequestDataTooBig):
        error = TooLarge(limit=32)
    elif isinstance(error, (SuspiciousOperation, MultiPartParserError, UnicodeDecodeError)):
        error = Unreadable(why="it is cut off or not what its headers say.")
    return problems.of_exception(request, error)


def _said_properly(request, response):
    """Whatever the framework answered by itself becomes a problem in our words."""
    if response.status_code == 405:
        allowed = response.get("Allow", "")
        error = MethodNotAllowed(path=request.path, method=request.method, allowed=allowed)
        response = problems.of(error)
        response["Allow"] = allowed
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def as_problem(request, error):
    """Ninja's handler of every exception within a call. What the call had begun is rolled back."""
    if transaction.get_connection().in_atomic_block and not isinstance(error, OwnerError):
        transaction.set_rollback(True)
    return _refused(request, error)
