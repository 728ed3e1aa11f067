"""Notion under step 2: connect it, pick what to read, begin."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from apps.connections import keeping
from apps.console import consenting, framing, wizard
from apps.console.entering import find_agent
from apps.console.errors import NothingPicked
from apps.knowledge import sources
from apps.knowledge.connectors.notion import authorizing, connecting, errors, picking
from apps.knowledge.models import SourceKind
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

CALLBACK = "console:notion_callback"
EVERYTHING, SOME = "everything", "some"


@open_to(Role.ADMIN)
def page(request, public_id):
    """How to connect Notion; once it is connected, what to read there."""
    return _page(request, find_agent(request, public_id))


@open_to(Role.ADMIN)
@wizard.opened_shows("notion")
@require_POST
@sensitive_post_parameters("token")
def connect(request, public_id):
    """The token is checked with a live call and kept; what is wrong comes back at the field."""
    agent = find_agent(request, public_id)
    try:
        connection = connecting.connect(
            request.workspace, {"token": request.POST.get("token", "")}, by=request.member
        )
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="token")
    return _connected(agent, connection)


@open_to(Role.ADMIN)
@wizard.opened_shows("notion")
@require_POST
@sensitive_post_parameters("client_secret")
def keep_client(request, public_id):
    """The owner's own public integration is kept; the next step leads to Notion."""
    agent = find_agent(request, public_id)
    client_id = request.POST.get("client_id", "")
    try:
        connecting.prepare(
            request.workspace,
            client_id=client_id,
            client_secret=request.POST.get("client_secret", ""),
            by=request.member,
        )
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="client", client_id=client_id)
    return redirect(_address(agent) + "?way=sign-in")


@require_GET
@open_to(Role.ADMIN)
def leave(request, public_id):
    """Off to Notion, to choose pages and allow access."""
    agent = find_agent(request, public_id)
    connection = _connection(request) if request.GET.get("connection") else connecting.waiting_one()
    if connection is None or not connecting.client_of(connection):
        return _page(request, agent, problem=errors.ClientMissing(), problem_at="client")
    state = consenting.begin(request, service="notion", agent=agent, connection=connection)
    return redirect(
        authorizing.address(
            connecting.client_of(connection),
            redirect=consenting.redirect_address(request, CALLBACK),
            state=state,
        )
    )


@require_GET
@open_to(Role.ADMIN)
def callback(request):
    """Back from Notion: its code becomes a token, if the browser left from here."""
    begun = consenting.take(request, service="notion")
    if begun is None:
        agent = framing.current_agent(request)
        if agent is None:
            raise Http404
        problem = errors.StateWrong(minutes=consenting.MINUTES)
        return _page(request, agent, problem=problem, problem_at="client")
    agent = find_agent(request, begun["agent"])
    try:
        if request.GET.get("error") or not request.GET.get("code"):
            raise errors.NotAllowed(reason=_reason(request.GET.get("error", "")))
        connection = connecting.finish(
            get_object_or_404(connecting.every_one(), pk=begun["connection"]),
            code=request.GET["code"],
            redirect=consenting.redirect_address(request, CALLBACK),
            by=request.member,
        )
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="client")
    return _connected(agent, connection)


@require_GET
@open_to(Role.ADMIN)
def pages(request, public_id):
    """Pages to pick from: found by a word, or those below one that was opened."""
    agent = find_agent(request, public_id)
    context = {"agent": agent, "typed": request.GET.get("q", ""), "below": request.GET.get("below", "")}
    try:
        connection = _connection(request)
        if connection is None:
            raise errors.NotConnected()
        context["connection"] = connection
        context |= _offered(connection, request.GET)
    except OwnerError as problem:
        return render(request, "console/_notion_pages.html", context | {"problem": problem}, status=422)
    return render(request, "console/_notion_pages.html", context)


