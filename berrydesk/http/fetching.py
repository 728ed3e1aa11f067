"""Fetch a page that a stranger named, without being led to an address the owner did not mean.

The name is looked up once, every address is checked, and the checked address itself is connected to, so
that a second look-up cannot answer differently. Redirects are followed here, each checked like the first.
Size and time are limited while the answer arrives, after unpacking too.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime

import httpcore
from django.conf import settings
from django.utils import timezone

from berrydesk import __version__
from berrydesk.http import addresses, errors

USER_AGENT = f"Berrydesk/{__version__}"
LIMIT_BYTES = 20 * 1024 * 1024
TIME_S = 30
CONNECT_S = 10
REDIRECTS = 5
REDIRECT_STATUS = (301, 302, 303, 307, 308)
CONDITIONS = ("if-none-match", "if-modified-since")
MB = 1024 * 1024
NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "UNEXPECTED_EOF_WHILE_READING",
)
"""What OpenSSL says of plain words, or of silence, where a handshake was expected: no certificate was shown."""
_CHUNK = 64 * 1024


@dataclass
class Fetched:
    """An answer: ``url`` is where it came from in the end, ``headers`` have lower-case names."""

    url: str
    status: int
    headers: dict
    body: bytes
    redirects: list = field(default_factory=list)

    @property
    def media_type(self):
        return _content_type(self.headers)[0]

    @property
    def charset(self):
        return _content_type(self.headers)[1]


class Fetcher:
    """Fetches one thing after another over kept connections. Not for several threads at once.

    ``resolve(host)`` gives the addresses of a name as strings; ``allow`` the operator's entries.
    """

    def __init__(self, *, allow=None, resolve=None, user_agent=USER_AGENT):
        entries = settings.BERRYDESK_FETCH_ALLOW if allow is None else allow
        self.allowance = addresses.Allowance(entries)
        self.user_agent = user_agent
        self._door = _Door(self.allowance, resolve or look_up)
        self._pool = httpcore.ConnectionPool(
            network_backend=self._door, max_connections=4, keepalive_expiry=20, ssl_context=_tls()
        )

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self.close()

    def close(self):
        self._pool.close()

    def fetch(
        self, url, *, limit_bytes=LIMIT_BYTES, time_s=TIME_S, headers=None, accept="*/*", on_redirect=None
    ):
        """The answer to GET ``url``, redirects followed. Raises a ``FetchError`` that says why there is none.

        ``on_redirect(address)`` is called before each redirect is followed, and may raise. Where ``headers``
        ask only for what has changed, the answer may be a 304 without a body.
        """
        target = addresses.parse(url)
        self._door.ends_at = ends_at = time.monotonic() + time_s
        sent = {"User-Agent": self.user_agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
        sent |= headers or {}
        passed = []
        while True:
            self._door.target = target
            answer = self._one(target, sent, limit_bytes, time_s)
            if answer.status not in REDIRECT_STATUS or not answer.headers.get("location"):
                break
            passed.append(str(target))
            following = self._following(target, answer.headers["location"])
            if str(following) in passed or len(passed) > REDIRECTS:
                raise errors.TooManyRedirects(url=url)
            if (following.scheme, following.host, following.port) != (
                target.scheme,
                target.host,
                target.port,
            ):
                sent = {k: v for k, v in sent.items() if k.lower() not in ("authorization", "cookie")}
            if on_redirect is not None:
                on_redirect(str(following))
                self._door.ends_at = ends_at  # what was called may have fetched something itself
            target = following
        answer.redirects = passed
        if answer.status == 304 and any(name.lower() in CONDITIONS for name in sent):
            return answer
        if not 200 <= answer.status < 300:
            raise errors.of_status(
                answer.status,
                url=str(target),
                host=target.host,
                retry_after_s=retry_after(answer.headers.get("retry-after")),
            )
        return answer

    def _following(self, target, location):
        location = re.sub(r"[\x00-\x20]", lambda m: f"%{ord(m[0]):02X}", location.strip())
        try:
            return addresses.parse(str(target.url.join(location)))
        except (ValueError, TypeError) as error:  # httpx.InvalidURL among them
            raise errors.BrokenAnswer(host=target.host, url=str(target)) from error

    def _one(self, target, sent, limit_bytes, time_s):
        """One request and its answer; failures of the network in the owner's words."""
        request = httpcore.Request(
            "GET",
            httpcore.URL(
                scheme=target.scheme.encode(),
                host=target.host.encode(),
                port=None if target.url.port is None else target.port,
                target=target.url.raw_path or b"/",
            ),
            headers=[("Host", target.url.netloc.decode("ascii")), *sent.items()],
            extensions={"timeout": {"connect": CONNECT_S, "read": time_s, "write": time_s, "pool": time_s}},
        )
        facts = {"host": target.host, "url": str(target)}
        try:
            response = self._pool.handle_request(request)
            try:
                headers = _headers(response.headers)
                wanted = response.status not in REDIRECT_STATUS and response.status < 400
                body = self._body(response, headers, limit_bytes, facts) if wanted else b""
            finally:
                response.close()
        except httpcore.TimeoutException as error:
            raise errors.TookTooLong(seconds=time_s, **facts) from error
        except httpcore.ConnectError as error:
            if (fault := _tls_fault(error)) is not None:
                kind = errors.NoTls if fault.reason in NOT_TLS else errors.TlsFailed
                raise kind(**facts) from error
            raise errors.ConnectionRefused(**facts) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error) as error:
            raise errors.BrokenAnswer(**facts) from error
        return Fetched(url=str(target), status=response.status, headers=headers, body=body)

    def _body(self, response, headers, limit_bytes, facts):
        """The unpacked body, never more than ``limit_bytes`` of it in memory."""
        too_large = errors.AnswerTooLarge(limit=max(1, limit_bytes // MB), **facts)
        if headers.get("content-length", "").isdigit() and int(headers["content-length"]) > limit_bytes:
            raise too_large
        unpack = _unpacker(headers.get("content-encoding", ""), facts)
        parts, size, arrived = [], 0, 0
        for chunk in response.iter_stream():
            arrived += len(chunk)
            for part in unpack(chunk):
                size += len(part)
                if size > limit_bytes:
                    raise too_large
                parts.append(part)
            if arrived > limit_bytes:
                raise too_large
        return b"".join(parts)


def fetch(url, **options):
    """One answer over a connection of its own; see ``Fetcher.fetch``."""
    with Fetcher() as fetcher:
        return fetcher.fetch(url, **options)


def look_up(host):
    """The addresses of a name, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(entry[4][0] for entry in found))


def retry_after(value, now=None):
    """Seconds that ``Retry-After`` asks to wait (a number or a date), or None."""
    if not value:
        return None
    if value.strip().isdigit():
        return int(value.strip()[:9])
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        return None
    return max(0, int((when - (now or timezone.now())).total_seconds()))


class _Door(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, and lets nothing last beyond ``ends_at``."""

    def __init__(self, allowance, resolve):
        self.allowance = allowance
        self.resolve = resolve
        self.target = None
        self.ends_at = 0.0
        self._inner = httpcore.SyncBackend()

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        target = self.target
        found = [ipaddress.ip_address(a) for a in self._resolved(target)]
        for position, address in enumerate(permitted := addresses.permitted(target, found, self.allowance)):
            try:
                stream = self._inner.connect_tcp(
                    str(address),
                    target.port,
                    timeout=min(CONNECT_S, self.left_s()),
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(permitted) - 1 or self.left_s() <= 0:
                    raise
            else:
                return _Stream(stream, self)
        raise httpcore.ConnectError("no address")

    def connect_unix_socket(self, path, timeout=None, socket_options=None):
        raise httpcore.ConnectError("not reachable over HTTP")

    def sleep(self, seconds):
        time.sleep(seconds)

    def left_s(self):
        """Seconds left of the whole fetch. Raises the timeout when there are none."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole fetch took too long")
        return left

    def _resolved(self, target):
        literal = addresses.as_literal(target.host)
        if literal is not None:
            return [str(literal)]
        answer = []

        def ask():
            try:
                answer.append(self.resolve(target.host))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        # The system's resolver has no time limit; a thread that hangs in it holds nothing of ours.
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(min(CONNECT_S, self.left_s()))
        if not answer:
            raise httpcore.ConnectTimeout("name look-up")
        if isinstance(answer[0], Exception) or not answer[0]:
            raise errors.NameNotFound(host=target.host, url=str(target))
        return answer[0]


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait is cut to what is left of the whole fetch."""

    def __init__(self, inner, door):
        self._inner = inner
        self._door = door

    def read(self, max_bytes, timeout=None):
        return self._inner.read(max_bytes, self._door.left_s())

    def write(self, buffer, timeout=None):
        self._inner.write(buffer, self._door.left_s())

    def close(self):
        self._inner.close()

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        inner = self._inner.start_tls(ssl_context, server_hostname, min(CONNECT_S, self._door.left_s()))
        return _Stream(inner, self._door)

    def get_extra_info(self, info):
        return self._inner.get_extra_info(info)


def _tls():
    import certifi

    context = ssl.create_default_context()  # the machine's own authorities, an intranet's among them
    context.load_verify_locations(cafile=certifi.where())
    return context


def _tls_fault(error):
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _headers(raw):
    """Header names in lower case; the first of several wins, except that X-Robots-Tag adds up."""
    found = {}
    for name, value in raw:
        name, value = name.decode("latin-1").lower(), value.decode("latin-1")
        if name == "x-robots-tag" and name in found:
            found[name] += f", {value}"
        else:
            found.setdefault(name, value)
    return found


def _content_type(headers):
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    if not headers.get("content-type"):
        return "", ""
    return message.get_content_type(), str(message.get_content_charset() or "")


def _unpacker(encoding, facts):
    """A function from packed chunks to unpacked parts, each part small whatever the ratio."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda chunk: (chunk,)
    if encoding in ("gzip", "x-gzip"):
        return _Inflater(zlib.MAX_WBITS | 16)
    if encoding == "deflate":
        return _Inflater(zlib.MAX_WBITS)
    raise errors.BrokenAnswer(**facts)


class _Inflater:
    def __init__(self, bits):
        self._bits = bits
        self._started = False
        self._zip = zlib.decompressobj(bits)

    def __call__(self, chunk):
        if not self._started and self._bits == zlib.MAX_WBITS and chunk and chunk[0] & 0x0F != 8:
            self._zip = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers send bare deflate
        self._started = True
        while chunk and not self._zip.eof:
            part = self._zip.decompress(chunk, _CHUNK)
            chunk = self._zip.unconsumed_tail
            if part:
                yield part
