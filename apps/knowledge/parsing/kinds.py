"""What a file is, by its bytes and by its name, which must agree. Runs in the child."""

import re
import zipfile

from apps.knowledge.parsing.trouble import Unreadable

BY_ENDING = {
    "pdf": "pdf",
    "docx": "docx",
    "docm": "docx",
    "dotx": "docx",
    **dict.fromkeys(["pptx", "pptm", "ppsx", "ppsm", "potx"], "pptx"),
    **dict.fromkeys(["xlsx", "xlsm", "xltx", "xltm"], "xlsx"),
    "epub": "epub",
    "eml": "email",
    "zip": "zip",
    **dict.fromkeys(["srt", "vtt", "sbv"], "captions"),
    **dict.fromkeys(["png", "jpg", "jpeg", "tif", "tiff", "webp"], "picture"),
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "md": "markdown",
    "mdx": "markdown",
    "markdown": "markdown",
    "mkd": "markdown",
    "txt": "text",
    "text": "text",
    "log": "text",
    "rst": "text",
    "csv": "csv",
    "tsv": "csv",
}
BY_MEDIA_TYPE = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/plain": "text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsx",
    "application/epub+zip": "epub",
    "message/rfc822": "email",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    **dict.fromkeys(["image/png", "image/jpeg", "image/tiff", "image/webp"], "picture"),
    "text/vtt": "captions",
    "application/x-subrip": "captions",
}
OTHERS = {
    "doc": "an old Word file",
    "dot": "an old Word file",
    "rtf": "a rich text file",
    "odt": "an OpenDocument text",
    "pages": "a Pages file",
    "ppt": "an old PowerPoint file",
    "pps": "an old PowerPoint file",
    "odp": "a presentation",
    "key": "a Keynote file",
    "xls": "an old Excel file",
    "xlsb": "a binary Excel file",
    "ods": "a spreadsheet",
    "numbers": "a Numbers file",
    "msg": "an Outlook message",
    "json": "a JSON file",
    "xml": "an XML file",
    "css": "a style sheet",
    **dict.fromkeys(["js", "mjs", "map", "wasm"], "a script"),
    **dict.fromkeys(["svg", "ico", "gif", "bmp", "heic", "avif", "psd", "ai", "eps"], "a drawing or picture"),
    **dict.fromkeys(["woff", "woff2", "ttf", "otf", "eot"], "a font"),
    **dict.fromkeys(["jar", "apk", "dmg", "iso", "exe", "msi", "dll", "bin"], "a program"),
}
SIGNATURES = [
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG\r\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"GIF8", "a drawing or picture"),
    (b"BM", None),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "a rich text file"),
    (b"ID3", "a recording"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
    (b"%!PS", "a PostScript file"),
]
LOOKS = {
    "pdf": "a PDF",
    "docx": "a Word file",
    "pptx": "a PowerPoint file",
    "xlsx": "an Excel file",
    "epub": "an e-book",
    "zip": "a ZIP archive",
    "picture": "a picture",
}
"""The kinds that their bytes give away."""


def kind_of(handle, name, media_type=None):
    """One of the values of ``BY_ENDING``. Raises Unreadable where name and bytes disagree."""
    handle.seek(0)
    start = handle.read(4096)
    handle.seek(0)
    if not start:
        raise Unreadable("file_empty", name=name)
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    named = BY_ENDING.get(ending) or ("" if ending in OTHERS else BY_MEDIA_TYPE.get(media_type or "", ""))
    found = _by_bytes(handle, start, name, ending)
    if named and found and found != named:
        looks = LOOKS.get(found, found)
        raise Unreadable("wrong_type", name=name, ending=f".{ending}" if ending else named, looks=looks)
    if found in LOOKS and (found != "zip" or named == "zip" or not ending):
        return found
    if found or (ending in OTHERS and not named):
        raise Unreadable("unknown_type", name=name, what=OTHERS.get(ending) or LOOKS.get(found, found))
    if named in LOOKS:
        looks = "a web page" if _is_html(start) else "something else, or damaged at its beginning"
        raise Unreadable("wrong_type", name=name, ending=f".{ending}" if ending else named, looks=looks)
    if named:
        return "html" if named == "text" and _is_html(start) and ending not in BY_ENDING else named
    return "html" if _is_html(start) else "text"


def _by_bytes(handle, start, name, ending):
    """A kind we read, a few words for one we do not, or None for what may be text."""
    if b"%PDF-" in start[:1024]:
        return "pdf"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "picture"
    for signature, kind in SIGNATURES:
        if kind and start.startswith(signature):
            if kind == "zip":
                return _in_zip(handle, name)
            if kind == "ole":
                return _in_ole(handle, name, ending)
            return kind
    return None


def _in_zip(handle, name):
    try:
        with zipfile.ZipFile(handle) as archive:
            names = set(archive.namelist()[:20_000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("file_broken", name=name) from error
    finally:
        handle.seek(0)
    if "word/document.xml" in names or any(re.fullmatch(r"word/document\d*\.xml", n) for n in names):
        return "docx"
    if "xl/workbook.bin" in names:
        return "a binary Excel file"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "ppt/presentation.xml" in names:
        return "pptx"
    if "META-INF/container.xml" in names:
        return "epub"
    return "zip"


def _in_ole(handle, name, ending):
    """Old Office files; and new ones with a password, which hide in the same wrapping."""
    handle.seek(0)
    data = handle.read(4 * 1024 * 1024)
    handle.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("file_encrypted", name=name)
    if ending not in ("doc", "xls", "ppt", "msg"):
        for stream, what in OLD:
            if stream.encode("utf-16-le") in data:
                return what
    return OTHERS.get(ending) or "an old Office file"


OLD = (
    ("WordDocument", "an old Word file"),
    ("Workbook", "an old Excel file"),
    ("PowerPoint Document", "an old PowerPoint file"),
    ("__substg1.0", "an Outlook message"),
)
"""Streams that give old Office files away."""


def _is_html(start):
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype html", b"<html")) or b"<html" in text[:2048]
