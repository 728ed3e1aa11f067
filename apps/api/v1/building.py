"""The API put together: its areas, its errors, its document."""

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from apps.api import problems
from apps.api.errors import NoSuchCall, Unreadable
from apps.api.gate import as_problem, gated
from apps.api.v1 import (
    actions,
    agents,
    changes,
    chat,
    connections,
    conversations,
    documents,
    inbox,
    knowledge,
    providers,
    questions,
    runs,
    sources,
    sweeps,
)
from apps.workspaces.access import open_to_everyone
from berrydesk.errors import problems as every_problem

AREAS = [
    agents,
    sources,
    documents,
    changes,
    knowledge,
    questions,
    sweeps,
    connections,
    providers,
    chat,
    conversations,
    actions,
    runs,
    inbox,
]

_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code", "remedy", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, why, and what to do, in words."},
        "code": {"type": "string"},
        "remedy": {"type": "string"},
        "reference": {"type": "string", "description": "With status 500: what the log calls it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A fresh UUID per effect: the same call under the same key has its effect once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


class Token(HttpBearer):
    """Declares the scheme; the gate has checked the token before ninja looks."""

    openapi_description = "An API token: Settings, API tokens, or manage.py create_api_token."

    def authenticate(self, request, token):
        return request.caller


class Api(NinjaAPI):
    """Ninja, with every call behind the gate and every error a problem."""

    def get_openapi_schema(self, **kwargs):
        document = super().get_openapi_schema(**kwargs)
        document["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        answer = {"description": "What went wrong", "content": {problems.CONTENT_TYPE: problem}}
        for methods in document["paths"].values():
            for method, operation in methods.items():
                operation["responses"].setdefault("default", answer)
                if method in ("post", "put", "patch", "delete"):
                    operation.setdefault("parameters", []).append(_KEY)
        return document

    @property
    def urls(self):
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            pattern.callback = gated(pattern.callback)
        return ([*_open_pages(self), *patterns, _everything_else()], app_name, namespace)


def _open_pages(api):
    """The document and its page need no token: they say nothing about any workspace."""

    @open_to_everyone("The document of the API names no workspace.")
    def openapi(request):
        return JsonResponse(api.get_openapi_schema(path_prefix=request.path.removesuffix("openapi.json")))

    @open_to_everyone("The document of the API names no workspace.")
    def reference(request):
        document = api.get_openapi_schema(path_prefix=request.path.removesuffix("docs"))
        context = {"areas": _by_area(document), "document": document, "problems": _problems()}
        return render(request, "api/reference.html", context)

    return [path("openapi.json", openapi, name="openapi"), path("docs", reference, name="reference")]


def _problems():
    return [{"code": k.code, "message": k.message, "remedy": k.remedy} for k in every_problem()]


def _everything_else():
    @csrf_exempt
    @open_to_everyone("It only says that there is no such call.")
    def no_such_call(request, rest):
        return problems.of(NoSuchCall(path=request.path))

    return re_path(r"^(?P<rest>.*)$", no_such_call, name="no_such_call")


def _by_area(document):
    """Operations grouped by their tag, as the page shows them."""
    areas = {}
    for where, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            fields = [_fields(document, c.get("schema", {})) for c in body.values()]
            areas.setdefault((operation.get("tags") or ["other"])[0], []).append(
                {
                    "method": method.upper(),
                    "path": where,
                    "id": operation["operationId"],
                    "summary": operation.get("summary", ""),
                    "description": operation.get("description", ""),
                    "parameters": [_parameter(p) for p in operation.get("parameters", []) if p is not _KEY],
                    "fields": fields[0] if fields else [],
                }
            )
    return areas


def _parameter(found):
    description = found.get("description") or found.get("schema", {}).get("description", "")
    return {
        "name": found["name"],
        "in": found["in"],
        "required": found["required"],
        "description": description,
    }


def _fields(document, schema):
    """Name, type and description of each field of a body."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(what),
            "required": name in required,
            "description": what.get("description", ""),
        }
        for name, what in schema.get("properties", {}).items()
    ]


def _type(schema):
    if "anyOf" in schema:
        return " or ".join(_type(s) for s in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return schema.get("type") or schema.get("$ref", "").rsplit("/", 1)[-1] or "any"


def _build():
    api = Api(
        title="Berrydesk",
        version="1",
        description="Everything the console does. Lists are cursor-paged; errors are problem details (RFC 9457).",
        urls_namespace="api-1",
        auth=Token(),
        docs_url=None,
        openapi_url=None,
    )
    api.add_exception_handler(Exception, as_problem)
    api.add_exception_handler(ValidationError, lambda request, error: problems.of_validation(error.errors))
    api.add_exception_handler(HttpError, _of_http)
    for area in AREAS:
        api.add_router("", area.router)
    return api


def _of_http(request, error):
    """Ninja's own complaint, nearly always a body that is no JSON."""
    return problems.of(Unreadable(why=f"{error.message.rstrip('.')}."))


api = _build()
