"""The hosted chat page: the same panel, and without JavaScript a plain page that does the same by forms."""

import asyncio
import contextlib
import secrets
import uuid

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.channels.web import asking, serving, verify, visiting, wording
from apps.channels.web.errors import NothingHere, Refused, TakenBack
from apps.conversations import following
from apps.workspaces.access import open_to_visitors
from berrydesk.db.units import database_unit
from berrydesk.errors import OwnerError

COOKIE = "berrydesk_visitor"
ANSWER_WITHIN_S = 12
"""How long the plain page waits for the answer before it shows what there is."""


@open_to_visitors
@require_http_methods(["GET", "POST"])
async def chat(request, public_id):
    """``/chat/<public id>``."""
    try:
        agent = await database_unit(verify.agent_of, public_id)
    except Refused as problem:
        return render(request, "web/no_agent.html", {"problem": problem}, status=404)
    visitor = _visitor(request, agent)
    problem, typed = None, ""
    if request.method == "POST":
        typed = request.POST.get("text", "")
        try:
            visitor = await _do(agent, visitor, request.POST)
            return _remember(redirect(request.path + "#end"), agent, visitor)
        except OwnerError as refused:
            problem = refused
    try:
        told = await database_unit(visiting.welcome, agent, visitor, origin="", page="")
    except TakenBack as nobody:
        return render(request, "web/no_agent.html", {"problem": nobody, "agent": agent}, status=503)
    language = wording.language_of(request, agent)
    context = {
        "agent": agent,
        "language": language,
        "direction": wording.direction(language),
        "words": wording.words(language),
        "told": told["conversation"],
        "open_cards": [
            c for c in (told["conversation"] or {}).get("actions", ()) if c["state"] == "proposed"
        ],
        "problem": problem,
        "typed": typed if problem and "email" not in request.POST else "",
        "wants_email": bool(told["conversation"] and told["conversation"]["wants_email"]),
        "typed_email": request.POST.get("email", ""),
        "client_id": secrets.token_urlsafe(12),
        "modules": [f"/widget/{serving.fingerprint()}/{name}" for name in serving.modules()],
    }
    return _remember(
        render(request, "web/chat.html", context, status=422 if problem else 200), agent, visitor
    )


@open_to_visitors
@require_safe
def without_slash(request, public_id):
    """``/chat/<public id>/``, as people type it, leads to the page's one address."""
    address = reverse("web:chat", args=[public_id])
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def _visitor(request, agent):
    with contextlib.suppress(Refused):
        return verify.visitor_of(agent, request.COOKIES.get(COOKIE))
    return verify.new_visitor(request)


def _remember(response, agent, visitor):
    response.set_cookie(
        COOKIE,
        verify.token_for(agent, visitor),
        max_age=int(verify.TOKEN_MAX_AGE.total_seconds()),
        httponly=True,
        samesite="Lax",
        path=f"/chat/{agent.public_id}",
    )
    return response


async def _do(agent, visitor, posted):
    """Do what was posted; returns the visitor as known afterwards."""
    client_id = posted.get("client_id", "")[:64]
    if posted.get("run"):
        is_yes = posted.get("decision") == "confirm"
        await database_unit(visiting.decide, agent, visitor, _run_id(posted["run"]), is_yes=is_yes)
        return visitor
    if posted.get("person"):
        await database_unit(visiting.ask_for_person, agent, visitor, page="")
        return visitor
    if "email" in posted:
        said = {"email": posted["email"], "client_id": client_id}
        told, turn_id, visitor = await asking.leave_email(agent, visitor, **said)
    else:
        said = {"text": posted.get("text", ""), "client_id": client_id, "page": ""}
        told, turn_id = await asking.write(agent, visitor, **said)
    if turn_id:
        await _until_answered(agent, visitor, told["after"])
    return visitor


def _run_id(typed):
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise NothingHere() from None


async def _until_answered(agent, visitor, after):
    conversation_id = await database_unit(visiting.following, agent, visitor)
    news = following.follow(agent.workspace_id, conversation_id, after, for_s=ANSWER_WITHIN_S)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_WITHIN_S), contextlib.aclosing(news):
            async for one in news:
                if one and one.kind in ("done", "turn"):
                    return
