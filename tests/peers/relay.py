"""What stands between a visitor and Berrydesk and passes on what both say, as proxies and lines do."""

import contextlib
import socket
import threading

CHUNK = 4096


class Relay:
    """``url`` leads to ``port``. What is passed on, and whether the line goes on after it, its kinds decide."""

    def __init__(self, port):
        self.target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self._listener.close()

    def forth(self, parts, visitor, server):
        """Hand the visitor's ``parts`` to the server; the line is cut when this returns."""
        for part in parts:
            server.sendall(part)

    def back(self, parts, visitor):
        """Hand the server's ``parts`` to the visitor; the line is cut when this returns."""
        for part in parts:
            visitor.sendall(part)

    def _accept(self):
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            server = socket.create_connection(("127.0.0.1", self.target))
            for work in (
                lambda v=visitor, s=server: self.forth(_parts(v), v, s),
                lambda v=visitor, s=server: self.back(_parts(s), v),
            ):
                threading.Thread(target=_until_cut, args=(work, visitor, server), daemon=True).start()


def _parts(source):
    while part := source.recv(CHUNK):
        yield part


def _until_cut(work, *sockets):
    with contextlib.suppress(OSError):  # one of the two is gone
        work()
    for one in sockets:
        with contextlib.suppress(OSError):  # already gone
            one.shutdown(socket.SHUT_RDWR)
        one.close()
