"""The audit log."""

import uuid

from django.shortcuts import render

from apps.workspaces.access import Role, open_to
from apps.workspaces.models import AuditEvent

ROWS = 50


@open_to(Role.ADMIN)
def index(request):
    """Who did what, the newest first; ``before`` is the last row of the page before."""
    rows = AuditEvent.objects.order_by("-pk")
    try:
        rows = rows.filter(pk__lt=uuid.UUID(request.GET["before"]))
    except (KeyError, ValueError):
        rows = rows.all()  # the first page, also for an address that somebody typed
    found = list(rows[: ROWS + 1])
    context = {
        "events": found[:ROWS],
        "older": found[ROWS - 1].pk if len(found) > ROWS else None,
        "place": "settings",
        "tab": "log",
    }
    return render(request, "settings/log.html", context)
