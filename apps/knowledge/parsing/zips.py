"""A ZIP's directory, looked at before anything is unpacked. Runs in the child."""

import zipfile

from apps.knowledge.parsing.trouble import Unreadable

MOST_ENTRIES = 10_000
MOST_BYTES = 1024 * 1024 * 1024
"""Of everything inside, unpacked: pictures are never unpacked, but count."""
MOST_XML_BYTES = 150 * 1024 * 1024
"""Of one part that is read. A thousand pages of a novel are about 10 MB."""
HARMLESS_BYTES = 20 * 1024 * 1024
MOST_RATIO = 100
"""Word's own XML packs 5 to 30 times; a bomb a thousand times."""


def open_checked(handle, *, name):
    """The archive, when its directory promises nothing that a document never holds. Raises Unreadable."""
    try:
        archive = zipfile.ZipFile(handle)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Unreadable("file_broken", name=name) from error
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or total > MOST_BYTES:
        raise Unreadable("zip_bomb", name=name)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Unreadable("file_encrypted", name=name)
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > HARMLESS_BYTES and ratio > MOST_RATIO:
            raise Unreadable("zip_bomb", name=name)
        if entry.filename.endswith((".xml", ".rels")) and entry.file_size > MOST_XML_BYTES:
            raise Unreadable("zip_bomb", name=name)
    return archive