@open_to(Role.ADMIN)
@wizard.opened_shows("notion")
@require_POST
def start(request, public_id):
    """Learn from what was picked."""
    agent = find_agent(request, public_id)
    what = request.POST.get("what", "")
    chosen = [pick for pick in map(picking.picked, request.POST.getlist("root")) if pick]
    connection = _connection(request)
    try:
        if connection is None:
            raise errors.NotConnected()
        if what != EVERYTHING and not chosen:
            raise NothingPicked()
        roots = [] if what == EVERYTHING else [pick.id for pick in chosen]
        name = connection.name if what == EVERYTHING else _name(chosen)
        config = {"connection": str(connection.pk), "roots": roots}
        sources.add_source(agent, kind=SourceKind.NOTION, name=name, config=config, by=request.member)
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="start", what=what)
    return redirect(wizard.address_of(agent, "train"))


@open_to(Role.ADMIN)
@require_POST
def check_again(request, public_id, connection_id):
    """Ask Notion whether it still lets us in."""
    agent = find_agent(request, public_id)
    connection = get_object_or_404(connecting.connections(), pk=connection_id)
    connecting.check_again(connection)
    return redirect(_address(agent, connection))


@open_to(Role.ADMIN)
@require_POST
def disconnect(request, public_id, connection_id):
    """The connection and its token are gone; what was learned stays."""
    agent = find_agent(request, public_id)
    keeping.forget(get_object_or_404(connecting.every_one(), pk=connection_id), by=request.member)
    return redirect(_address(agent))


def _connected(agent, connection):
    """On to the pages; what waited for this connection is read now."""
    for source in connecting.waiting_for(connection):
        sources.sync_again(source)
    return redirect(_address(agent, connection))


def _page(request, agent, *, problem=None, problem_at="", **more):
    known = list(connecting.connections())
    connection, waiting = _connection(request, known), connecting.waiting_one()
    context = wizard.context_of(agent, "train") | {
        "here": _address(agent),
        "connection": connection,
        "others": [one for one in known if connection and one.pk != connection.pk],
        "waiting": waiting,
        "way": request.GET.get("way", "sign-in" if problem_at == "client" else "token"),
        "adds": bool({"add", "way"} & set(request.GET)) or problem_at in ("token", "client"),
        "redirect_address": consenting.redirect_address(request, CALLBACK),
        "problem_at": problem_at,
        "what": more.get("what") or EVERYTHING,
        "client_id": more.get("client_id") or (connecting.client_of(waiting) if waiting else ""),
        "may_sign_in": bool(connection and connecting.client_of(connection)),
    }
    if connection and connection.ok and not context["adds"]:
        asked = request.POST if request.method == "POST" else request.GET
        try:
            context |= _offered(connection, asked)
        except errors.Revoked as trouble:
            keeping.note_check(connection, ok=False, problem=trouble.as_dict())
        except OwnerError as trouble:
            context |= {"picks_problem": trouble}
    return wizard.answer(request, "console/notion.html", context, problem=problem)


def _offered(connection, asked):
    """``picks`` to choose from, ``chosen`` ones that stay ticked, and whether there are ``more``."""
    chosen = [pick for pick in map(picking.picked, asked.getlist("root")) if pick]
    opened = picking.picked(asked.get("below", ""))
    if opened:
        return {"picks": picking.below(connection, opened.id), "chosen": [], "more": False}
    picks, more = picking.shared(connection, asked.get("q", "")[:200])
    ids = {pick.id for pick in chosen}
    return {"picks": [pick for pick in picks if pick.id not in ids], "chosen": chosen, "more": more}


def _connection(request, known=None):
    """The connection that the address or the form names, else the newest that works, else any."""
    known = list(connecting.connections()) if known is None else known
    wanted = request.POST.get("connection") or request.GET.get("connection")
    named = next((one for one in known if str(one.pk) == wanted), None)
    return named or next((one for one in reversed(known) if one.ok), known[-1] if known else None)


def _name(chosen):
    """What a source of these pages is called."""
    first = chosen[0].title or _("Untitled")
    if len(chosen) == 1:
        return first
    return _("%(title)s and %(count)s more") % {"title": first, "count": len(chosen) - 1}


def _reason(error):
    return _("Cancel was pressed.") if error == "access_denied" else f"{error[:80] or _('no answer')}."


def _address(agent, connection=None):
    address = reverse("console:notion", args=[agent.public_id])
    return f"{address}?connection={connection.pk}" if connection else address
