"""Problem details for HTTP APIs (RFC 9457) as plain dictionaries."""

from http import HTTPStatus

CONTENT_TYPE = "application/problem+json"


def problem(status, detail, *, title="", kind="about:blank", errors=(), **more):
    """The members of a problem: ``type``, ``title``, ``status``, ``detail``, and ``errors`` per field if any.

    ``errors`` are pairs of a field and a sentence; ``more`` are members of one's own.
    """
    body = {"type": kind, "title": title or HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = [{"field": field, "message": str(words)} for field, words in errors]
    return body | more


def of(error, status, **more):
    """The problem for an ``OwnerError``: its sentence and its remedy, its code and its fields."""
    return problem(
        status,
        f"{error.message} {error.remedy}",
        errors=getattr(error, "fields", ()),
        code=error.code,
        remedy=error.remedy,
        **more,
    )
