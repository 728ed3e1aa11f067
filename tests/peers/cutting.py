"""A relay before Berrydesk that cuts event streams in the middle, as bad lines do."""

from tests.peers.relay import CHUNK, Relay


class CuttingRelay(Relay):
    """The next ``cuts`` streams end inside their first ``delta``, mid-word."""

    def __init__(self, port):
        self.cuts, self.done = 0, 0
        super().__init__(port)

    def back(self, parts, visitor):
        seen = b""
        for part in parts:
            seen = (seen + part)[-2 * CHUNK :]
            at = seen.find(b"event: delta")
            if self.cuts and at >= 0:
                self.cuts -= 1
                self.done += 1
                visitor.sendall(part[: max(0, len(part) - (len(seen) - at) + 40)])
                return
            visitor.sendall(part)
