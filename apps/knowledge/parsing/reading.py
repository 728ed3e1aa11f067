"""Which reader reads what. Runs in the child, which loads a reader when it is first needed."""

import importlib
import io

from apps.knowledge.parsing import kinds
from apps.knowledge.parsing.trouble import Unreadable

OF_HANDLES = {
    "pdf": ("from_pdf", "read_pdf"),
    "docx": ("from_docx", "read_docx"),
    "pptx": ("from_pptx", "read_pptx"),
    "xlsx": ("from_xlsx", "read_xlsx"),
    "epub": ("from_epub", "read_epub"),
    "picture": ("from_picture", "read_picture"),
}
OF_BYTES = {
    "email": ("from_email", "read_email"),
    "captions": ("from_captions", "read_captions"),
    "markdown": ("from_text", "read_markdown"),
    "csv": ("from_text", "read_csv"),
    "text": ("from_text", "read_text"),
}


def read(request, data):
    """The parsed document as a dictionary. Raises Unreadable."""
    name, charset = request["name"], request.get("charset") or ""
    if request["kind"] == "page":
        return _reader("from_html", "read_html")(
            data, name=name, charset=charset, url=request.get("url") or ""
        )
    if request["kind"] == "feed":
        from apps.knowledge.parsing.from_feed import read_feed

        return read_feed(data, name=name, charset=charset)
    if request["kind"] == "conversations":
        with opened(request, data) as handle:
            return _reader("from_conversations", "read_conversations")(handle.read(), name=name)
    if request["kind"] == "sitemap":
        return _reader("from_sitemap", "read_sitemap")(data, name=name)
    if request["kind"] == "drawing":
        with opened(request, data) as handle:
            draw = _reader("drawing", "draw")
            return draw(handle, kind=request["of"], page=request["page"], name=name)
    with opened(request, data) as handle:
        kind = kinds.kind_of(handle, name, request.get("media_type"))
        if kind == "zip":
            return _archive(request, handle)
        parsed = _read_file(kind, handle, name, charset)
    if not parsed["markdown"].strip() and not parsed.get("scanned"):
        raise Unreadable("file_without_text", name=name)
    return {**parsed, "kind": kind}


def opened(request, data):
    """What the request is about, as a file: bytes that came with it, a path, or a member of an archive there."""
    if data is not None:
        return io.BytesIO(data)
    if request.get("member") is None:
        return open(request["path"], "rb")
    open_member = _reader("from_archive", "open_member")
    return open_member(request["path"], request["member"], archive=request["archive"], name=request["name"])


def _archive(request, handle):
    if request.get("member") is not None:
        raise Unreadable("archive_inside", name=request["name"])
    if not request.get("archives"):
        raise Unreadable("unknown_type", name=request["name"], what=kinds.LOOKS["zip"])
    return _reader("from_archive", "read_archive")(handle, name=request["name"])


def _read_file(kind, handle, name, charset):
    if kind in OF_HANDLES:
        return _reader(*OF_HANDLES[kind])(handle, name=name)
    if kind == "html":
        return _reader("from_html", "read_html")(handle.read(), name=name, charset=charset, whole=True)
    return _reader(*OF_BYTES[kind])(handle.read(), name=name, charset=charset)


def _reader(module, function):
    return getattr(importlib.import_module(f"apps.knowledge.parsing.{module}"), function)
