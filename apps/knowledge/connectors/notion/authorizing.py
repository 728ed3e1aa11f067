"""Signing in at Notion (OAuth 2): where the owner is sent, and what comes of it."""

import logging
from urllib.parse import urlencode

import httpx
from notion_client import Client
from notion_client.errors import HTTPResponseError, NotionClientErrorBase

from apps.connections import reaching
from apps.connections.models import Connection
from apps.knowledge.connectors.notion import errors

PUBLIC = "https://api.notion.com"
VERSION = "2025-09-03"
TIMEOUT_MS = 30_000

log = logging.getLogger(__name__)
quiet = logging.getLogger("notion_client")
"""The library's own lines; it writes no header and no secret."""


def plain_client(token=None, *, timeout_ms=TIMEOUT_MS):
    """Notion's own library, without its retries: ours hand over to a later run instead of sleeping."""
    return Client(
        auth=token,
        base_url=reaching.base_url("notion", PUBLIC),
        notion_version=VERSION,
        timeout_ms=timeout_ms,
        retry=False,
        logger=quiet,
        log_level=logging.ERROR,
    )


def address(client_id, *, redirect, state):
    """Where the owner is sent to choose the pages and to allow access."""
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "owner": "user",
        "redirect_uri": redirect,
        "state": state,
    }
    return f"{reaching.base_url('notion', PUBLIC)}/v1/oauth/authorize?{urlencode(asked)}"


def exchange(secrets, *, code, redirect):
    """What Notion gives for the code: access_token, perhaps refresh_token, workspace_name. Raises ExchangeFailed."""
    try:
        return _token(secrets, grant_type="authorization_code", code=code, redirect_uri=redirect)
    except HTTPResponseError as error:
        log.warning("Notion refused the code: %s %s", error.status, error)
        raise errors.ExchangeFailed(reason=_words(error), redirect=redirect) from error


def refreshed(connection):
    """A token that is newer than the one of ``connection``, kept; None when there is no way to one. Scope needed.

    Another worker may have been faster: then its token is the newer one.
    """
    kept = _newer(connection)
    if kept or not connection.secrets.get("refresh_token"):
        return kept
    try:
        given = _token(
            connection.secrets, grant_type="refresh_token", refresh_token=connection.secrets["refresh_token"]
        )
    except HTTPResponseError as error:
        log.warning("Notion refused to renew the token of connection %s: %s", connection.pk, error)
        return _newer(connection)
    connection.secrets = {**connection.secrets, **tokens_of(given)}
    Connection.objects.filter(pk=connection.pk).update(secrets=connection.secrets)
    return connection.secrets["access_token"]


def tokens_of(given):
    """The tokens in Notion's answer."""
    return {name: given[name] for name in ("access_token", "refresh_token") if given.get(name)}


def _newer(connection):
    """The token that is kept by now, if it is another one than ours."""
    row = Connection.objects.filter(pk=connection.pk).first()
    if row is None or row.secrets.get("access_token") == connection.secrets.get("access_token"):
        return None
    connection.secrets = row.secrets
    return row.secrets.get("access_token")


def _token(secrets, **asked):
    client = plain_client()
    try:
        return client.oauth.token(secrets.get("client_id", ""), secrets.get("client_secret", ""), **asked)
    except HTTPResponseError as error:
        if error.status >= 500 or error.status == 429:
            raise errors.Down(status=error.status) from error
        raise
    except (httpx.HTTPError, NotionClientErrorBase, ValueError) as error:
        raise errors.Unreachable() from error
    finally:
        client.close()


def _words(error):
    """The reason in Notion's answer: ``{error, error_description}`` or ``{code, message}``."""
    try:
        said = httpx.Response(error.status, text=error.body).json()
    except ValueError:
        said = {}
    reason = said.get("error_description") or said.get("error") or said.get("message") if said else None
    return f"{reason or error.status}".rstrip(".")[:200] + "."
