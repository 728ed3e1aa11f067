"""A canary on loopback: it answers nobody and remembers whoever came, over TCP (both families) or by a datagram."""

import selectors
import socket
import threading


class Canary:
    """A context manager. ``port`` is the same for all of its doors; ``heard`` names the doors that were knocked at."""

    def __init__(self):
        self.heard = []
        self._doors = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", self.port))
        self._doors = {"tcp": tcp, "udp": udp}
        if socket.has_dualstack_ipv6():
            self._doors["tcp6"] = socket.create_server(("::1", self.port), family=socket.AF_INET6)
        self._thread.start()
        return self

    def __exit__(self, *_ignored):
        self._over.set()
        self._thread.join(5)
        for door in self._doors.values():
            door.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _listen(self):
        with selectors.DefaultSelector() as selector:
            for name, door in self._doors.items():
                selector.register(door, selectors.EVENT_READ, name)
            while not self._over.is_set():
                for key, _events in selector.select(0.05):
                    if key.data == "udp":
                        key.fileobj.recv(65536)
                    else:
                        key.fileobj.accept()[0].close()
                    self.heard.append(key.data)
