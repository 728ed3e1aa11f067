"""The one way out of a browser that runs strangers' scripts: a proxy on loopback that judges each address.

It lives as long as one page is rendered. Names are looked up here and the checked address itself is connected to,
by the same rules as ``berrydesk.http.fetching``; the browser neither looks up nor connects to anything itself.
"""

import asyncio
import base64
import collections
import contextlib
import hmac
import ipaddress
import logging
import re
import secrets
import threading
from urllib.parse import urlsplit

from django.conf import settings

from berrydesk.http import addresses, errors, fetching

log = logging.getLogger(__name__)

HEAD_BYTES = 64 * 1024
HEAD_S = 10
CLOSE_S = 0.5
MOST_REQUESTS = 400
"""Of one page: those that need more are no pages to read."""
MOST_BYTES = 50 * 1024 * 1024
"""Through the gate, in both directions together."""
READING = ("GET", "HEAD", "OPTIONS")
USER = "page"
REFUSED = "Refused by Berrydesk"
"""The words beside the number, where the gate itself answers."""
_CHUNK = 64 * 1024
_OWN = ("connection", "keep-alive", "te", "trailer", "upgrade", "expect", "host")
"""Headers that hold for one connection only, and those that we say ourselves; ``proxy-*`` are among them."""


class _Refused(Exception):
    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


