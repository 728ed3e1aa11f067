"""A model server that speaks OpenAI's protocol over a real socket and fails in the way it is told to.

``FaultyModel(fault="drip")`` serves in a thread of its own; ``calls`` counts the completions asked for. Setting
``fault`` takes effect with the next request. Faults: ``FAULTS``; ``None`` is a fine answer.
"""

import asyncio
import json
import threading
import time

TEXT = "You can return the lamp within 30 days of delivery [1]."

_USAGE = {"prompt_tokens": 120, "completion_tokens": 14, "total_tokens": 134}

ERRORS = {
    "server_error": (500, {}, {"error": {"message": "Internal error", "type": "server_error"}}),
    "unavailable": (503, {}, {"error": {"message": "Overloaded", "type": "overloaded_error"}}),
    "rate_limited": (
        429,
        {"Retry-After": "7"},
        {"error": {"message": "Rate limit reached", "type": "requests"}},
    ),
    "no_credit": (
        429,
        {},
        {
            "error": {
                "message": "You exceeded your current quota, check billing.",
                "code": "insufficient_quota",
            }
        },
    ),
    "payment": (402, {}, {"error": {"message": "Insufficient Balance"}}),
    "bad_key": (
        401,
        {},
        {"error": {"message": "Incorrect API key provided: sk-abcdef123456.", "code": "invalid_api_key"}},
    ),
    "forbidden": (
        403,
        {},
        {"error": {"message": "This key may not use this model", "type": "permission_error"}},
    ),
    "unknown_model": (
        404,
        {},
        {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}},
    ),
    "context": (
        400,
        {},
        {
            "error": {
                "message": "This model's maximum context length is 4096 tokens",
                "code": "context_length_exceeded",
            }
        },
    ),
    "filter_at_once": (
        400,
        {},
        {"error": {"message": "Blocked by content policy", "code": "content_policy_violation"}},
    ),
}
"""Faults that are an answer with an error status."""

FAULTS = (
    *ERRORS,
    "echo_key",
    "hang",
    "hang_after_headers",
    "drip",
    "stall",
    "cut",
    "cut_politely",
    "cut_in_tool",
    "drop",
    "garbage",
    "garbage_json",
    "garbage_stream",
    "empty",
    "empty_stream",
    "filter",
    "wrong_arguments",
    "unknown_tool",
    "redirect",
    "error_event",
)


