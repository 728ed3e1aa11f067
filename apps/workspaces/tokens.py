"""Keys to the JSON API: shown once, stored as a hash, revoked at any time."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.workspaces import auditing
from apps.workspaces.models import ApiToken
from berrydesk.db.scopes import every_workspace, in_workspace

MARK = "bd_"
USED_EVERY = timedelta(minutes=1)
"""How exact ``last_used_at`` is: a row written per call would be a hot spot."""


def digest(token):
    """What is stored of a token. It carries 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(workspace, *, name, by=None):
    """A new token: its row, and the token itself, which nobody can read again."""
    token = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(
            workspace=workspace, name=name[:120], prefix=token[:10], token_hash=digest(token), created_by=by
        )
        auditing.record(
            workspace, by, "token.created", row, _("Made the API token “{name}”.").format(name=name)
        )
    return row, token


def revoke(token, *, by=None):
    """The token opens nothing from now on; revoking twice is revoking once."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            words = _("Revoked the API token “{name}”.").format(name=token.name)
            auditing.record(token.workspace_id, by, "token.revoked", token, words)
    return token


def find(token):
    """The valid row of ``token`` with its workspace, or None. Notes roughly when it was last used."""
    if not token or len(token) > 200:
        return None
    wanted = digest(token)
    with every_workspace("A token says which workspace it opens."):
        row = ApiToken.objects.valid().select_related("workspace").filter(token_hash=wanted).first()
    if row is None or not hmac.compare_digest(row.token_hash, wanted):
        return None
    now = timezone.now()
    if row.last_used_at is None or now - row.last_used_at > USED_EVERY:
        with in_workspace(row.workspace_id):
            ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row
