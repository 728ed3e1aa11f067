"""One effect per ``Idempotency-Key``, however often and however concurrently a call is sent."""

import hashlib
import re
from datetime import timedelta

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from apps.api.errors import BadKey, KeyReused, StillRunning
from apps.api.models import IdempotentCall

HEADER = "Idempotency-Key"
_WRITING = {"POST", "PUT", "PATCH", "DELETE"}
_SLOW = re.compile(
    r"/providers(/[^/]+/check)?$|/actions/[^/]+(/test)?$|/agents/[^/]+$"
    r"|/connections$|/sources/count$|/search$"
)
"""Calls that ask another machine: no transaction may be held meanwhile, so the key is claimed beforehand."""

_CLAIM_LASTS = timedelta(minutes=2)
"""Longer than any such call takes; a process that died under its claim blocks the key no longer than this."""


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


def once(request, key, call):
    """The response of ``call()``, had once under this key of the caller. Raises KeyReused, StillRunning."""
    facts = (request.caller.workspace_id, key, fingerprint(request), call)
    return _claimed(*facts) if _SLOW.search(request.path) else _in_one(*facts)


def _in_one(workspace_id, key, print_, call):
    """The response of ``call()``, made in the transaction that keeps it; a repetition gets the kept one.

    Only what succeeded is kept.
    """
    with transaction.atomic():
        known, is_ours = taken(workspace_id, key, print_)
        if not is_ours:
            return _again(known)
        response = call()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        known.status, known.body = response.status_code, response.content.decode()
        known.save(update_fields=["status", "body"])
    return response


def _claimed(workspace_id, key, print_, call):
    """As ``_in_one``, for calls that take seconds: the claim is seen by others at once."""
    known, is_ours = taken(workspace_id, key, print_)
    if not is_ours and not known.status:
        old = IdempotentCall.objects.filter(pk=known.pk, created_at__lt=timezone.now() - _CLAIM_LASTS)
        if not old.update(created_at=timezone.now()):
            raise StillRunning()
    elif not is_ours:
        return _again(known)
    try:
        response = call()
    except BaseException:
        known.delete()
        raise
    if response.status_code >= 400:
        known.delete()
        return response
    known.status, known.body = response.status_code, response.content.decode()
    known.save(update_fields=["status", "body"])
    return response


def taken(workspace_id, key, print_):
    """The row of this key and whether it is new. Within a transaction it waits for a concurrent call.

    Raises KeyReused.
    """
    row = IdempotentCall(workspace_id=workspace_id, key=key, fingerprint=print_)
    IdempotentCall.objects.bulk_create([row], ignore_conflicts=True)
    known = IdempotentCall.objects.get(key=key)
    if known.fingerprint != print_:
        raise KeyReused()
    return known, known.pk == row.pk


def _again(known):
    response = HttpResponse(known.body, status=known.status, content_type="application/json; charset=utf-8")
    response["Idempotent-Replayed"] = "true"
    return response
