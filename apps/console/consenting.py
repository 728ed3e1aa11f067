"""Signing in at another service: the browser leaves with a word that only its own session brings back, once."""

import secrets
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

KEY = "consents"
HERE = ("localhost", "127.0.0.1")
MINUTES = 15
MOST = 5
"""Begun at the same time in one session; the oldest is forgotten."""


def new_verifier():
    """The secret of PKCE (RFC 7636): only who began can turn the code into a token."""
    return secrets.token_urlsafe(48)


def begin(request, *, service, agent, connection, verifier=""):
    """The word (OAuth's ``state``) that the service hands back with its answer."""
    state = secrets.token_urlsafe(32)
    begun = [one for one in request.session.get(KEY, []) if one["until"] > time.time()]
    begun.append(
        {
            "state": state,
            "service": service,
            "workspace": str(request.workspace.pk),
            "agent": agent.public_id,
            "connection": str(connection.pk),
            "verifier": verifier,
            "until": time.time() + MINUTES * 60,
        }
    )
    request.session[KEY] = begun[-MOST:]
    return state


def take(request, *, service):
    """What was begun under the state that came back: ``{agent, connection, verifier}``; None for a strange or an old one."""
    state = request.GET.get("state", "")
    begun = request.session.get(KEY, [])
    found = next(
        (one for one in begun if secrets.compare_digest(one["state"].encode(), state.encode())), None
    )
    if found is None:
        return None
    request.session[KEY] = [one for one in begun if one is not found]
    is_ours = found["service"] == service and found["workspace"] == str(request.workspace.pk)
    return found if is_ours and found["until"] > time.time() else None


def redirect_address(request, name):
    """Where the service sends the browser back to, as it must be registered there.

    On one's own machine it is the very name in the browser's bar: the session is known under no other.
    """
    here = urlsplit(request.build_absolute_uri(reverse(name)))
    if here.hostname in HERE:
        return here.geturl()
    return f"{settings.BASE_URL}{here.path}"
