"""Who may open which page.

Every view carries an ``open_to`` attribute, which a guard test reads: a ``Role``, or an ``Opening`` that says
why somebody without a role may come in.
"""

import functools
from dataclasses import dataclass

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from django_htmx.http import HttpResponseClientRedirect

from apps.workspaces import membership
from apps.workspaces.models import Role
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

__all__ = [
    "WORKSPACE_KEY",
    "Opening",
    "Role",
    "WorkspaceMiddleware",
    "may_open",
    "open_to",
    "open_to_everyone",
    "open_to_signed_in",
    "open_to_visitors",
    "switch_to",
]

WORKSPACE_KEY = "workspace"
"""The session's name for the workspace that its person works in."""


@dataclass(frozen=True)
class Opening:
    """A door that needs no role: ``kind`` is everyone, visitors or signed_in; ``reason`` says why."""

    kind: str
    reason: str


def open_to(role):
    """Only members with at least ``role`` reach the view.

    A stranger is sent to sign-in and comes back afterwards, somebody without a place here finds nothing (404),
    and a member whose role is too low reads so (403).
    """

    def guard(view):
        if iscoroutinefunction(view):

            @functools.wraps(view)
            async def guarded(request, *args, **kwargs):
                refused = _refuse(request, role)
                return refused or await view(request, *args, **kwargs)
        else:

            @functools.wraps(view)
            def guarded(request, *args, **kwargs):
                return _refuse(request, role) or view(request, *args, **kwargs)

        guarded.open_to = role
        return guarded

    return guard


def open_to_everyone(reason):
    """Anybody reaches the view, for the ``reason`` given."""
    return _marked(Opening("everyone", reason))


def open_to_visitors(view):
    """Visitors reach the view; what they may see is decided by their visitor token."""
    return _marked(Opening("visitors", "A visitor's token decides what they see."))(view)


def open_to_signed_in(view):
    """Whoever is signed in reaches the view, member or not: it is about their own account."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.open_to = Opening("signed_in", "A person's own account.")
    return guarded


def may_open(member, path):
    """Whether the page at ``path`` lets ``member`` in: what it would refuse is not offered."""
    needed = getattr(resolve(path).func, "open_to", None)
    return not isinstance(needed, Role) or member.may(needed)


def switch_to(request, member):
    """The session works in the workspace of ``member`` from the next request on."""
    request.session[WORKSPACE_KEY] = str(member.workspace_id)


@sync_and_async_middleware
def WorkspaceMiddleware(get_response):
    """Sets ``request.member`` and ``request.workspace`` (None for strangers); its scope and time zone hold meanwhile.

    Reads the database only when the browser sent a session, and then in one unit that holds no connection
    afterwards: a page that streams must not keep one.
    """
    if iscoroutinefunction(get_response):

        async def middleware(request):
            if _has_session(request):
                request.member = await database_unit(_member_of, request)
            else:
                request.member = None
            return await _in_scope_async(request, get_response)

    else:

        def middleware(request):
            request.member = _member_of(request) if _has_session(request) else None
            request.workspace = getattr(request.member, "workspace", None)
            if request.workspace is None:
                return get_response(request)
            with in_workspace(request.workspace), timezone.override(request.workspace.time_zone):
                return get_response(request)

    return middleware


async def _in_scope_async(request, get_response):
    request.workspace = getattr(request.member, "workspace", None)
    if request.workspace is None:
        return await get_response(request)
    with in_workspace(request.workspace), timezone.override(request.workspace.time_zone):
        return await get_response(request)


def _has_session(request):
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _member_of(request):
    if not request.user.is_authenticated:
        return None
    return membership.of(request.user, request.session.get(WORKSPACE_KEY))


def _refuse(request, role):
    """A response for whoever may not pass, else None."""
    if request.member is None:
        # Known without the database: the middleware has looked already.
        if not _has_session(request) or not request.user.is_authenticated:
            return _to_sign_in(request)
        raise Http404
    if not request.member.may(role):
        context = {"needed": Role(role).label, "has": Role(request.member.role).label}
        return render(request, "workspaces/forbidden.html", context, status=403)
    return None


def _to_sign_in(request):
    redirect = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(redirect.url)
    return redirect


def _marked(opening):
    def mark(view):
        if iscoroutinefunction(view):

            @functools.wraps(view)
            async def marked(request, *args, **kwargs):
                return await view(request, *args, **kwargs)
        else:

            @functools.wraps(view)
            def marked(request, *args, **kwargs):
                return view(request, *args, **kwargs)

        marked.open_to = opening
        return marked

    return mark
