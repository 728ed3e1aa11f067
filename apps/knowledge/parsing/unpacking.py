"""Compressed answers: unpacked up to a limit, and not a byte further. Runs in the child."""

import zlib

from apps.knowledge.parsing.trouble import Unreadable

GZIP = b"\x1f\x8b"


def gunzip(data, *, name, most_bytes):
    """What ``data`` (gzip) holds. Raises Unreadable when it is broken or holds more than ``most_bytes``."""
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = unzip.decompress(data, most_bytes)
    except zlib.error as error:
        raise Unreadable("file_broken", name=name) from error
    if unzip.unconsumed_tail:
        raise Unreadable("zip_bomb", name=name)
    return text
