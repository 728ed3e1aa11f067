"""What an owner picks from: places, folders and files, a level at a time, looked up while somebody waits."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.knowledge.connectors.drive import client, kinds
from apps.knowledge.connectors.drive.check import MY_DRIVE, SHARED, root_id

MOST = 100
MOST_FOUND = 20
DEEPEST = 20
MOST_PLACES = 8
"""Folders that are looked up to say where what was found lies."""


@dataclass(frozen=True)
class Pick:
    """A place, folder or file. ``place`` says where it lies, for what was found by its name."""

    id: str
    name: str
    is_folder: bool = True
    icon: str = "folder"
    place: str = ""

    @property
    def value(self):
        """As a form sends it: the id, then the name to show it by."""
        return f"{self.id} {self.name}".strip()


@dataclass(frozen=True)
class Level:
    """What one folder holds. ``trail`` leads to it from the top, itself last; empty at the top."""

    picks: list
    trail: list
    has_more: bool = False


def picked(value):
    """The Pick that a form sent back, or None."""
    given, _space, name = str(value).partition(" ")
    id = root_id(given)
    return Pick(id, name.replace("\x00", "")[:200] or id) if id else None


def top(connection):
    """The places there are: My Drive, what others share, each shared drive. Raises an OwnerError."""
    places = [Pick(MY_DRIVE, _("My Drive"), icon="drive"), Pick(SHARED, _("Shared with me"), icon="people")]
    places += [
        Pick(one["id"], one.get("name", one["id"]), icon="box") for one in _drive(connection).shared_drives()
    ]
    return Level(places, [])


def inside(connection, id):
    """What lies in a folder. Raises ``client.Missing`` and OwnerErrors."""
    drive = _drive(connection)
    if id == SHARED:
        found, token, _incomplete = drive.list(
            "sharedWithMe = true and trashed = false", order="folder,name_natural", size=MOST
        )
        return Level(_picks(found), [Pick(SHARED, _("Shared with me"))], bool(token))
    trail = _trail(drive, id)
    own = drive.file(id)
    found, token, _incomplete = drive.list(
        f"'{own['id']}' in parents and trashed = false",
        drive=own.get("driveId") or "",
        order="folder,name_natural",
        size=MOST,
    )
    return Level(_picks(found), trail, bool(token))


def named(connection, words):
    """Folders and files whose name holds ``words``, wherever they lie. Raises an OwnerError."""
    drive = _drive(connection)
    quoted = words.replace("\\", "\\\\").replace("'", "\\'")
    found, token, _incomplete = drive.list(
        f"name contains '{quoted}' and trashed = false", everywhere=True, size=MOST_FOUND
    )
    parents = list(dict.fromkeys(about["parents"][0] for about in found if about.get("parents")))
    places = {id: _name_of(drive, id) for id in parents[:MOST_PLACES]}
    return Level(_picks(found, places), [], bool(token))


def _drive(connection):
    return client.Drive.of(connection, patience_s=client.HURRY_S)


def _picks(found, places=None):
    """Folders, and the files that can be read. A shortcut is followed when its folder is read."""
    picks = []
    for about in found:
        if about["mimeType"] == kinds.FOLDER:
            icon = "folder"
        elif about["mimeType"] == kinds.SHORTCUT or kinds.why_not(about):
            continue
        else:
            icon = {kinds.SHEET: "table", kinds.SLIDES: "image"}.get(about["mimeType"], "file")
        place = (places or {}).get((about.get("parents") or [""])[0], "")
        picks.append(Pick(about["id"], about.get("name", ""), icon == "folder", icon, place))
    return picks


def _trail(drive, id):
    """The folders from the top down to this one, as far as this account may see them."""
    trail = []
    while id and len(trail) < DEEPEST:
        try:
            about = drive.file(id)
        except client.Missing:
            if not trail:
                raise
            break
        parents = about.get("parents") or []
        is_top = not parents and not about.get("driveId") and about.get("ownedByMe", True)
        trail.append(Pick(MY_DRIVE, _("My Drive")) if is_top else Pick(about["id"], about.get("name", "")))
        id = parents[0] if parents else ""
    return trail[::-1]


def _name_of(drive, id):
    try:
        return drive.file(id).get("name", "")
    except client.Missing:
        return ""
