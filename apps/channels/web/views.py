"""The widget protocol over HTTP: read, verify, do, answer. No cookies; streams hold no connection."""

import functools
import json

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from apps.channels.web import asking, verify, visiting
from apps.channels.web.errors import BadRequest, Refused, TooFast
from apps.conversations import following
from apps.workspaces.access import open_to_visitors
from berrydesk.db.units import database_unit
from berrydesk.errors import OwnerError
from berrydesk.text.storable import storable

LONGEST_BODY = 64 * 1024
MOST_FACTS, LONGEST_FACT_NAME, LONGEST_FACT = 20, 40, 200


def _call(view):
    """Parse, find the agent, check the origin, and answer a refusal in words."""

    @functools.wraps(view)
    async def answer(request, public_id, **rest):
        try:
            if request.method != "POST":
                raise BadRequest()
            body = _body(request)
            agent = await database_unit(verify.agent_of, public_id)
            origin = verify.origin(agent, request)
            response = await view(request, agent, body, **rest)
        except OwnerError as problem:
            origin = request.headers.get("Origin", "")  # so that the page may read why
            response = _problem(problem)
        if origin:
            response["Access-Control-Allow-Origin"] = origin
            response["Vary"] = "Origin"
        response["Cache-Control"] = "no-store"
        return response

    return open_to_visitors(csrf_exempt(answer))


def _body(request):
    if len(request.body) > LONGEST_BODY:
        raise BadRequest()
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadRequest() from None
    if not isinstance(body, dict):
        raise BadRequest()
    return {key: storable(value) if isinstance(value, str) else value for key, value in body.items()}


def _text(body, key):
    value = body.get(key) or ""
    if not isinstance(value, str):
        raise BadRequest()
    return value


def _facts(said):
    """The attributes that a page gives: a few short names with short values; whatever else is passed over."""
    if not isinstance(said, dict):
        return {}
    return {
        storable(name)[:LONGEST_FACT_NAME]: storable(str(value))[:LONGEST_FACT]
        for name, value in list(said.items())[:MOST_FACTS]
        if isinstance(value, str | int | float | bool)
    }


def _problem(problem):
    status = problem.status if isinstance(problem, Refused) else 422
    told = {
        "type": f"urn:berrydesk:{problem.code}",
        "title": problem.message,
        "status": status,
        "detail": str(problem),
    }
    answer = HttpResponse(json.dumps(told), status=status, content_type="application/problem+json")
    if isinstance(problem, TooFast):
        answer["Retry-After"] = str(problem.after_s)
        answer["Access-Control-Expose-Headers"] = "Retry-After"
    return answer


@_call
async def open_chat(request, agent, body):
    is_preview = verify.is_preview(agent, body.get("preview"))
    try:
        visitor = verify.visitor_of(agent, body.get("token"))
    except Refused:
        visitor = verify.new_visitor(request, is_preview=is_preview)
    origin = verify.origin(agent, request)
    told = await database_unit(visiting.welcome, agent, visitor, origin=origin, page=_text(body, "page"))
    return JsonResponse(told)


@_call
async def messages(request, agent, body):
    visitor = verify.visitor_of(agent, body.get("token"))
    told, _turn_id = await asking.write(
        agent,
        visitor,
        text=_text(body, "text"),
        client_id=_text(body, "client_id")[:64],
        page=_text(body, "page"),
        page_facts=_facts(body.get("attributes")),
    )
    return JsonResponse(told)


@_call
async def email(request, agent, body):
    visitor = verify.visitor_of(agent, body.get("token"))
    told, _turn_id, _known = await asking.leave_email(
        agent, visitor, email=_text(body, "email"), client_id=_text(body, "client_id")[:64]
    )
    return JsonResponse(told)


@_call
async def events(request, agent, body):
    visitor = verify.visitor_of(agent, body.get("token"))
    conversation_id = await database_unit(visiting.following, agent, visitor)
    response = StreamingHttpResponse(
        _lines(agent.workspace_id, conversation_id, _text(body, "after")), content_type="text/event-stream"
    )
    response["X-Accel-Buffering"] = "no"
    return response


async def _lines(workspace_id, conversation_id, after):
    yield b": here\n\n"
    async for news in following.follow(workspace_id, conversation_id, after):
        if news is None:
            yield b": still here\n\n"
        else:
            data = json.dumps(news.data, ensure_ascii=False)
            yield f"id: {news.position}\nevent: {news.kind}\ndata: {data}\n\n".encode()


@_call
async def person(request, agent, body):
    visitor = verify.visitor_of(agent, body.get("token"))
    return JsonResponse(
        await database_unit(visiting.ask_for_person, agent, visitor, page=_text(body, "page"))
    )


@_call
async def back(request, agent, body):
    visitor = verify.visitor_of(agent, body.get("token"))
    return JsonResponse(await database_unit(visiting.back_to_agent, agent, visitor))


@_call
async def decide(request, agent, body, run_id, is_yes):
    visitor = verify.visitor_of(agent, body.get("token"))
    return JsonResponse(await database_unit(visiting.decide, agent, visitor, run_id, is_yes=is_yes))


@_call
async def identify(request, agent, body):
    visitor = verify.visitor_of(agent, body.get("token"))
    return JsonResponse(await database_unit(visiting.identify, agent, visitor, body.get("jwt")))
