"""Connecting Notion: by the secret of an internal integration, or by signing in through the owner's public one.

Nothing is kept that Notion did not accept, except the client that an owner is about to sign in with.
"""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.knowledge.connectors.notion import authorizing, errors
from apps.knowledge.connectors.notion.client import Notion
from apps.knowledge.models import Source, SourceKind
from apps.workspaces import auditing

SERVICE = "notion"

log = logging.getLogger(__name__)


def connections():
    """Every connection to Notion that was accepted once, the oldest first. Scope needed."""
    return every_one().exclude(checked_at=None).order_by("created_at", "pk")


def connect(workspace, secrets, *, by=None):
    """A working connection by ``secrets["token"]``, checked with a live call. Scope needed.

    The token of an integration that is known already takes the place of the older one. Raises TokenMissing,
    TokenWrong, Down, Unreachable.
    """
    token = str(secrets.get("token") or "").strip()
    if not token:
        raise errors.TokenMissing()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise errors.TokenWrong()
    try:
        bot = _who({"access_token": token})
    except errors.Revoked as problem:
        raise errors.TokenWrong() from problem
    return _keep(workspace, {"access_token": token}, bot, by)


def prepare(workspace, *, client_id, client_secret, by=None):
    """The owner's client is kept, and waits to be signed in with. Scope needed. Raises ClientMissing."""
    client_id, client_secret = client_id.strip(), client_secret.strip()
    waiting = waiting_one()
    if client_id and not client_secret:  # typed once before
        same = (row for row in every_one().order_by("-created_at") if client_of(row) == client_id)
        client_secret = next((row.secrets["client_secret"] for row in same), "")
    if not client_id or not client_secret or not f"{client_id}{client_secret}".isascii() or ":" in client_id:
        raise errors.ClientMissing()
    secrets = {"client_id": client_id, "client_secret": client_secret}
    return keeping.keep(
        workspace,
        kind=Kind.SERVICE,
        service=SERVICE,
        name="Notion",
        secrets=secrets,
        hint_of=client_secret,
        replacing=waiting,
    )


def waiting_one():
    """The connection whose owner has not signed in yet, or None. Scope needed."""
    return every_one().filter(checked_at=None).order_by("created_at").first()


def client_of(connection):
    """What an owner signs in again with: the client that this connection was made by."""
    return connection.secrets.get("client_id", "")


def finish(connection, *, code, redirect, by=None):
    """The connection that came of signing in: this one, or the one that knows the same integration.

    Scope needed. Raises ExchangeFailed, Down, Unreachable.
    """
    given = authorizing.exchange(connection.secrets, code=code, redirect=redirect)
    secrets = {**connection.secrets, **authorizing.tokens_of(given)}
    try:
        bot = _who(secrets)
    except errors.Revoked as problem:
        raise errors.ExchangeFailed(
            reason=_("its new token was refused at once."), redirect=redirect
        ) from problem
    return _keep(connection.workspace_id, secrets, bot, by, waiting=connection)


def waiting_for(connection):
    """The sources that could not be read for want of this connection. Scope needed."""
    lost = [errors.Revoked.code, errors.NotConnected.code]
    return Source.objects.filter(connection=connection, problem__code__in=lost)


def check_again(connection):
    """True when Notion still lets us in; what it said is on the row. Scope needed."""
    try:
        with Notion(connection, is_sync=False) as notion:
            notion.me()
    except (errors.Revoked, errors.MayNotRead, errors.NotConnected) as problem:
        keeping.note_check(connection, ok=False, problem=problem.as_dict())
    except (errors.Down, errors.Unreachable, errors.Busy) as problem:
        keeping.note_check(connection, ok=connection.ok, problem=problem.as_dict())
    else:
        keeping.note_check(connection, ok=True)
    return bool(connection.ok)


def every_one():
    """Every connection to Notion, also one that waits for its owner to sign in. Scope needed."""
    return Connection.objects.filter(kind=Kind.SERVICE, service=SERVICE)


def _who(secrets):
    """What Notion says of whoever holds the token: ``{bot, place, name}``. Raises Revoked and the like."""
    probe = Connection(kind=Kind.SERVICE, service=SERVICE, secrets=secrets)
    with Notion(probe, is_sync=False) as notion:
        me = notion.me()
    bot = me.get("bot") if isinstance(me.get("bot"), dict) else {}
    place = str(bot.get("workspace_id") or "")
    name = " · ".join(dict.fromkeys(str(one) for one in (bot.get("workspace_name"), me.get("name")) if one))
    return {"bot": str(me.get("id") or ""), "place": place, "name": name[:120] or "Notion"}


def _keep(workspace, secrets, bot, by, *, waiting=None):
    """The connection holds these secrets and is known to work."""
    with transaction.atomic():
        replacing = _same(bot) or waiting
        known = {**secrets, "bot": bot["bot"], "place": bot["place"]}
        connection = keeping.keep(
            workspace,
            kind=Kind.SERVICE,
            service=SERVICE,
            name=bot["name"],
            secrets=known,
            hint_of=secrets["access_token"],
            replacing=replacing,
        )
        keeping.note_check(connection, ok=True)
        _adopt(connection, bot["place"])
        if waiting and waiting.pk != connection.pk and waiting.checked_at is None:
            waiting.delete()
        words = _("Connected {name}.").format(name=connection.name)
        auditing.record(connection.workspace_id, by, "connection.made", connection, words)
    return connection


def _adopt(connection, place):
    """Sources that lost their connection read through this one, if they read from the same place or nowhere yet."""
    for source in Source.objects.filter(kind=SourceKind.NOTION, connection=None):
        if (place and source.bookmark.get("place") == place) or not source.documents.exists():
            Source.objects.filter(pk=source.pk).update(connection=connection)


def _same(bot):
    """The connection that this integration takes the place of: its own earlier one, or a dead one to the same place."""
    rows = list(connections().select_for_update())
    own = next((row for row in rows if bot["bot"] and row.secrets.get("bot") == bot["bot"]), None)
    dead = (
        row for row in rows if row.ok is False and bot["place"] and bot["place"] == row.secrets.get("place")
    )
    return own or next(dead, None)
