"""HTTP to providers: one pool per event loop, no redirects, and everything a call opened is closed with it.

What really happened on the wire is kept per call: LiteLLM turns it into exceptions of many kinds, and into
statuses that no server sent.
"""

import asyncio
import contextvars
import re
import weakref
from dataclasses import dataclass, field

import httpx

KEEPALIVE_S = 30.0

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
    ``counted`` that the provider said what was used: LiteLLM fills in a guess where it did not.
    """

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


class PooledTransport(httpx.AsyncBaseTransport):
    """A transport that keeps its sockets per event loop, so that one client serves all threads and tests."""

    def __init__(self):
        self._pools = weakref.WeakKeyDictionary()
        self._tls = None

    async def handle_async_request(self, request):
        call = _call.get()
        if call is None:
            return await self._pool().handle_async_request(request)
        try:
            response = await self._pool().handle_async_request(request)
        except httpx.HTTPError as error:
            call.error = error
            raise
        response.stream = _Watched(response.stream, call)
        call.responses.append(response)
        return response

    async def leave_loop(self):
        """Close the sockets of the running event loop: for a loop that is about to end."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.aclose()

    def _pool(self):
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            if self._tls is None:  # reading the system's certificates takes tens of milliseconds
                self._tls = httpx.create_ssl_context()
            limits = httpx.Limits(max_connections=None, keepalive_expiry=KEEPALIVE_S)
            self._pools[loop] = httpx.AsyncHTTPTransport(verify=self._tls, limits=limits, retries=0)
        return self._pools[loop]


transport = PooledTransport()


def watch():
    """The record of what the current task sends from here on."""
    call = Call()
    _call.set(call)
    return call
