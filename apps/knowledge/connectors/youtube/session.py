"""The way to YouTube: one host, limited in time and size, at another address where the operator says so."""

from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from apps.connections import reaching

PUBLIC = "https://www.youtube.com"
TIME_S = 20
LIMIT_BYTES = 30 * 1024 * 1024


class TooMuch(requests.RequestException):
    """An answer that is larger than any page or caption track of YouTube."""


class _OneHost(HTTPAdapter):
    """Sends what is meant for YouTube there, or to the stand-in, and nothing anywhere else.

    Addresses of captions come out of YouTube's answers: they must not lead to other machines.
    """

    def __init__(self, base):
        self.base = base
        super().__init__(max_retries=0)

    def send(self, request, **options):
        if not request.url.startswith((f"{PUBLIC}/", f"{self.base}/")):
            raise requests.exceptions.InvalidURL(
                f"not an address of YouTube: {urlsplit(request.url).hostname}"
            )
        request.url = request.url.replace(PUBLIC, self.base, 1)
        options["timeout"] = TIME_S
        response = super().send(request, **{**options, "stream": True})
        body = bytearray()
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > LIMIT_BYTES:
                response.close()
                raise TooMuch("more than 30 MB")
        response._content = bytes(body)
        return response


def opened():
    """A new session. Use as a context manager."""
    base = reaching.base_url("youtube", PUBLIC)
    session = requests.Session()
    session.trust_env = False
    session.headers.update({"Accept-Language": "en-US"})
    for scheme in ("https://", "http://"):
        session.mount(scheme, _OneHost(base))
    return session


def is_public():
    """True where YouTube itself is asked, which wants to be asked slowly."""
    return reaching.base_url("youtube", PUBLIC) == PUBLIC
