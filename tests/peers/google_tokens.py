"""Google's OAuth on loopback: consent, tokens for codes, refresh tokens and signed JWTs, and their errors."""

import base64
import hashlib
import json
import secrets
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

READONLY = "https://www.googleapis.com/auth/drive.readonly"
CLIENT_ID = "1234-berry.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-secret-of-the-shop"
ROBOT = "reader@nordlicht.iam.gserviceaccount.com"


class Refused(Exception):
    """The token endpoint says no: an error word of RFC 6749 with Google's description."""

    def __init__(self, error, description="", status=400):
        self.body = {"error": error, "error_description": description}
        self.status = status


class Tokens:
    """Clients, consents and tokens. ``revoke()`` is what a person presses in their Google account."""

    def __init__(self, url):
        self.url = url
        self.access = {}
        self.refresh = {}
        self.codes = {}
        self.keys = {}
        self.consents = True
        self.granted_scope = None
        self.redirects = set()

    def consent(self, query):
        """Where the browser is sent after the consent page: back with a code, or with an error."""
        assert query["response_type"] == "code" and query["client_id"] == CLIENT_ID
        assert not self.redirects or query["redirect_uri"] in self.redirects
        if not self.consents:
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = f"4/{secrets.token_urlsafe(20)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'scope': query['scope']})}"

    def answer(self, form):
        """The body of a good answer to POST /token. Raises Refused."""
        grant = form.get("grant_type")
        if grant == "authorization_code":
            return self._by_code(form)
        if grant == "refresh_token":
            return self._by_refresh(form)
        if grant == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._by_jwt(form)
        raise Refused("unsupported_grant_type", f"Invalid grant_type: {grant}")

    def a_refresh_token(self, scope=READONLY):
        """A refresh token as an earlier consent left it."""
        token = f"1//{secrets.token_urlsafe(24)}"
        self.refresh[token] = scope
        return token

    def a_service_account(self, email=ROBOT):
        """The JSON key file of a new service account."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.keys[email] = key.public_key()
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": "nordlicht",
            "private_key_id": secrets.token_hex(20),
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "104857600000000000000",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
        }

    def revoke(self):
        """No token that was given so far is good for anything."""
        self.access.clear()
        self.refresh.clear()
        self.keys.clear()

    def expire(self):
        """Access tokens are over; what refreshes them is not."""
        self.access.clear()

    def _by_code(self, form):
        self._must_be_client(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            raise Refused("invalid_grant", "Malformed auth code.")
        if "code_challenge" in asked:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
                raise Refused("invalid_grant", "Invalid code verifier.")
        scope = self.granted_scope or asked["scope"]
        body = self._access_token(scope)
        if asked.get("access_type") == "offline" and asked.get("prompt") == "consent":
            body["refresh_token"] = self.a_refresh_token(scope)
        return body

    def _by_refresh(self, form):
        self._must_be_client(form)
        scope = self.refresh.get(form.get("refresh_token", ""))
        if scope is None:
            raise Refused("invalid_grant", "Token has been expired or revoked.")
        return self._access_token(scope)

    def _by_jwt(self, form):
        try:
            claims = jwt.decode(form["assertion"], options={"verify_signature": False})
            key = self.keys[claims["iss"]]
            jwt.decode(
                form["assertion"],
                key,
                algorithms=["RS256"],
                audience=[f"{self.url}/token", "https://oauth2.googleapis.com/token"],
                leeway=60,
            )
        except KeyError:
            raise Refused("invalid_grant", "Invalid grant: account not found") from None
        except jwt.InvalidTokenError:
            raise Refused("invalid_grant", "Invalid JWT Signature.") from None
        return self._access_token(claims["scope"])

    def _must_be_client(self, form):
        if form.get("client_id") != CLIENT_ID:
            raise Refused("invalid_client", "The OAuth client was not found.", 401)
        if form.get("client_secret") != CLIENT_SECRET:
            raise Refused("invalid_client", "Unauthorized", 401)

    def _access_token(self, scope):
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.access[token] = scope
        return {"access_token": token, "expires_in": 3599, "scope": scope, "token_type": "Bearer"}


def as_json(body):
    return json.dumps(body).encode()
