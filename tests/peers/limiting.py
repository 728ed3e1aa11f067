"""A relay before Berrydesk that refuses messages for a while, as a busy gateway's limit does."""

import contextlib
import re
import socket
import threading

_CHUNK = 65536
_REFUSAL = (
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/html\r\nContent-Length: 13\r\nRetry-After: %d\r\n"
    b"Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\nConnection: close\r\n\r\n<p>Slowly</p>"
)


class LimitingRelay:
    """``url`` leads to ``port``; the next ``refusals`` messages are answered 429, to come again after ``after_s``."""

    def __init__(self, port, *, after_s=1):
        self.target, self.after_s, self.refusals, self.refused = port, after_s, 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            far = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._forth, args=(near, far), daemon=True).start()
            threading.Thread(target=self._back, args=(far, near), daemon=True).start()

    def _forth(self, near, far):
        try:
            while part := near.recv(_CHUNK):
                if self.refusals and re.match(rb"POST /widget/[^/ ]+/messages ", part):
                    self.refusals -= 1
                    self.refused += 1
                    near.sendall(_REFUSAL % self.after_s)
                    break
                far.sendall(part)
        except OSError:
            pass  # the other side is gone
        _end(near, far)

    def _back(self, far, near):
        try:
            while part := far.recv(_CHUNK):
                near.sendall(part)
        except OSError:
            pass  # the visitor left
        _end(near, far)


def _end(*sockets):
    for one in sockets:
        with contextlib.suppress(OSError):  # already gone
            one.shutdown(socket.SHUT_RDWR)
        one.close()
