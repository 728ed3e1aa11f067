"""Connecting Google Drive: by signing in through the owner's own OAuth client, or by a service account's key.

Nothing is kept that Google did not accept, except the client that an owner is about to sign in with.
"""

import json

from django.db import transaction
from django.utils.translation import gettext as _

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.knowledge.connectors.drive import authorizing, client, errors
from apps.workspaces import auditing

SERVICE = "google"
KEY_CHARACTERS = 20_000
KEY_FIELDS = ("type", "project_id", "private_key_id", "private_key", "client_email", "client_id")


def connections():
    """Every connection to Google that was accepted once, the oldest first. Scope needed."""
    return every_one().exclude(checked_at=None).order_by("created_at", "pk")


def connect(workspace, secrets, *, by=None):
    """A working connection by ``service_account`` (its JSON key), or by ``client_id``, ``client_secret`` and
    ``refresh_token``; checked with a live call. Scope needed. Raises an OwnerError.
    """
    if secrets.get("refresh_token"):
        names = ("client_id", "client_secret", "refresh_token")
        kept = {name: str(secrets.get(name) or "").strip() for name in names}
        return _keep(workspace, kept, by)
    return _keep(workspace, {"service_account": _key(secrets.get("service_account"))}, by)


def prepare(workspace, *, client_id, client_secret, by=None):
    """The owner's OAuth client is kept, and waits to be signed in with. Scope needed.

    An empty ``client_secret`` is the one that is kept already. Raises ClientMissing, WrongClient, DriveUnreachable.
    """
    client_id, client_secret = client_id.strip(), client_secret.strip()
    waiting = waiting_one()
    if not client_secret:
        client_secret = _known_secret(client_id)
    if not client_id or not client_secret or not f"{client_id}{client_secret}".isascii():
        raise errors.ClientMissing()
    kept = {"client_id": client_id, "client_secret": client_secret}
    authorizing.try_client(kept)
    return keeping.keep(
        workspace,
        kind=Kind.SERVICE,
        service=SERVICE,
        name="Google Drive",
        secrets=kept,
        hint_of=client_secret,
        replacing=waiting,
    )


def waiting_one():
    """The connection whose owner has not signed in yet, or None. Scope needed."""
    return every_one().filter(checked_at=None).order_by("created_at").first()


def client_of(connection):
    """The id of the OAuth client that the connection was made by; empty for a service account."""
    return connection.secrets.get("client_id", "")


def address(connection, *, redirect, state, verifier):
    """Where the owner is sent to sign in. ``verifier`` is the secret of PKCE, which stays with us till then."""
    return authorizing.address(
        client_of(connection), redirect=redirect, state=state, verifier=verifier, account=connection.name
    )


def finish(connection, *, code, verifier, redirect, by=None):
    """The connection that came of signing in: this one, or the earlier one to the same account.

    Scope needed. Raises an OwnerError.
    """
    token = authorizing.exchange(connection.secrets, code=code, verifier=verifier, redirect=redirect)
    return _keep(
        connection.workspace_id, {**connection.secrets, "refresh_token": token}, by, made_by=connection
    )


def every_one():
    """Every connection to Google, signed in or not. Scope needed."""
    return Connection.objects.services().filter(service=SERVICE)


def check_again(connection):
    """True when Google still lets us in; what it said is on the row. Scope needed."""
    try:
        client.Drive.of(connection, patience_s=client.HURRY_S).me()
    except errors.DriveBusy as problem:
        keeping.note_check(connection, ok=connection.ok, problem=problem.as_dict())
    except errors.OwnerError as problem:
        keeping.note_check(connection, ok=False, problem=problem.as_dict())
    else:
        keeping.note_check(connection, ok=True)
    return bool(connection.ok)


def _known_secret(client_id):
    """The secret of this client, if it was typed before."""
    found = (row.secrets for row in every_one() if row.secrets.get("client_id") == client_id)
    return next((secrets.get("client_secret", "") for secrets in found), "")


def _keep(workspace, secrets, by, *, made_by=None):
    """The connection holds these secrets and is known to work; the one to the same account is replaced."""
    drive = client.Drive(secrets, account=_robot(secrets), patience_s=client.HURRY_S)
    name = str(drive.me().get("emailAddress") or _robot(secrets) or "Google Drive")[:120]
    with transaction.atomic():
        rows = connections().select_for_update()
        replacing = next((row for row in rows if row.name == name), None)
        if replacing is None and made_by and made_by.checked_at is None:
            replacing = made_by
        connection = keeping.keep(
            workspace, kind=Kind.SERVICE, service=SERVICE, name=name, secrets=secrets, replacing=replacing
        )
        keeping.note_check(connection, ok=True)
        if made_by and made_by.pk != connection.pk and made_by.checked_at is None:
            made_by.delete()
        words = _("Connected {name}.").format(name=name)
        auditing.record(connection.workspace_id, by, "connection.made", connection, words)
    return connection


def _robot(secrets):
    return secrets.get("service_account", {}).get("client_email", "")


def _key(given):
    """The fields of a service account's key that are needed. Raises NotAKeyFile."""
    if isinstance(given, str | bytes):
        if not given.strip():
            raise errors.NotAKeyFile(what=_("nothing was given."))
        if len(given) > KEY_CHARACTERS:
            raise errors.NotAKeyFile(what=_("it is far too long."))
        try:
            given = json.loads(given)
        except ValueError:
            raise errors.NotAKeyFile(
                what=_("it is not JSON. Give the whole file as Google made it.")
            ) from None
    if not isinstance(given, dict) or not given:
        raise errors.NotAKeyFile(what=_("nothing was given."))
    if "web" in given or "installed" in given:
        raise errors.NotAKeyFile(what=_("it is the file of an OAuth client. Type its ID and secret instead."))
    if given.get("type") != "service_account":
        raise errors.NotAKeyFile(what=_("its type is not service_account."))
    key = {name: given[name] for name in KEY_FIELDS if isinstance(given.get(name), str)}
    if "@" not in key.get("client_email", "") or not _is_private_key(key.get("private_key", "")):
        raise errors.NotAKeyFile(what=_("its private key or its address is missing or damaged."))
    return key


def _is_private_key(text):
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
