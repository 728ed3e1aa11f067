"""A customer whom the owner's site vouches for: an HS256 JWT signed with the agent's identity secret."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

from apps.channels.web.errors import BadIdentity
from apps.conversations.models import Contact, Rung
from berrydesk.text.storable import storable

LONGEST_S = 3600
LEEWAY_S = 60


def verified_contact(agent, jwt):
    """The contact that the JWT proves, created or brought up to date, and until when. Raises BadIdentity."""
    claims = _claims(agent.identity_secret, jwt)
    external_id = storable(str(claims["sub"]))[:200]
    if not external_id:
        raise BadIdentity(why="its sub names nobody")
    facts = {
        "rung": Rung.VERIFIED,
        "name": storable(str(claims.get("name", "")))[:120],
        "email": storable(str(claims.get("email", "")))[:254],
    }
    contact, _ = Contact.objects.update_or_create(
        workspace_id=agent.workspace_id, external_id=external_id, defaults=facts
    )
    return contact, datetime.fromtimestamp(claims["exp"], UTC)


def _claims(secret, jwt):
    try:
        head, body, signature = str(jwt).split(".")
        algorithm, claims = json.loads(_bytes(head))["alg"], json.loads(_bytes(body))
        signed = _bytes(signature)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise BadIdentity(why="it is not a JWT") from None
    if algorithm != "HS256":
        raise BadIdentity(why="it is not signed with HS256")
    if not hmac.compare_digest(
        signed, hmac.digest(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256)
    ):
        raise BadIdentity(why="its signature is wrong")
    expires = claims.get("exp") if isinstance(claims, dict) else None
    if not isinstance(expires, int | float) or not claims.get("sub"):
        raise BadIdentity(why="it lacks sub or exp")
    if not time.time() - LEEWAY_S < expires <= time.time() + LONGEST_S + LEEWAY_S:
        raise BadIdentity(why="it has run out, or is valid for more than an hour")
    return claims


def _bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
