"""E-books: their chapters in reading order. Runs in the child."""

import posixpath
import re
from urllib.parse import unquote

import lxml.html

from apps.knowledge.parsing.from_html import read_html
from apps.knowledge.parsing.ooxml import Package, broken_means, child
from apps.knowledge.parsing.trouble import LONGEST_CHARACTERS, Unreadable, too_long
from apps.knowledge.parsing.zips import open_checked

PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways of packing fonts, which lock nothing that is read."""


def read_epub(handle, *, name):
    """Markdown of all chapters; one without a heading is called as the table of contents calls it."""
    archive = open_checked(handle, name=name)
    with broken_means(name):
        return _Book(Package(archive), name).read()


class _Book:
    def __init__(self, package, name):
        self._package = package
        self._name = name

    def read(self):
        self._refuse_locked()
        container = self._package.tree("META-INF/container.xml")
        files = [f.get("full-path") or "" for f in container.iter("{*}rootfile")]
        main = next(path for path in [*files, ""] if path in self._package or not path)
        book = self._package.tree(main)
        if book is None:
            raise Unreadable("file_broken", name=self._name)
        self._folder = posixpath.dirname(main)
        items = {item.get("id"): item for item in book.iter("{*}item")}
        labels = self._labels(items.values())
        blocks, size = [], 0
        for entry in book.iter("{*}itemref"):
            item = items.get(entry.get("idref"))
            if item is None or item.get("media-type") not in PAGES or "nav" in _words(item.get("properties")):
                continue
            part = self._part(item.get("href") or "")
            text = self._chapter(part)
            if text and not re.search(r"(?m)^#{1,6} ", text) and labels.get(part):
                text = f"## {labels[part]}\n\n{text}"
            blocks.append(text)
            size += len(text)
            if size > LONGEST_CHARACTERS:
                raise too_long(self._name)
        about = child(book, "metadata")
        return {
            "title": _first(about, "title"),
            "language": _first(about, "language").split("-")[0].lower()[:3],
            "markdown": "\n\n".join(block for block in blocks if block),
        }

    def _refuse_locked(self):
        locks = self._package.tree("META-INF/encryption.xml")
        methods = [m.get("Algorithm") for m in locks.iter("{*}EncryptionMethod")] if locks is not None else []
        if "META-INF/rights.xml" in self._package or any(method not in FONTS for method in methods):
            raise Unreadable("book_locked", name=self._name)

    def _part(self, href, folder=None):
        folder = self._folder if folder is None else folder
        path = unquote(href.split("#")[0])
        return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")

    def _chapter(self, part):
        if part not in self._package:
            return ""
        with self._package.open(part) as stream:
            data = stream.read()
        return read_html(data, name=self._name, whole=True)["markdown"] if data.strip() else ""

    def _labels(self, items):
        """Part to its name in the table of contents, of either age."""
        found = {}
        for item in items:
            part = self._part(item.get("href") or "")
            if "nav" in _words(item.get("properties")) and part in self._package:
                with self._package.open(part) as stream:
                    links = [(a.get("href"), a.text_content()) for a in _html(stream.read()).iter("a")]
            elif item.get("media-type") == "application/x-dtbncx+xml" and part in self._package:
                links = [
                    (_src(point), " ".join(t.text or "" for t in point[0].iter("{*}text")))
                    for point in self._package.tree(part).iter("{*}navPoint")
                    if len(point)
                ]
            else:
                continue
            for href, words in links:
                target = self._part(href or "", posixpath.dirname(part))
                found.setdefault(target, re.sub(r"\s+", " ", words or "").strip())
        return found


def _html(data):
    text = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)
    return lxml.html.document_fromstring(
        text or b"<p></p>", parser=lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    )


def _src(point):
    content = child(point, "content")
    return content.get("src") if content is not None else ""


def _words(properties):
    return (properties or "").split()


def _first(about, name):
    found = child(about, name) if about is not None else None
    return re.sub(r"\s+", " ", found.text or "").strip() if found is not None else ""
