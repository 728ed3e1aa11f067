"""HTTP to providers: one pool per event loop, no redirects, and everything a call opened is closed with it.

Connections go to checked addresses only: whatever an admin typed, it leads to no metadata server, and into
one's own network only for a server of one's own.

What really happened on the wire is kept per call: LiteLLM turns it into exceptions of many kinds, and into
statuses that no server sent.
"""

import asyncio
import contextlib
import contextvars
import ipaddress
import re
import socket
import weakref
from dataclasses import dataclass, field

import httpcore
import httpx
from django.conf import settings

from berrydesk.http import addresses
from berrydesk.http.errors import AddressNotAllowed

KEEPALIVE_S = 30.0
NEXT_AFTER_S = 1.0
"""A name with several addresses, some of them out of reach (IPv6 often is), costs no more for each."""

_END = re.compile(
    rb'\[DONE\]|"finish_reason"\s*:\s*"|"finishReason"\s*:\s*"|"stop_reason"\s*:\s*"|"message_stop"|"error"\s*:'
)
_COUNTED = re.compile(rb'"(usage|usageMetadata)"\s*:\s*\{')

_OVERLAP = 40
"""Bytes carried over between pieces: a mark of the end may be cut in two."""

_call = contextvars.ContextVar("provider_call", default=None)


@dataclass
class Call:
    """One request to a provider as the wire saw it.

    ``error`` is what the network did; ``ended`` says that a streamed answer came to its own end,
    ``counted`` that the provider said what was used: LiteLLM fills in a guess where it did not. ``private``
    lets it reach one's own network.
    """

    private: bool = False
    responses: list = field(default_factory=list)
    error: Exception | None = None
    ended: bool = False
    counted: bool = False

    @property
    def status(self):
        """The status of the last answer; None when none came."""
        return self.responses[-1].status_code if self.responses else None

    @property
    def streams(self):
        """True when the answer is a stream of server-sent events."""
        return bool(self.responses) and "event-stream" in self.responses[-1].headers.get("content-type", "")

    def header(self, name):
        return self.responses[-1].headers.get(name) if self.responses else None

    async def close(self):
        """Every connection is given back, or dropped when its answer was cut short."""
        for response in self.responses:
            await response.aclose()


class _Watched(httpx.AsyncByteStream):
    """Passes an answer on and notes how it ends."""

    def __init__(self, stream, call):
        self._stream = stream
        self._call = call

    async def __aiter__(self):
        tail = b""
        try:
            async for piece in self._stream:
                seen = tail + piece
                self._call.ended = self._call.ended or bool(_END.search(seen))
                self._call.counted = self._call.counted or bool(_COUNTED.search(seen))
                tail = seen[-_OVERLAP:]
                yield piece
        except httpx.HTTPError as error:
            self._call.error = error
            raise

    async def aclose(self):
        await self._stream.aclose()


class AddressRefused(httpcore.ConnectError):
    """The name leads where no model server may be."""


class _Door(httpcore.AsyncNetworkBackend):
    """Looks a name up once, checks what it resolves to, and connects to just that."""

    def __init__(self, private):
        self._private = private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        permitted = await self._look_up(host, port, timeout)
        for address in permitted[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(
                    str(address),
                    port,
                    min(timeout or NEXT_AFTER_S, NEXT_AFTER_S),
                    local_address,
                    socket_options,
                )
        return await self._inner.connect_tcp(str(permitted[-1]), port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, path, timeout=None, socket_options=None):
        raise httpcore.ConnectError("not reachable over HTTP")

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)

    async def _look_up(self, host, port, timeout):
        try:
            async with asyncio.timeout(timeout):
                answer = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} could not be looked up in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        found = list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in answer))
        allowance = addresses.Allowance(settings.BERRYDESK_FETCH_ALLOW)
        try:
            return addresses.permitted_servers(host, port, found, allowance, private=self._private)
        except AddressNotAllowed as problem:
            raise AddressRefused(str(problem)) from problem


class _Checked(httpx.AsyncHTTPTransport):
    """httpx's own transport behind our door, which it lets nobody pass in."""

    def __init__(self, tls, *, private):
        super().__init__(verify=tls)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=None,
            keepalive_expiry=KEEPALIVE_S,
            retries=0,
            network_backend=_Door(private),
        )


class PooledTransport(httpx.AsyncBaseTransport):
    """A transport that keeps its sockets per event loop, so that one client serves all threads and tests."""

    def __init__(self):
        self._pools = weakref.WeakKeyDictionary()
        self._tls = None

    async def handle_async_request(self, request):
        call = _call.get()
        if call is None:
            return await self._pool(private=False).handle_async_request(request)
        try:
            response = await self._pool(private=call.private).handle_async_request(request)
        except httpx.HTTPError as error:
            call.error = error
            raise
        response.stream = _Watched(response.stream, call)
        call.responses.append(response)
        return response

    async def leave_loop(self):
        """Close the sockets of the running event loop: for a loop that is about to end."""
        for pool in self._pools.pop(asyncio.get_running_loop(), {}).values():
            await pool.aclose()

    def _pool(self, *, private):
        pools = self._pools.setdefault(asyncio.get_running_loop(), {})
        if private not in pools:
            if self._tls is None:  # reading the system's certificates takes tens of milliseconds
                self._tls = httpx.create_ssl_context()
            pools[private] = _Checked(self._tls, private=private)
        return pools[private]


transport = PooledTransport()


def watch(*, private=False):
    """The record of what the current task sends from here on; ``private``: it may reach one's own network."""
    call = Call(private=private)
    _call.set(call)
    return call
