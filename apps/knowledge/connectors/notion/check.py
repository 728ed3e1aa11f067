"""What to read in Notion: everything that was shared, or the pages and databases that the owner picked."""

import re
import uuid

from django.utils.translation import gettext as _

from apps.knowledge.errors import InvalidConfig

MOST_ROOTS = 200
_ID = re.compile(r"(?i)([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")


def cleaned(config, connection=None):
    """``{roots}`` and a name; no roots mean everything that was shared. Raises InvalidConfig."""
    given = config.get("roots")
    if given in (None, "", "everything"):
        given = []
    if isinstance(given, str):
        given = given.split()
    if not isinstance(given, list):
        raise InvalidConfig({"roots": _("A list of pages, by their addresses or ids in Notion.")})
    if len(given) > MOST_ROOTS:
        raise InvalidConfig({"roots": _("At most %(most)s pages.") % {"most": MOST_ROOTS}})
    roots = []
    for one in given:
        root = page_id(one)
        if root is None:
            words = _("%(what)s is neither the address nor the id of a page in Notion.")
            raise InvalidConfig({"roots": words % {"what": str(one)[:80] or "“”"}})
        roots.append(root)
    return {"roots": sorted(set(roots))}, "Notion"


def page_id(text):
    """The id in an id or in an address of Notion, with its dashes; None when there is none."""
    if not isinstance(text, str):
        return None
    text = text.strip()
    if re.match(r"(?i)https?://", text):
        text = text.split("#")[0].split("?")[0].rstrip("/")
    found = _ID.search(text)
    return str(uuid.UUID(found[1])) if found and (found[1] == text or "/" in text) else None
