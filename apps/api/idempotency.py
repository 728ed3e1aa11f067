"""One effect per ``Idempotency-Key``, however often and however concurrently a call is sent."""

import hashlib

from django.db import transaction
from django.http import HttpResponse

from apps.api.errors import BadKey, KeyReused
from apps.api.models import IdempotentCall

HEADER = "Idempotency-Key"
_WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def key_of(request):
    """The call's key, or an empty string. Raises BadKey."""
    if request.method not in _WRITING or HEADER not in request.headers:
        return ""
    key = request.headers[HEADER].strip()
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise BadKey()
    return key


def fingerprint(request):
    """What must be the same for two calls to be one."""
    whole = f"{request.method} {request.get_full_path()}\n".encode() + _content(request)
    return hashlib.sha256(whole).hexdigest()


def _content(request):
    if not (request.content_type or "").startswith("multipart/"):
        return request.body
    # The boundary differs each time the same form is sent: what it carries counts.
    digest = hashlib.sha256(repr(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"{name}\0{file.name}\0".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.digest()


def once(workspace_id, key, print_, call):
    """The response of ``call()``, made in the transaction that keeps it; a repetition gets the kept one.

    Only what succeeded is kept. Raises KeyReused.
    """
    with transaction.atomic():
        row = IdempotentCall(workspace_id=workspace_id, key=key, fingerprint=print_)
        # Waits here for a concurrent call under the same key.
        IdempotentCall.objects.bulk_create([row], ignore_conflicts=True)
        known = IdempotentCall.objects.get(key=key)
        if known.pk != row.pk:
            if known.fingerprint != print_:
                raise KeyReused()
            return _again(known)
        response = call()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        known.status, known.body = response.status_code, response.content.decode()
        known.save(update_fields=["status", "body"])
    return response


def _again(known):
    response = HttpResponse(known.body, status=known.status, content_type="application/json; charset=utf-8")
    response["Idempotent-Replayed"] = "true"
    return response
