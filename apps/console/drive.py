"""Google Drive under step 2: connect it, pick folders, begin."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.connections import keeping
from apps.console import consenting, framing, wizard
from apps.console.entering import find_agent
from apps.knowledge import sources
from apps.knowledge.connectors.drive import client, connecting, errors, picking
from apps.knowledge.models import Source, SourceKind
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

CALLBACK = "console:drive_callback"
KEY_BYTES = 20_000
MENDED = (errors.SignedOut.code, errors.KeyRefused.code, errors.ReadingNotAllowed.code)
"""Problems of a source that a new consent ends."""


@open_to(Role.ADMIN)
def page(request, public_id):
    """How to connect Google Drive; once it is connected, what to read there."""
    return _page(request, find_agent(request, public_id))


@open_to(Role.ADMIN)
@wizard.opened_shows("drive")
@require_POST
@sensitive_post_parameters("client_secret")
def keep_client(request, public_id):
    """Google knows the owner's own OAuth client, and the browser goes on to it."""
    agent = find_agent(request, public_id)
    client_id = request.POST.get("client_id", "")
    try:
        waiting = connecting.prepare(
            request.workspace,
            client_id=client_id,
            client_secret=request.POST.get("client_secret", ""),
            by=request.member,
        )
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="client", client_id=client_id)
    if request.htmx:
        return HttpResponseClientRedirect(_to_google(request, agent, waiting))
    # A form may not lead to another site (form-action of our own policy); a link may.
    return redirect(_address(agent) + "?way=sign-in")


@require_GET
@open_to(Role.ADMIN)
def leave(request, public_id):
    """Off to Google: for the first time, or to give back the access that was lost."""
    agent = find_agent(request, public_id)
    named = request.GET.get("connection")
    connection = _connection(request, list(connecting.connections())) if named else connecting.waiting_one()
    if connection is None or not connecting.client_of(connection):
        return _page(request, agent, problem=errors.ClientMissing(), problem_at="client")
    return redirect(_to_google(request, agent, connection))


@require_GET
@open_to(Role.ADMIN)
def callback(request):
    """Back from Google: its code becomes a token, if the browser left from here."""
    begun = consenting.take(request, service=connecting.SERVICE)
    if begun is None:
        agent = framing.current_agent(request)
        if agent is None:
            raise Http404
        return _page(request, agent, problem=errors.ConsentStale(), problem_at="client")
    agent = find_agent(request, begun["agent"])
    try:
        if request.GET.get("error") or not request.GET.get("code"):
            raise errors.ConsentRefused()
        connection = connecting.finish(
            get_object_or_404(connecting.every_one(), pk=begun["connection"]),
            code=request.GET["code"],
            verifier=begun["verifier"],
            redirect=consenting.redirect_address(request, CALLBACK),
            by=request.member,
        )
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="client")
    return _connected(agent, connection)


@open_to(Role.ADMIN)
@wizard.opened_shows("drive")
@require_POST
@sensitive_post_parameters("key")
def give_key(request, public_id):
    """The service account's key is checked with a live call and kept; what is wrong comes back at the field."""
    agent = find_agent(request, public_id)
    file = request.FILES.get("key_file")
    given = file.read(KEY_BYTES + 1).decode("utf-8", "replace") if file else request.POST.get("key", "")
    try:
        connection = connecting.connect(request.workspace, {"service_account": given}, by=request.member)
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="key")
    return _connected(agent, connection)


@require_GET
@open_to(Role.ADMIN)
def folder(request, public_id):
    """The part of the page that changes while an owner looks around: one folder, or what a word finds."""
    agent = find_agent(request, public_id)
    connection = _connection(request, list(connecting.connections()))
    context = {"agent": agent, "connection": connection, "here": _address(agent)}
    try:
        if connection is None:
            raise errors.NotConnected(name=_("it"))
        context |= _level(connection, request.GET)
    except OwnerError as problem:
        return render(request, "console/_drive_folder.html", context | {"trouble": problem}, status=422)
    return render(request, "console/_drive_folder.html", context)


