"""A relay before Berrydesk that refuses messages for a while, as a busy gateway's limit does."""

import re

from tests.peers.relay import Relay

_REFUSAL = (
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/html\r\nContent-Length: 13\r\nRetry-After: %d\r\n"
    b"Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\nConnection: close\r\n\r\n<p>Slowly</p>"
)


class LimitingRelay(Relay):
    """The next ``refusals`` messages are answered 429, to come again after ``after_s``."""

    def __init__(self, port, *, after_s=1):
        self.after_s, self.refusals, self.refused = after_s, 0, 0
        super().__init__(port)

    def forth(self, parts, visitor, server):
        for part in parts:
            if self.refusals and re.match(rb"POST /widget/[^/ ]+/messages ", part):
                self.refusals -= 1
                self.refused += 1
                visitor.sendall(_REFUSAL % self.after_s)
                return
            server.sendall(part)
