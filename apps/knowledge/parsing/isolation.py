"""The door to the parsers: a file goes in, Markdown or a plain sentence comes out, whatever the file does.

``Parser`` keeps one child process for several documents; it is replaced when it dies, hangs or has grown.
"""

import base64
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from apps.knowledge import errors

log = logging.getLogger(__name__)

MB = 1024 * 1024
FILE_BYTES = 200 * MB
"""As the upload box says."""
START_S = 30


@dataclass(frozen=True)
class Limits:
    """What one document may cost. Time grows with the file: ``cpu_s`` and a second for each megabyte."""

    memory_bytes: int = 1024 * MB
    cpu_s: int = 60
    wall_s: int = 90
    file_bytes: int = FILE_BYTES


@dataclass
class Parsed:
    """A document's Markdown and what was learned about it; ``about`` holds a web page's links and the like.

    ``note`` is what its owner should know about a document that was read, an ``OwnerError``. ``scanned`` are
    numbers of pages that are pictures, ``sparse`` of those that nearly are; ``texts`` then has every page's words.
    """

    title: str
    markdown: str
    language: str = ""
    pages: int = 0
    lost_pages: int = 0
    note: errors.OwnerError | None = None
    scanned: list = field(default_factory=list)
    sparse: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    about: dict = field(default_factory=dict)


class _Gone(Exception):
    """The child ended or was ended; ``why`` is the code of the sentence."""

    def __init__(self, why, detail=""):
        super().__init__(why)
        self.why = why
        self.detail = detail


