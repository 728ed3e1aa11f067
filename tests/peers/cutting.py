"""A relay before Berrydesk that cuts event streams in the middle, as bad lines do."""

import contextlib
import socket
import threading

_CHUNK = 4096


class CuttingRelay:
    """``url`` leads to ``port``; the next ``cuts`` streams end inside their first ``delta``, mid-word."""

    def __init__(self, port):
        self.target = port
        self.cuts = 0
        self.done = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
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
            threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
            threading.Thread(target=self._back, args=(far, near), daemon=True).start()

    def _pump(self, source, sink):
        try:
            while part := source.recv(_CHUNK):
                sink.sendall(part)
        except OSError:
            pass  # the other side was cut
        _end(source, sink)

    def _back(self, source, sink):
        seen = b""
        try:
            while part := source.recv(_CHUNK):
                seen = (seen + part)[-2 * _CHUNK :]
                at = seen.find(b"event: delta")
                if self.cuts and at >= 0:
                    self.cuts -= 1
                    self.done += 1
                    keep = max(0, len(part) - (len(seen) - at) + 40)
                    sink.sendall(part[:keep])
                    break
                sink.sendall(part)
        except OSError:
            pass  # the visitor left
        _end(source, sink)


def _end(*sockets):
    for one in sockets:
        with contextlib.suppress(OSError):  # already gone
            one.shutdown(socket.SHUT_RDWR)
        one.close()
