"""Signing in at Google (OAuth 2 with PKCE): where the owner is sent, and what comes of it."""

import base64
import hashlib
import logging
from urllib.parse import urlencode

import httpx
from django.utils.translation import gettext as _

from apps.connections import reaching
from apps.knowledge.connectors.drive import client, errors

TIMEOUT_S = 15

log = logging.getLogger(__name__)


def address(client_id, *, redirect, state, verifier, account=""):
    """Where the owner is sent to choose an account and to allow reading. ``account`` is offered first."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": redirect,
        "scope": client.SCOPE,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        # Both are needed: without the second, Google gives a token that lasts only at the first consent.
        "access_type": "offline",
        "prompt": "consent",
    }
    if "@" in account:
        asked["login_hint"] = account
    return f"{reaching.base_url('google', 'https://accounts.google.com')}/o/oauth2/v2/auth?{urlencode(asked)}"


def try_client(secrets):
    """Google knows the client, as far as can be said without a consent. Raises WrongClient, DriveUnreachable."""
    answer = _token(secrets, grant_type="authorization_code", code="none", redirect_uri="urn:none")
    _must_know_client(answer)


def exchange(secrets, *, code, verifier, redirect):
    """The refresh token that the code is good for.

    Raises WrongClient, ExchangeFailed, ReadingNotAllowed, NotForever, DriveUnreachable.
    """
    answer = _token(
        secrets,
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        redirect_uri=redirect,
    )
    _must_know_client(answer)
    if "access_token" not in answer:
        raise errors.ExchangeFailed(reason=_words(answer))
    if client.SCOPE not in str(answer.get("scope", client.SCOPE)).split():
        raise errors.ReadingNotAllowed()
    if not answer.get("refresh_token"):
        raise errors.NotForever()
    return answer["refresh_token"]


def _token(secrets, **asked):
    """Google's answer as a dict, whatever its status."""
    form = {"client_id": secrets["client_id"], "client_secret": secrets["client_secret"], **asked}
    try:
        answer = httpx.post(client.token_address(), data=form, timeout=TIMEOUT_S)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise errors.DriveUnreachable() from error
    if answer.status_code >= 500 or not isinstance(said, dict):
        raise errors.DriveUnreachable()
    if answer.status_code != 200:
        log.info("Google's token server refused: %s %s", answer.status_code, said.get("error"))
        return {"error": said.get("error"), "error_description": said.get("error_description")}
    return said


def _must_know_client(answer):
    if answer.get("error") in ("invalid_client", "unauthorized_client"):
        raise errors.WrongClient()


def _words(answer):
    found = answer.get("error_description") or answer.get("error") or _("it gave no reason")
    return str(found).rstrip(".")[:200]