class FaultyModel:
    """The server; a context manager. ``url`` is its base URL, ``requests`` what it was sent.

    ``deltas`` are said as they are in place of ``text``. Without ``ends`` it hangs up behind a whole answer, before
    the last chunk of HTTP.
    """

    def __init__(
        self,
        fault=None,
        *,
        text=TEXT,
        deltas=(),
        usage=_USAGE,
        token_s=0.0,
        tool_after_s=0.0,
        redirect_to="",
        ends=True,
    ):
        self.fault = fault
        self.text = text
        self.deltas = deltas
        self.usage = usage
        self.token_s = token_s
        self.tool_after_s = tool_after_s
        self.redirect_to = redirect_to
        self.ends = ends
        self.calls = 0
        self.requests = []
        self.open_answers = 0
        self.hung_up = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_error):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def wait_until_hung_up(self, times=1, *, within_s=20.0):
        """True when clients left that many answers before their end."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends and self.hung_up < times:
            time.sleep(0.02)
        return self.hung_up >= times

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _connected(self, reader, writer):
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, which is its right, or the server ends
        finally:
            writer.close()

    async def _one(self, reader, writer):
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS hello, to a server that speaks plain HTTP
            return await self._raw(writer, 400, "text/plain", b"Bad Request")
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rows = head.split("\r\n")
        headers = dict(row.lower().split(": ", 1) for row in rows if ": " in row)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _version = line.split(" ")
        asked = json.loads(body) if body else {}
        sent = next((row.split(": ", 1)[1] for row in rows if row.lower().startswith("authorization: ")), "")
        self.requests.append(
            {"method": method, "path": path, "headers": headers, "body": asked, "authorization_sent": sent}
        )
        if self.fault == "redirect":
            return await self._answer(writer, 307, {"Location": self.redirect_to + path}, {})
        if method == "GET":
            return await self._list(writer)
        self.calls += 1
        self.open_answers += 1
        leaving = asyncio.ensure_future(self._watch(reader))
        try:
            await self._complete(writer, asked)
        except ConnectionError:  # it left between two words, and writing noticed before reading did
            self.hung_up += not leaving.done()
            raise
        finally:
            self.open_answers -= 1
            leaving.cancel()
        return False

    async def _watch(self, reader):
        try:
            left = not await reader.read(1)
        except ConnectionError:  # it left with words of ours unread
            left = True
        if left:
            self.hung_up += 1

    async def _list(self, writer):
        if self.fault in ERRORS and self.fault not in (
            "context",
            "filter_at_once",
            "unknown_model",
            "no_credit",
            "payment",
        ):
            return await self._answer(writer, *ERRORS[self.fault])
        if self.fault == "garbage":
            return await self._raw(writer, 200, "text/html", b"<html><h1>It works!</h1></html>")
        return await self._answer(
            writer, 200, {}, {"object": "list", "data": [{"id": "small"}, {"id": "large"}]}
        )

    async def _complete(self, writer, asked):
        fault = self.fault
        if fault == "echo_key":
            sent = self.requests[-1]["authorization_sent"]
            await self._answer(writer, 401, {}, {"error": {"message": f"No account for {sent}"}})
        elif fault in ERRORS:
            await self._answer(writer, *ERRORS[fault])
        elif fault == "hang":
            await asyncio.sleep(60)
        elif fault == "drop":
            writer.transport.abort()
        elif fault == "garbage":
            await self._raw(writer, 200, "text/html", b"<html><h1>It works!</h1></html>")
        elif fault == "garbage_json":
            await self._raw(writer, 200, "application/json", b'{"hello": ')
        elif fault == "empty":
            await self._raw(writer, 200, "application/json", b"")
        elif asked.get("stream"):
            await self._stream(writer, asked, fault)
        else:
            await self._answer(writer, 200, {}, self._whole(asked))

    async def _stream(self, writer, asked, fault):
        await _start_stream(writer)
        if fault == "hang_after_headers":
            await asyncio.sleep(60)
        if fault == "garbage_stream":
            await _chunk(writer, b"data: {not json at all\n\ndata: ]]]\n\n")
        elif fault == "error_event":
            await self._words(writer, asked, self.text.split(" ")[:3])
            await _event(
                writer, {"error": {"message": "Overloaded", "type": "overloaded_error", "code": 529}}
            )
        elif fault == "empty_stream":
            await self._end(writer, asked, "stop")
        elif fault in ("wrong_arguments", "unknown_tool", "cut_in_tool", "tools_for_ever"):
            await asyncio.sleep(self.tool_after_s)
            await self._tool(writer, asked, fault)
        elif fault == "drip":
            for letter in self.text:
                await self._words(writer, asked, [letter])
                await asyncio.sleep(0.7)
        else:
            await self._answer_in_words(writer, asked, fault)
        if fault == "cut":
            writer.transport.abort()
        elif self.ends:
            writer.write(b"0\r\n\r\n")
            await writer.drain()

    async def _answer_in_words(self, writer, asked, fault):
        if self.deltas:
            for delta in self.deltas:
                await _event(writer, _delta(asked, delta))
            return await self._end(writer, asked, "stop")
        words = [w + " " for w in self.text.split(" ")]
        if fault in ("cut", "cut_politely", "stall", "filter"):
            words = words[:4]
        await self._words(writer, asked, words)
        if fault == "stall":
            await asyncio.sleep(60)
        if fault in ("cut", "cut_politely"):
            await asyncio.sleep(0.1)
            return
        await self._end(writer, asked, "content_filter" if fault == "filter" else "stop")

    async def _words(self, writer, asked, words):
        for word in words:
            await _event(writer, _delta(asked, {"role": "assistant", "content": word}))
            if self.token_s:
                await asyncio.sleep(self.token_s)

    async def _tool(self, writer, asked, fault):
        # The last one offered: the first is always the way to a person.
        name = "launch_rocket" if fault == "unknown_tool" else asked["tools"][-1]["function"]["name"]
        call = {
            "index": 0,
            "id": "call_1",
            "type": "function",
            "function": {"name": name, "arguments": '{"payment":'},
        }
        await _event(writer, _delta(asked, {"role": "assistant", "tool_calls": [call]}))
        if fault == "cut_in_tool":
            return
        rest = ' "pi_1"}' if fault in ("unknown_tool", "tools_for_ever") else ' "pi_1'
        more = {"index": 0, "function": {"arguments": rest}}
        await _event(writer, _delta(asked, {"tool_calls": [more]}))
        await self._end(writer, asked, "tool_calls")

    async def _end(self, writer, asked, reason):
        await _event(writer, _delta(asked, {}, reason))
        if self.usage and asked.get("stream_options", {}).get("include_usage"):
            await _event(writer, {**_delta(asked, {}), "choices": [], "usage": self.usage})
        await _chunk(writer, b"data: [DONE]\n\n")

    def _whole(self, asked):
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": asked.get("model"),
            "choices": [choice],
            "usage": _USAGE,
        }

    async def _answer(self, writer, status, headers, body):
        return await self._raw(writer, status, "application/json", json.dumps(body).encode(), headers)

    async def _raw(self, writer, status, kind, body, headers=None):
        rows = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body)
        await writer.drain()
        return False


def _delta(asked, delta, reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": asked.get("model"),
        "choices": [choice],
    }


async def _start_stream(writer):
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n"
    )
    await writer.drain()


async def _event(writer, body):
    await _chunk(writer, b"data: " + json.dumps(body).encode() + b"\n\n")


async def _chunk(writer, body):
    writer.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
    await writer.drain()
