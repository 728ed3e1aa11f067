"""Every error of the API as problem details (RFC 9457), in words an owner understands."""

import json
import logging
import secrets
from http import HTTPStatus

from django.http import HttpResponse

from apps.api import errors
from berrydesk.errors import OwnerError

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

STATUS = {
    "not_signed_in": 401,
    "role_too_low": 403,
    "not_found": 404,
    "no_such_call": 404,
    "unknown_action": 404,
    "run_not_waiting": 409,
    "run_not_lost": 409,
    "still_running": 409,
    "method_not_allowed": 405,
    "turn_not_finished": 504,
    "too_large": 413,
    "unreadable": 400,
    "unexpected": 500,
    "already_taken": 409,
    "conversation_closed": 409,
    "conversation_ended": 409,
}
"""The status of an error by its code; every other one is 422."""

_CONFLICT_ENDINGS = ("_final", "_taken", "_closed", "_running", "_conflict", "_expired")


def of(error, **extra):
    """The response for an ``OwnerError``."""
    status = STATUS.get(error.code) or (409 if error.code.endswith(_CONFLICT_ENDINGS) else 422)
    body = {
        "type": f"/api/v1/docs#problem-{error.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": f"{error.message} {error.remedy}",
        "code": error.code,
        "remedy": error.remedy,
        "errors": [{"field": name, "message": words} for name, words in getattr(error, "fields", ())],
        **extra,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Berrydesk"'
    return response


def of_validation(found):
    """The response for what pydantic refused: one entry in ``errors`` per field."""
    fields = []
    for item in found:
        where = [str(part) for part in item.get("loc", ())]
        # ninja puts the place (body, query…) and the parameter's name before the field.
        path = ".".join(where[2:] if where[:1] == ["body"] and len(where) > 2 else where[1:] or where)
        fields.append({"field": path, "code": str(item.get("type", "")), "message": str(item.get("msg", ""))})
    names = ", ".join(dict.fromkeys(f["field"] for f in fields)) or "the body"
    return of(errors.Invalid(fields=names[:300]), errors=fields)


def of_crash(request, error):
    """The response for what nobody foresaw: a reference number; the cause is in the log under it."""
    reference = secrets.token_hex(4)
    log.error("%s: %s %s failed", reference, request.method, request.path, exc_info=error)
    return of(errors.Unexpected(reference=reference), reference=reference)


def of_exception(request, error):
    """The response for any exception."""
    return of(error) if isinstance(error, OwnerError) else of_crash(request, error)