class Parser:
    """Reads documents one after another in a child process. A context manager; not for several threads."""

    def __init__(self, limits=None, *, draws=False):
        self.limits = limits or Limits()
        self._draws = draws
        self._child = None

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self.close()

    def close(self):
        """The child is gone."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what was still to be written is of no use to a dead child
        child.wait()

    def parse(self, path, *, name, media_type=None, archives=False, in_steps=False):
        """The file at ``path`` as Markdown. Raises an ``errors.Unreadable`` that says why it cannot be.

        With ``archives``, a ZIP archive is no refusal: its ``about["members"]`` are for ``parse_member``. With
        ``in_steps``, pages that are pictures are left to the caller where they can be recognised at all.
        """
        size = Path(path).stat().st_size
        if size > self.limits.file_bytes:
            raise errors.FileTooLarge(name=name, limit=self.limits.file_bytes // MB)
        request = {"kind": "file", "path": str(path), "media_type": media_type}
        request |= {"archives": archives, "in_steps": in_steps}
        return self._ask(request, None, name, size)

    def parse_member(self, path, member, *, archive, name, in_steps=False):
        """As ``parse``, for the member of this index in the archive at ``path``; ``name`` names both."""
        request = {"kind": "file", "path": str(path), "member": member, "archive": archive}
        request["in_steps"] = in_steps
        return self._ask(request, None, name, Path(path).stat().st_size)

    def parse_bytes(self, data, *, name, media_type=None, charset=""):
        """As ``parse``, for what is in memory already."""
        request = {"kind": "file", "media_type": media_type, "charset": charset}
        return self._ask(request, data, name, len(data))

    def drawing(self, spot, data, *, kind, page, name):
        """A page as PNG bytes: of a PDF or a picture at ``spot`` (path, member, archive) or in ``data``."""
        request = {"kind": "drawing", "of": kind, "page": page, **spot}
        size = len(data) if data is not None else Path(spot["path"]).stat().st_size
        return base64.b64decode(self._ask(request, data, name, size).about["png"])

    def page(self, data, *, url, charset=""):
        """A web page's main content; ``about`` has its links, its canonical address and its wishes for robots."""
        return self._ask({"kind": "page", "url": url, "charset": charset}, data, url, len(data))

    def sitemap(self, data, *, url):
        """``about`` has ``urls`` and ``sitemaps``."""
        return self._ask({"kind": "sitemap", "url": url}, data, url, len(data))

    def feed(self, data, *, url, charset=""):
        """A product list; ``about`` has ``products`` and how many were ``lost``."""
        return self._ask({"kind": "feed", "url": url, "charset": charset}, data, url, len(data))

    def conversations(self, path, *, name):
        """Past conversations of the file at ``path``; ``about`` has them and how many entries were ``lost``."""
        request = {"kind": "conversations", "path": str(path)}
        return self._ask(request, None, name, Path(path).stat().st_size)

    def _ask(self, request, data, name, size):
        more_s = size // MB
        request |= {"name": name, "cpu_s": self.limits.cpu_s + more_s}
        request["bytes"] = None if data is None else len(data)
        until = time.monotonic() + self.limits.wall_s + more_s
        try:
            self._start()
            self._send(json.dumps(request).encode() + b"\n" + (data or b""), until)
            answer = json.loads(self._receive(until))
        except _Gone as gone:
            log.warning("The parser of %r was lost: %s %s", name, gone.why, gone.detail)
            self.close()
            raise errors.of_code(gone.why, name=name) from gone
        except BaseException:
            self.close()  # interrupted in the middle: its next answer would belong to this request
            raise
        if answer.pop("recycle", False):
            self.close()
        if "code" in answer:
            if answer.get("cause"):
                log.info("%r could not be parsed: %s", name, answer["cause"])
            raise errors.of_code(answer["code"], **answer["facts"])
        return self._completed(_as_parsed(answer["parsed"]), request, data)

    def _completed(self, parsed, request, data):
        """The document, unless it is nothing but pictures of text. Raises Unreadable."""
        if parsed.scanned and not parsed.markdown:
            is_picture = parsed.about.get("kind") == "picture"
            raise (errors.PictureUnread if is_picture else errors.FileScanned)(name=request["name"])
        return parsed

    def _start(self):
        if self._child is not None and self._child.poll() is None:
            return
        self.close()
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self._child = subprocess.Popen(
            [sys.executable, "-s", "-m", "apps.knowledge.parsing.child"],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **quiet},  # none of our secrets
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.set_blocking(self._child.stdin.fileno(), False)
        os.set_blocking(self._child.stdout.fileno(), False)
        hello = json.dumps({"memory_bytes": self.limits.memory_bytes, "draws": self._draws}).encode() + b"\n"
        self._send(hello, time.monotonic() + START_S)

    def _send(self, data, until):
        view, descriptor = memoryview(data), self._child.stdin.fileno()
        while view:
            self._wait(descriptor, selectors.EVENT_WRITE, until)
            try:
                view = view[os.write(descriptor, view[: 256 * 1024]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._lost()

    def _receive(self, until):
        """The child's whole answer."""
        descriptor, buffer, wanted = self._child.stdout.fileno(), bytearray(), None
        while wanted is None or len(buffer) < wanted:
            self._wait(descriptor, selectors.EVENT_READ, until)
            try:
                chunk = os.read(descriptor, MB)
            except BlockingIOError:
                continue
            if not chunk:
                raise self._lost()
            buffer += chunk
            if wanted is None and b"\n" in buffer:
                size, _, rest = bytes(buffer).partition(b"\n")
                wanted, buffer = int(size), bytearray(rest)
        return bytes(buffer)

    def _wait(self, descriptor, event, until):
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise _Gone("too_slow", "it took too long")

    def _lost(self):
        """Why the child ended by itself."""
        try:
            code = self._child.wait(5)
        except subprocess.TimeoutExpired:
            return _Gone("file_broken", "it closed its pipes")
        if code == -signal.SIGXCPU:
            return _Gone("too_slow", "it used up its processor time")
        if code in (-signal.SIGKILL, -signal.SIGABRT):
            return _Gone("too_much_memory", f"it ended with {code}")
        return _Gone("file_broken", f"it ended with {code}")


def parse(path, *, name, media_type=None, limits=None):
    """One file as Markdown, in a child of its own; see ``Parser.parse``."""
    with Parser(limits) as parser:
        return parser.parse(path, name=name, media_type=media_type)


def _as_parsed(found):
    notes = found.pop("notes", ())
    return Parsed(
        note=errors.of_code(notes[0][0], **notes[0][1]) if notes else None,
        title=found.pop("title", ""),
        markdown=found.pop("markdown", ""),
        language=found.pop("language", ""),
        pages=found.pop("pages", 0),
        lost_pages=found.pop("lost_pages", 0),
        scanned=found.pop("scanned", []),
        sparse=found.pop("sparse", []),
        texts=found.pop("texts", []),
        about=found,
    )
