"""A website over loopback: pages that tests put there, change and take away, and the bad habits of real servers.

It remembers what was asked for (``asked``) and what it answered with 304 (``unchanged``), so that a test can say
that nothing came through. ``validators``: "etag", "modified" or both, as a server that knows them sends them.
"""

import gzip
import hashlib
import mimetypes
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

LOREM = (
    "We pack every order by hand and send it within one working day. "
    "You can follow the parcel with the number in our mail. "
    "If something is missing, write to us within two weeks and we send it again. "
)


@dataclass
class Page:
    """What one path answers. ``drip_s`` waits before each byte; ``cut`` closes after so many bytes."""

    body: bytes = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: dict = field(default_factory=dict)
    wait_s: float = 0
    drip_s: float = 0
    cut: int | None = None
    chunks: object = None
    changed_at: float = field(default_factory=time.time)


class Site:
    """A running website. Use as a context manager; ``url`` is its root, without a slash at the end."""

    def __init__(self, *, folder=None, before_each=None, validators=()):
        self.pages = {}
        self.asked = []
        self.unchanged = []
        self.validators = validators
        self.folder = Path(folder) if folder else None
        self.rewrite = {}
        self.before_each = before_each
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_ignored):
        self._server.shutdown()
        self._server.server_close()

    def put(self, path, body="", **about):
        """The path answers this from now on."""
        self.pages[path] = Page(body=body.encode() if isinstance(body, str) else body, **about)
        return f"{self.url}{path}"

    def put_page(self, path, title, text=LOREM * 3, links=(), head="", **about):
        """An ordinary HTML page with a heading, a text and links."""
        anchors = "".join(f'<li><a href="{link}">See {link}</a></li>' for link in links)
        html = (
            f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>"
            f"<nav><ul>{anchors}</ul></nav><main><h1>{title}</h1><p>{text}</p></main></body></html>"
        )
        return self.put(path, html, **about)

    def put_redirect(self, path, to, status=302):
        return self.put(path, status=status, headers={"Location": to})

    def take_away(self, path):
        del self.pages[path]

    def times_asked(self, path):
        return sum(asked == path for asked in self.asked)

    def _find(self, path):
        page = self.pages.get(path) or self.pages.get("*")
        if page:
            return page
        if self.folder:
            return self._from_folder(urlsplit(path).path)
        return Page(status=404, body=b"<h1>Not found</h1>")

    def _from_folder(self, path):
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder.resolve()):
            return Page(status=404)
        if file.is_dir() and not path.endswith("/") and (file / "index.html").is_file():
            return Page(status=301, headers={"Location": path + "/"})
        if file.is_dir():
            file = file / "index.html"
        if not file.is_file():
            return Page(status=404, body=b"<h1>Not found</h1>")
        body = file.read_bytes()
        for old, new in self.rewrite.items():
            body = body.replace(old.encode(), new.encode())
        return Page(body=body, media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream")

    def _handler(self):
        return type("Handler", (_Handler,), {"site": self})


class _Handler(BaseHTTPRequestHandler):
    """Answers for its ``site``."""

    site = None
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # as servers do: head and body are sent one after the other

    def do_GET(self):
        self.site.asked.append(self.path)
        if self.site.before_each:
            self.site.before_each(self.path)
        page = self.site._find(self.path)
        time.sleep(page.wait_s)
        try:
            if self._is_known(page):
                self.site.unchanged.append(self.path)
                self.send_response(304)
                self.end_headers()
            else:
                self._answer(page)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _validators(self, page):
        known = {}
        if "etag" in self.site.validators and page.status == 200:
            known["ETag"] = f'W/"{hashlib.md5(page.body).hexdigest()}"'
        if "modified" in self.site.validators and page.status == 200:
            known["Last-Modified"] = formatdate(page.changed_at, usegmt=True)
        return known

    def _is_known(self, page):
        """As RFC 9110 has it: the date counts only where no tag was sent."""
        known = self._validators(page)
        if "If-None-Match" in self.headers:
            return self.headers["If-None-Match"] == known.get("ETag")
        since = self.headers.get("If-Modified-Since")
        return bool(since and "Last-Modified" in known and since == known["Last-Modified"])

    def _answer(self, page):
        self.send_response(page.status)
        for name, value in self._validators(page).items():
            self.send_header(name, value)
        self.send_header("Content-Type", page.media_type)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.chunks is not None:
            self.close_connection = True
            self.end_headers()
            for chunk in page.chunks():
                self.wfile.write(chunk)
            return
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        body = page.body if page.cut is None else page.body[: page.cut]
        if page.drip_s:
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(page.drip_s)
        else:
            self.wfile.write(body)
        if page.cut is not None:
            self.close_connection = True

    def log_message(self, *_ignored):
        """A test reads ``asked`` instead."""


def packed(text):
    """The text as gzip."""
    return gzip.compress(text.encode() if isinstance(text, str) else text)
