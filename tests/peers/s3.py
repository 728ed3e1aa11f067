"""A bucket over loopback HTTP: put, head, get with ranges, delete. Refuses what carries no signature.

Written from the public reference of Amazon S3 (PutObject, HeadObject, GetObject, DeleteObject), path style.
"""

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


class Bucket:
    """A running bucket ``files``. Use as a context manager; ``objects`` maps keys to bytes."""

    def __init__(self):
        self.objects = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"s3://key:secret@127.0.0.1:{self._server.server_address[1]}/files?http=1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_ignored):
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def key(self):
                return unquote(urlsplit(self.path).path.removeprefix("/files/"))

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding", "").startswith("aws-chunked"):
                    body = _unchunked(body)
                if self.refuses():
                    return
                bucket.objects[self.key()] = body
                self.answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                if self.refuses():
                    return
                body = bucket.objects.get(self.key())
                if body is None:
                    self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                    return
                asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                part = body[int(asked[1]) : int(asked[2]) + 1 if asked[2] else None] if asked else body
                self.answer(206 if asked else 200, part, ETag=f'"{hashlib.md5(body).hexdigest()}"')

            def do_DELETE(self):
                if not self.refuses():
                    bucket.objects.pop(self.key(), None)
                    self.answer(204)

            def refuses(self):
                signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=key/")
                if not signed:
                    self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                return not signed

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Last-Modified", "Thu, 26 Nov 2026 08:00:00 GMT")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_ignored):
                """A test reads ``objects`` instead."""

        return Handler


def _unchunked(body):
    """The content of a body in ``aws-chunked`` encoding."""
    whole = b""
    while body:
        size, _line, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if not length:
            break
        whole, body = whole + body[:length], body[length + 2 :]
    return whole