class Gate:
    """A context manager; ``port`` on 127.0.0.1, and ``secret``, the password of USER. ``own`` is the page's address.

    Plain http may only be read, except that the page's own site may be posted to, as its own scripts do; what goes
    through CONNECT is sealed, so that its methods are the browser's to judge. ``resolve`` and ``allow`` as of a Fetcher,
    but what is allowed besides the public internet is reached only by a page that lies there itself: where scripts lead
    is their site's choice, not the owner's. A name is looked up once, so that it cannot change sides.
    """

    def __init__(self, own, *, allow=None, resolve=None, most_bytes=MOST_BYTES):
        entries = settings.BERRYDESK_FETCH_ALLOW if allow is None else allow
        self.own = addresses.parse(own)
        self.allowance = addresses.Allowance(entries)
        self.secret = secrets.token_urlsafe(24)
        self.port = None
        self.refused = []
        self._resolve = resolve or fetching.look_up
        self._left_bytes, self._left_requests = most_bytes, MOST_REQUESTS
        self._opened = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop = self._over = None
        self._served = set()
        self._places, self._looking_up = {}, collections.defaultdict(asyncio.Lock)

    def __enter__(self):
        self._thread.start()
        if not self._opened.wait(HEAD_S) or self.port is None:
            raise OSError("The gate could not be opened.")
        return self

    def __exit__(self, *_ignored):
        """Nothing passes any more, and what was passing is cut off."""
        with contextlib.suppress(RuntimeError):  # its loop may have ended by itself
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(HEAD_S)

    def allows(self, method, url):
        """True when a request of the page may be sent, as far as its method shows; where it leads is judged later."""
        if method in READING:
            return True
        try:
            target = addresses.parse(url)
        except errors.FetchError:
            return False
        return method == "POST" and (target.host, target.port) == (self.own.host, self.own.port)

    async def _serve(self):
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=HEAD_BYTES)
            self.port = server.sockets[0].getsockname()[1]
        finally:
            self._opened.set()
        await self._over.wait()
        server.close()
        while (
            self._served
        ):  # more than once: what comes at the same moment can swallow a cancellation (wait_for)
            for serving in self._served:
                serving.cancel()
            await asyncio.wait(self._served, timeout=CLOSE_S)

    def _meet(self, reader, writer):
        """A connection of the browser is served to its end, or to the gate's."""
        serving = asyncio.create_task(self._serve_one(reader, writer))
        self._served.add(serving)
        serving.add_done_callback(self._served.discard)

    async def _serve_one(self, reader, writer):
        ends = [writer]
        try:
            line, headers = await asyncio.wait_for(_head(reader), HEAD_S)
            method, to, _version = line
            self._check_secret(headers)
            self._left_requests -= 1
            if self._left_requests < 0:
                raise _Refused(429, "too many requests")
            if method == "CONNECT":
                outside = await self._connected(_sealed(to), ends)
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await self._pass_both(reader, writer, *outside)
            else:
                await self._forward(method, to, headers, reader, ends)
        except _Refused as refusal:
            _say_no(writer, refusal.status)
            if refusal.status != 407:
                self.refused.append(str(refusal))
                log.info("A page was refused a way out: %s", refusal)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError):
            _say_no(writer, 502)
        finally:
            for end in ends:
                end.close()  # all of them, before anything is waited for
            for end in ends:
                with contextlib.suppress(OSError, RuntimeError, TimeoutError):
                    await asyncio.wait_for(end.wait_closed(), CLOSE_S)

    def _check_secret(self, headers):
        wanted = base64.b64encode(f"{USER}:{self.secret}".encode()).decode()
        given = dict(headers).get("proxy-authorization", "")
        if not hmac.compare_digest(given.encode(), f"Basic {wanted}".encode()):
            raise _Refused(407, "no secret")

    async def _forward(self, method, to, headers, reader, ends):
        """One request in plain http, over a connection of its own."""
        if not to.lower().startswith("http://"):
            raise _Refused(400, f"not a web address: {to[:200]}")
        if not self.allows(method, to):
            raise _Refused(405, f"{method} {to[:200]}")
        target = _parsed(to)
        length = dict(headers).get("content-length", "0")
        if "transfer-encoding" in dict(headers) or not length.isdigit():
            raise _Refused(411, f"a body without a length: {to[:200]}")
        outside_reader, outside = await self._connected(target, ends)
        kept = [(n, v) for n, v in headers if n not in _OWN and not n.startswith("proxy-")]
        kept += [("host", target.url.netloc.decode("ascii")), ("connection", "close")]
        path = target.url.raw_path.decode("ascii") or "/"
        sent = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in kept) + "\r\n"
        outside.write(sent.encode("latin-1"))
        left = int(length)
        while left and (chunk := await reader.read(min(left, _CHUNK))):
            left -= len(chunk)
            await self._pass(chunk, outside)
        await self._answer(method, outside_reader, ends[0])

    async def _answer(self, method, outside_reader, writer):
        """The outside's answer is passed on to its end, which is the connection's: what is said of that is ours to say."""
        status, lines = 100, []
        while 100 <= status < 200:
            status, lines = await _answer_head(outside_reader)
        if status == 407:  # a browser would take it for our own, and ask again and again
            raise _Refused(502, "a website that poses as a proxy")
        named = [(line.partition(b":")[0].strip().lower().decode("latin-1"), line) for line in lines[1:]]
        kept = [line for name, line in named if name not in _OWN and not name.startswith("proxy-")]
        await self._pass(b"".join([lines[0], *kept, b"Connection: close\r\n\r\n"]), writer)
        facts = {name: line.partition(b":")[2].strip() for name, line in named}
        length = facts.get("content-length", b"")
        is_counted = length.isdigit() and "transfer-encoding" not in facts
        most = 0 if method == "HEAD" or status in (204, 304) else int(length) if is_counted else None
        await self._pass_all(outside_reader, writer, most)

    async def _connected(self, target, ends):
        """(reader, writer) of a connection to a checked address of the target; ``ends`` has it too, to be closed."""
        try:
            places = await self._places_of(target.host)
            permitted = addresses.permitted(target, places, await self._allowed_to_the_page())
        except errors.FetchError as problem:
            raise _Refused(403, problem.message) from problem
        for address in permitted:
            with contextlib.suppress(OSError, TimeoutError):
                found = await asyncio.wait_for(
                    asyncio.open_connection(str(address), target.port), fetching.CONNECT_S
                )
                ends.append(found[1])
                return found
        raise OSError(f"{target.host} did not accept the connection")

    async def _allowed_to_the_page(self):
        """What the operator allowed, for a page that lies there; nothing for one of the public internet."""
        own = addresses.permitted(self.own, await self._places_of(self.own.host), self.allowance)
        is_public = all(addresses.is_public(address) for address in own)
        return addresses.Allowance([]) if is_public else self.allowance

    async def _places_of(self, host):
        """The addresses of a name, as they were when it was asked for first."""
        async with self._looking_up[host]:
            if host not in self._places:
                found = await self._looked_up(host)
                self._places[host] = [ipaddress.ip_address(address) for address in found]
            return self._places[host]

    async def _looked_up(self, host):
        """The addresses of a name. The system's resolver has no time limit, so that it gets a thread to hang in."""
        literal = addresses.as_literal(host)
        if literal is not None:
            return [str(literal)]
        loop, answer = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

        def ask():
            try:
                found = self._resolve(host)
            except (OSError, UnicodeError):
                found = []
            with contextlib.suppress(RuntimeError):  # the gate was closed meanwhile
                loop.call_soon_threadsafe(lambda: answer.done() or answer.set_result(found))

        threading.Thread(target=ask, daemon=True).start()
        found = await asyncio.wait_for(answer, fetching.CONNECT_S)
        if not found:
            raise OSError(f"there is nothing called {host}")
        return found

    async def _pass_both(self, reader, writer, outside_reader, outside_writer):
        ways = [
            asyncio.create_task(self._pass_all(reader, outside_writer)),
            asyncio.create_task(self._pass_all(outside_reader, writer)),
        ]
        try:  # the first end that is reached is the end: browsers and servers of TLS say themselves what is whole
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass_all(self, reader, writer, left=None):
        """Everything that comes, or ``left`` bytes of it."""
        while left != 0 and (chunk := await reader.read(_CHUNK if left is None else min(left, _CHUNK))):
            left = None if left is None else left - len(chunk)
            await self._pass(chunk, writer)

    async def _pass(self, chunk, writer):
        self._left_bytes -= len(chunk)
        if self._left_bytes < 0:
            raise OSError("more came than one page may bring")
        writer.write(chunk)
        await writer.drain()


