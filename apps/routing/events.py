"""A streamed answer in OpenAI's format, read from the wire: LiteLLM's wrapper costs a millisecond for each word.

LiteLLM makes the request and understands a refusal; only what a good answer consists of is read here.
"""

import asyncio
import contextlib
import json

import httpx

END = b"[DONE]"

LEFTOVER_S = 0.05
"""What comes behind the end is read for so long: a connection whose answer was read whole serves the next question."""

LONGEST_BYTES = 4 * 2**20
"""A chunk of an answer has a few hundred bytes, and one that holds the whole of a long answer some hundred thousand."""

ALONE, EACH_S, LONGEST_S = 20, 0.0025, 0.25
"""So many answers at once are read word by word. Beyond, each waits so long between two looks for every further one:
of a hundred visitors each reads on five times a second, and a word costs the fifth of what it costs alone."""


class Crowd:
    """The answers that this process is reading."""

    def __init__(self):
        self._size = 0

    def __enter__(self):
        self._size += 1
        return self

    def __exit__(self, *_exception):
        self._size -= 1

    def pause_s(self):
        """Seconds until the next look at an answer that began."""
        return min(LONGEST_S, max(0, self._size - ALONE) * EACH_S)


crowd = Crowd()


class Plain(dict):
    """An object of JSON whose keys are attributes too; what is missing is None."""

    __getattr__ = dict.get


class ToldOfError(Exception):
    """The provider told of an error amid its answer. ``message`` are its words."""

    def __init__(self, error):
        said = error.get("message") if isinstance(error, dict) else error
        self.message = said if isinstance(said, str) and said else "An error occurred during streaming"
        super().__init__(self.message)


class TooLong(ValueError):
    """One event is longer than any chunk of an answer is: what comes is no answer."""


class Lines:
    """Server-sent events in the making (WHATWG HTML, 9.2.6): give it bytes, take the data of each whole event."""

    def __init__(self):
        self._rest, self._rest_bytes = [], 0
        self._data, self._data_bytes = [], 0

    def hear(self, piece):
        """The data of the events that ``piece`` completes. Raises TooLong behind them."""
        self._rest.append(piece)
        self._rest_bytes += len(piece)
        if b"\n" in piece or b"\r" in piece:  # a line is joined once, however many pieces it comes in
            lines = b"".join(self._rest).splitlines(keepends=True)
            rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
            self._rest, self._rest_bytes = [rest], len(rest)
            yield from self._whole(lines)
        if self._rest_bytes + self._data_bytes > LONGEST_BYTES:
            raise TooLong(f"An event of more than {LONGEST_BYTES} bytes")

    def _whole(self, lines):
        for line in lines:
            line = line.rstrip(b"\r\n")
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
                self._data_bytes += len(line)
            elif not line and self._data:
                whole = b"\n".join(self._data)
                self._data, self._data_bytes = [], 0
                yield whole


def response_of(chunks):
    """The HTTP response behind what LiteLLM returned, or None where it is not plainly a stream in OpenAI's format."""
    from openai import AsyncStream

    stream = getattr(chunks, "completion_stream", None)
    return stream.response if isinstance(stream, AsyncStream) else None


async def lists(chunks):
    """Yield what LiteLLM returned as lists of chunks that came together: read here where it can be."""
    response = response_of(chunks)
    if response is None:
        async for chunk in chunks:
            yield [chunk]
        return
    async with contextlib.aclosing(read(response)) as found:
        async for some in found:
            yield some


async def read(response):
    """Yield the chunks of the answer as ``Plain``, those that came together as one list. Raises ToldOfError."""
    lines, pieces = Lines(), response.aiter_bytes()
    with crowd:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                chunks, ending = _chunks(lines.hear(piece))
                if chunks:
                    yield chunks
                if isinstance(ending, Exception):
                    raise ending
                if ending:
                    await _leftover(pieces)
                    return
                if chunks and (pause_s := crowd.pause_s()):
                    await asyncio.sleep(pause_s)


def _chunks(events):
    """What came before the end, and the end: True for a good one, the error for another, None for none yet."""
    found = []
    try:
        for data in events:
            if data.startswith(END):
                return found, True
            chunk = json.loads(data, object_hook=Plain)
            if error := isinstance(chunk, dict) and chunk.get("error"):
                return found, ToldOfError(error)
            found.append(chunk)
    except ValueError as problem:
        return found, problem
    return found, None


async def _leftover(pieces):
    # The answer is whole: a connection that ends badly behind it spoils nothing.
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(LEFTOVER_S):
            async for _piece in pieces:
                pass
