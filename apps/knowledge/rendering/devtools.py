"""A conversation with a browser over its two pipes (Chrome DevTools Protocol, a zero byte after each message)."""

import json
import os
import selectors
import time

LONGEST_BYTES = 64 * 1024 * 1024
TICK_S = 0.25


class Gone(Exception):
    """The browser closed its pipes, or says what nobody can read."""


class Refused(Exception):
    """The browser would not do what was asked."""


class Late(Exception):
    """It did not answer in time."""


class Wire:
    """``on_event(method, parameters)`` hears what happens while somebody waits; ``meanwhile()`` is called then, often.

    ``ends_at`` is of the monotonic clock: nothing is waited for beyond it. Not for several threads.
    """

    def __init__(self, reading, writing, *, ends_at, on_event, meanwhile):
        self._reading, self._writing = reading, writing
        self._ends_at, self._on_event, self._meanwhile = ends_at, on_event, meanwhile
        self._number, self._buffer, self._answers, self._awaited = 0, bytearray(), {}, set()
        for descriptor in (reading, writing):
            os.set_blocking(descriptor, False)

    def ask(self, method, session=None, **parameters):
        """What the browser answers. Raises Gone, Refused or Late, and what ``on_event`` and ``meanwhile`` raise."""
        number = self.tell(method, session, **parameters)
        self._awaited.add(number)
        while number not in self._answers:
            self.listen(TICK_S)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise Refused(f"{method}: {answer['error'].get('message', '')}")
        return answer.get("result", {})

    def tell(self, method, session=None, **parameters):
        """The browser is asked, and its answer passed over."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._send(json.dumps(message).encode() + b"\0")
        return self._number

    def listen(self, for_s):
        """Hear what comes within this time, or one thing at least that came."""
        self._meanwhile()
        if time.monotonic() > self._ends_at:
            raise Late
        if not self._is_ready(self._reading, selectors.EVENT_READ, for_s):
            return
        try:
            chunk = os.read(self._reading, 1024 * 1024)
        except BlockingIOError:
            return
        if not chunk or len(self._buffer) + len(chunk) > LONGEST_BYTES:
            raise Gone
        self._buffer += chunk
        if b"\0" not in chunk:
            return
        *messages, rest = bytes(self._buffer).split(b"\0")
        self._buffer = bytearray(rest)
        for message in messages:
            self._hear(message)

    def _hear(self, message):
        try:
            told = json.loads(message)
        except ValueError as error:
            raise Gone from error
        if told.get("id") in self._awaited:
            self._awaited.remove(told["id"])
            self._answers[told["id"]] = told
        elif "method" in told:
            self._on_event(told["method"], told.get("params", {}))

    def _send(self, data):
        view = memoryview(data)
        while view:
            if time.monotonic() > self._ends_at:
                raise Late
            try:
                view = view[os.write(self._writing, view) :]
            except BlockingIOError:
                self._is_ready(self._writing, selectors.EVENT_WRITE, TICK_S)
            except BrokenPipeError as error:
                raise Gone from error

    def _is_ready(self, descriptor, event, for_s):
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            return bool(selector.select(for_s))
