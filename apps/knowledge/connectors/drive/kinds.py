"""What lies in a Drive: which of it can be read, and as what."""

import hashlib

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.knowledge import errors as reading_errors
from apps.knowledge.connectors.drive import errors
from apps.knowledge.parsing import isolation

GOOGLE = "application/vnd.google-apps."
FOLDER = GOOGLE + "folder"
SHORTCUT = GOOGLE + "shortcut"
DOCUMENT = GOOGLE + "document"
SHEET = GOOGLE + "spreadsheet"
SLIDES = GOOGLE + "presentation"
OFFICE = "application/vnd.openxmlformats-officedocument."
PLAIN = "text/plain"

EXPORTS = {
    DOCUMENT: (OFFICE + "wordprocessingml.document", ".docx", PLAIN),
    SLIDES: (OFFICE + "presentationml.presentation", ".pptx", PLAIN),
    SHEET: (OFFICE + "spreadsheetml.sheet", ".xlsx", None),
}
"""A Google document's best form (headings and tables stay, pictures are left out by the parser), its ending, and
the form that stays small when that one is over Google's 10 MB. A sheet's CSV would hold its first sheet only."""


def mark(about):
    """The state a file is in: another one after any change of its content or its name."""
    state = about.get("md5Checksum") or about.get("modifiedTime") or about.get("version") or ""
    name = hashlib.sha256(about.get("name", "").encode("utf-8", "replace")).hexdigest()[:8]
    return f"{state} {name}"


def modified_at(about):
    """When somebody last changed it, or None."""
    try:
        return parse_datetime(about.get("modifiedTime") or "")
    except ValueError:
        return None


def address(about):
    """Where a person opens it."""
    link = about.get("webViewLink") or ""
    return link if link.startswith("https://") else f"https://drive.google.com/open?id={about.get('id', '')}"


def why_not(about):
    """The problem that keeps a file from being read, known without reading it; None where it may be tried."""
    name, kind = about.get("name", ""), about.get("mimeType", "")
    if what := _never_text(kind):
        return reading_errors.UnknownType(name=name, what=what)
    if about.get("capabilities", {}).get("canDownload") is False:
        return errors.DownloadForbidden(name=name)
    if int(about.get("size") or 0) > isolation.FILE_BYTES and kind not in EXPORTS:
        return reading_errors.FileTooLarge(name=name, limit=isolation.FILE_BYTES // isolation.MB)
    return None


def _never_text(kind):
    if kind.startswith(GOOGLE) and kind not in EXPORTS:
        words = {
            "form": _("a Google form"),
            "drawing": _("a Google drawing"),
            "map": _("a Google map"),
            "site": _("a Google site"),
            "script": _("a Google script"),
        }
        return words.get(kind.removeprefix(GOOGLE), _("something of Google's own"))
    family = kind.split("/", 1)[0]
    return {"image": _("a picture"), "video": _("a video"), "audio": _("a recording")}.get(family, "")
