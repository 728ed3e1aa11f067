"""Are the chosen folders there, and shared? Google is asked for each."""

import re

from django.utils.translation import gettext as _

from apps.knowledge.connectors.drive import client, kinds
from apps.knowledge.errors import InvalidConfig
from berrydesk.errors import OwnerError

MY_DRIVE = "root"
SHARED = "shared-with-me"
MOST_ROOTS = 100

_ID = re.compile(r"[A-Za-z0-9_-]{5,200}")
_LINK = re.compile(r"/(?:folders|d)/([A-Za-z0-9_-]{5,200})|[?&]id=([A-Za-z0-9_-]{5,200})")


def cleaned(config, connection):
    """The ids of the chosen folders and files, and a name for the source. Raises InvalidConfig."""
    roots = config.get("roots")
    if isinstance(roots, str):
        roots = [roots]
    if not isinstance(roots, list) or not roots:
        raise InvalidConfig({"roots": _("Choose at least one folder or file.")})
    ids = []
    for root in roots[: MOST_ROOTS + 1]:
        found = root_id(root.get("id") if isinstance(root, dict) else root)
        if found is None:
            raise InvalidConfig(
                {
                    "roots": _("{root} is no folder of Google Drive: give its link or its id.").format(
                        root=str(root)[:80]
                    )
                }
            )
        if found not in ids:
            ids.append(found)
    if len(ids) > MOST_ROOTS:
        raise InvalidConfig({"roots": _("Choose at most {most} folders.").format(most=MOST_ROOTS)})
    drive = client.Drive.of(connection, patience_s=client.HURRY_S)
    names = [_name(drive, one) for one in ids]
    return {"roots": sorted(ids)}, ", ".join(names)[:200]


def root_id(text):
    """The id in an id or in an address of Google Drive, or None."""
    text = str(text or "").strip()
    if text in (MY_DRIVE, SHARED):
        return text
    if "/" in text and (found := _LINK.search(text)):
        return found[1] or found[2]
    return text if _ID.fullmatch(text) else None


def _name(drive, id):
    """The name of a folder or file that is there. Raises InvalidConfig."""
    if id == MY_DRIVE:
        return _("My Drive")
    if id == SHARED:
        return _("Shared with me")
    try:
        about = drive.file(id)
    except client.Missing:
        words = _("{id} is not there, or it is not shared with {account}. Share it in Google Drive first.")
        raise InvalidConfig({"roots": words.format(id=id, account=drive.account)}) from None
    except OwnerError as problem:
        raise InvalidConfig({"roots": f"{problem.message} {problem.remedy}"}) from problem
    if about.get("trashed"):
        raise InvalidConfig({"roots": _("{name} is in the bin of Google Drive.").format(name=about["name"])})
    if about.get("mimeType") == kinds.SHORTCUT:
        raise InvalidConfig(
            {"roots": _("{name} is a shortcut: choose what it leads to.").format(name=about["name"])}
        )
    return about.get("name", id)