@open_to(Role.ADMIN)
@wizard.opened_shows("drive")
@require_POST
def start(request, public_id):
    """Learn from what was picked."""
    agent = find_agent(request, public_id)
    chosen = [pick for pick in map(picking.picked, request.POST.getlist("root")) if pick]
    config = {"connection": request.POST.get("connection", ""), "roots": [pick.id for pick in chosen]}
    try:
        if not chosen:
            raise errors.NothingTicked()
        sources.add_source(agent, kind=SourceKind.DRIVE, config=config, by=request.member)
    except OwnerError as problem:
        return _page(request, agent, problem=problem, problem_at="start")
    return redirect(wizard.address_of(agent, "train"))


@open_to(Role.ADMIN)
@require_POST
def check_again(request, public_id, connection_id):
    """Ask Google whether it still lets us in."""
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


def _to_google(request, agent, connection):
    """The address of Google's consent page, which leads back to this very session."""
    verifier = consenting.new_verifier()
    state = consenting.begin(
        request, service=connecting.SERVICE, agent=agent, connection=connection, verifier=verifier
    )
    return connecting.address(
        connection, redirect=consenting.redirect_address(request, CALLBACK), state=state, verifier=verifier
    )


def _connected(agent, connection):
    """On to the folders; what waited for this connection is read now."""
    for source in Source.objects.filter(connection=connection, problem__code__in=MENDED):
        sources.sync_again(source)
    return redirect(_address(agent, connection))


def _page(request, agent, *, problem=None, problem_at="", client_id=""):
    known = list(connecting.connections())
    connection, waiting = _connection(request, known), connecting.waiting_one()
    made_by = connecting.client_of(connection) if connection else ""
    context = wizard.context_of(agent, "train") | {
        "here": _address(agent),
        "connection": connection,
        "others": [one for one in known if connection and one.pk != connection.pk],
        "way": request.GET.get("way", "key" if problem_at == "key" else "sign-in"),
        "adds": bool({"add", "way"} & set(request.GET)) or problem_at in ("key", "client"),
        "redirect_address": consenting.redirect_address(request, CALLBACK),
        "problem_at": problem_at,
        "client_id": client_id or (connecting.client_of(waiting) if waiting else made_by),
        "knows_secret": bool(waiting or made_by),
        "may_sign_in": bool(made_by),
        "waiting": waiting,
    }
    if connection and connection.ok and not context["adds"]:
        try:
            context |= _level(connection, request.POST if request.method == "POST" else request.GET)
        except (errors.SignedOut, errors.KeyRefused, errors.ReadingNotAllowed) as trouble:
            keeping.note_check(connection, ok=False, problem=trouble.as_dict())
        except OwnerError as trouble:
            context |= {"trouble": trouble}
    return wizard.answer(request, "console/drive.html", context, problem=problem)


def _level(connection, asked):
    """``level`` to pick from, ``chosen`` picks that stay ticked, and what was asked for."""
    chosen = [pick for pick in map(picking.picked, asked.getlist("root")) if pick]
    words, below = asked.get("q", "").strip()[:100], picking.picked(asked.get("in", ""))
    try:
        if below:
            level, words = picking.inside(connection, below.id), ""
        else:
            level = picking.named(connection, words) if words else picking.top(connection)
    except client.Missing as gone:
        raise errors.NotShared(name=below.name if below else "", account=connection.name) from gone
    return {
        "level": level,
        "own": level.trail[-1] if level.trail else None,
        "chosen": chosen,
        "chosen_ids": {pick.id for pick in chosen},
        "q": words,
    }


def _connection(request, known):
    """The connection that the address or the form names, else the newest that works, else any."""
    wanted = request.POST.get("connection") or request.GET.get("connection")
    named = next((one for one in known if str(one.pk) == wanted), None)
    return named or next((one for one in reversed(known) if one.ok), known[-1] if known else None)


def _address(agent, connection=None):
    address = reverse("console:drive", args=[agent.public_id])
    return f"{address}?connection={connection.pk}" if connection else address
