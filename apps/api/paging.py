"""Lists, a page at a time: a cursor names the last row seen, so that new rows shift nothing."""

import base64
import binascii
import uuid

from apps.api.errors import BadCursor, NotFound

LARGEST = 200


def page(rows, show, *, cursor="", limit=50):
    """``{items, next}`` of ``rows``, newest first by their UUIDv7; ``next`` is None on the last page.

    Raises BadCursor.
    """
    if cursor:
        rows = rows.filter(pk__lt=_read(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return {"items": [show(row) for row in found], "next": _write(found[-1].pk) if more else None}


def one(rows, pk, what):
    """The row of this id. Raises NotFound, for another workspace's id and for nonsense alike."""
    try:
        found = rows.filter(pk=uuid.UUID(str(pk))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(what=what)
    return found


def _write(pk):
    return base64.urlsafe_b64encode(pk.bytes).decode().rstrip("=")


def _read(cursor):
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor() from error
