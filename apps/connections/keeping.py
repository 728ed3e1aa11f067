"""Keeping credentials: encrypted, write-only, with what the last check found."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.connections.models import Connection
from apps.workspaces import auditing

HINT_LENGTH = 4


def keep(workspace, *, kind, service, name, secrets, base_url="", hint_of="", replacing=None):
    """The connection is stored, not checked yet. Returns it. Scope needed.

    ``hint_of`` is the secret whose last characters people may see. ``replacing``: the row whose credentials
    these are from now on; what points at it goes on to work.
    """
    with transaction.atomic():
        connection = replacing or Connection(workspace_id=getattr(workspace, "pk", workspace), kind=kind)
        connection.service = service
        connection.name = name
        connection.secrets = secrets
        connection.base_url = base_url
        connection.hint = hint(hint_of)
        connection.checked_at = connection.ok = connection.problem = None
        connection.save()
    return connection


def note_check(connection, *, ok, problem=None, model_names=None):
    """What a check found is on the row: ``problem`` is ``{code, message, remedy}`` or None. Scope needed."""
    connection.checked_at = timezone.now()
    connection.ok = ok
    connection.problem = problem
    fields = ["checked_at", "ok", "problem"]
    if model_names is not None:
        connection.model_names = list(model_names)
        fields.append("model_names")
    connection.save(update_fields=fields)
    return connection


def forget(connection, *, by=None):
    """The connection and its secrets are gone; what was learned through it stays. Scope needed."""
    with transaction.atomic():
        words = _("Disconnected {name}.").format(name=connection.name)
        auditing.record(connection.workspace_id, by, "connection.removed", connection, words)
        connection.delete()


def hint(secret):
    """The end of a secret; empty for one so short that its end would give it away."""
    return secret[-HINT_LENGTH:] if len(secret) >= 4 * HINT_LENGTH else ""
