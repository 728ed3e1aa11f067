"""ZIP archives of files: a list of what is inside, and one member at a time. Nothing is unpacked to a disk.

Runs in the child.
"""

import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib

from apps.knowledge.parsing.trouble import Unreadable
from apps.knowledge.parsing.zips import HARMLESS_BYTES, MOST_BYTES, MOST_ENTRIES, MOST_RATIO

MOST_MEMBER_BYTES = 200 * 1024 * 1024
"""As of a file that is uploaded by itself."""
LONGEST_NAME = 500
LEFT_BEHIND = re.compile(
    r"(?i)(^|/)(__MACOSX/|\.(?!\.)[^/]*$|\.(?!\.)[^/]+/|~\$[^/]*$|(thumbs\.db|desktop\.ini)$)"
)
"""What systems put into archives by themselves."""


_kept: dict = {}
"""The archive that members were last read from, open."""


def read_archive(handle, *, name):
    """``members``: [index, name] of every file inside, in the archive's order. Raises Unreadable."""
    found = {}
    for index, entry in enumerate(_checked(zipfile.ZipFile(handle), _size(handle), name)):
        shown = _name(entry)
        if not entry.is_dir() and not LEFT_BEHIND.search(shown):
            found[shown] = [index, shown]
    if not found:
        raise Unreadable("archive_empty", name=name)
    return {"title": "", "markdown": "", "members": list(found.values())}


def open_member(path, index, *, archive, name):
    """The bytes of one member as a file. ``name`` is what it is called in sentences. Raises Unreadable."""
    opened, entries = _open(path, archive)
    entry = entries[index]
    if objection := _objection(entry):
        raise Unreadable(objection, name=name, limit=MOST_MEMBER_BYTES // 1024**2)
    try:
        with opened.open(entry) as stream:
            return io.BytesIO(stream.read(MOST_MEMBER_BYTES + 1))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Unreadable("file_broken", name=name) from error


def _open(path, name):
    """The archive and its entries, kept open from member to member: its directory may be long."""
    about = os.stat(path)
    key = (path, about.st_ino, about.st_size, about.st_mtime_ns)
    if key not in _kept:
        for opened, _entries in _kept.values():
            opened.close()
        _kept.clear()
        opened = zipfile.ZipFile(path)
        _kept[key] = opened, _checked(opened, about.st_size, name)
    return _kept[key]


def _size(handle):
    size = handle.seek(0, io.SEEK_END)
    handle.seek(0)
    return size


def _checked(archive, size, name):
    """The archive's entries, when they promise no more than an archive of documents holds."""
    entries = archive.infolist()
    overlap = sum(entry.compress_size for entry in entries) > size
    if overlap or sum(entry.file_size for entry in entries if not _objection(entry)) > MOST_BYTES:
        raise Unreadable("zip_bomb", name=name)
    if len(entries) > MOST_ENTRIES:
        raise Unreadable("archive_too_many", name=name, limit=f"{MOST_ENTRIES:,}")
    return entries


def _objection(entry):
    """Why a member is not opened; "" for nothing against it."""
    path = entry.filename.replace("\\", "/")
    leads_out = path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/")
    if leads_out or stat.S_ISLNK(entry.external_attr >> 16):
        return "unsafe_member"
    if entry.flag_bits & 0x1:
        return "file_encrypted"
    if entry.file_size > MOST_MEMBER_BYTES:
        return "file_too_large"
    if entry.file_size > HARMLESS_BYTES and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        return "zip_bomb"
    return ""


def _name(entry):
    """The member's path as whoever packed it wrote it."""
    name = entry.filename
    if not entry.flag_bits & 0x800:  # no word on the charset: zipfile took it for CP437
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    name = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", name.replace("\\", "/"))
    return unicodedata.normalize("NFC", name)[-LONGEST_NAME:]