async def _head(reader):
    """((method, address, version), headers with lower-case names)."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    if not re.fullmatch(r"[A-Z]+ [\x21-\x7e]+ HTTP/1\.[01]", first):
        raise _Refused(400, "not a request")
    headers = [
        (name.lower(), value.strip()) for name, _colon, value in (line.partition(":") for line in lines)
    ]
    if not all(
        re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+", name) and "\n" not in value for name, value in headers
    ):
        raise _Refused(400, "broken headers")
    return first.split(" "), headers


async def _answer_head(reader):
    """(status, lines) of an answer, each line with its end."""
    lines, size = [], 0
    while (line := await reader.readline()) not in (b"\r\n", b"\n"):
        size += len(line)
        if not line.endswith(b"\n") or size > HEAD_BYTES:
            raise ValueError("not the head of an answer")
        lines.append(line)
    found = re.match(rb"HTTP/1\.[01] (\d{3})\b", lines[0] if lines else b"")
    if not found:
        raise ValueError("not an answer")
    return int(found[1]), lines


def _sealed(authority):
    """The target that CONNECT names."""
    if set("/?#@") & set(authority) or urlsplit(f"//{authority}").port is None:
        raise _Refused(400, f"not a server: {authority[:200]}")
    return _parsed(f"https://{authority}")


def _parsed(url):
    try:
        return addresses.parse(url)
    except errors.FetchError as problem:
        raise _Refused(403, problem.message) from problem


def _say_no(writer, status):
    asks = f'Proxy-Authenticate: Basic realm="{USER}"\r\n' if status == 407 else ""
    with contextlib.suppress(OSError, RuntimeError):
        answer = f"HTTP/1.1 {status} {REFUSED}\r\n{asks}Content-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(answer.encode())
