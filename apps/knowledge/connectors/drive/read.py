"""One file of a Drive becomes text, in the state in which Drive lists it before and after."""

import contextlib
import tempfile
from dataclasses import dataclass, field

from apps.knowledge import errors as reading_errors
from apps.knowledge.connectors.drive import client, errors, kinds
from apps.knowledge.parsing import isolation


@dataclass
class Read:
    """``about`` is the state that was read; either ``text``, perhaps with a ``note`` on what it lacks, or a
    ``problem`` that no second try would mend while the file stays as it is, or ``members`` ([index, path]) of the
    ZIP that lies at ``path`` until ``close``."""

    about: dict
    text: str | None = None
    pages: int = 0
    note: object = None
    problem: object = None
    members: list | None = None
    path: str = ""
    kept: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def close(self):
        self.kept.close()


def read(drive, about, bench):
    """The ``Read`` of a file that changes under nobody's hands.

    Raises ``client.Missing`` when it is gone, ``errors.KeepsChanging``, and whatever ``drive`` raises.
    """
    for _try in range(2):
        found = _read_once(drive, about, bench)
        with contextlib.ExitStack() as stack:
            stack.callback(found.close)
            after = drive.file(about["id"])
            if after.get("trashed"):
                raise client.Missing
            if kinds.mark(after) == kinds.mark(about):
                stack.pop_all()
                return found
        about = after
    raise errors.KeepsChanging(name=about.get("name", ""))


def _read_once(drive, about, bench):
    if problem := kinds.why_not(about):
        return Read(about, problem=problem)
    try:
        return (
            _of_google(drive, about, bench)
            if about["mimeType"] in kinds.EXPORTS
            else _of_file(drive, about, bench)
        )
    except client.NoDownload:
        return Read(about, problem=errors.DownloadForbidden(name=about["name"]))
    except reading_errors.Unreadable as problem:
        return Read(about, problem=problem)


def _of_file(drive, about, bench):
    """Whatever somebody put into the folder, through the parser; a ZIP is kept to be opened."""
    with contextlib.ExitStack() as stack:
        copy = stack.enter_context(tempfile.NamedTemporaryFile(prefix="berrydesk-"))
        try:
            drive.download(about["id"], copy, limit_bytes=isolation.FILE_BYTES)
        except client.TooLarge:
            limit = isolation.FILE_BYTES // isolation.MB
            raise reading_errors.FileTooLarge(name=about["name"], limit=limit) from None
        found = _parsed(about, copy, bench, name=about["name"], media_type=about["mimeType"])
        if found.members is not None:
            found.kept, found.path = stack.pop_all(), copy.name
        return found


def _of_google(drive, about, bench):
    """A Google document in its best form; in the plain one when that is too large for Google."""
    media_type, ending, smaller = kinds.EXPORTS[about["mimeType"]]
    with tempfile.NamedTemporaryFile(prefix="berrydesk-") as copy:
        try:
            drive.export(about["id"], media_type, copy)
            return _parsed(about, copy, bench, name=about["name"] + ending, media_type=media_type)
        except client.TooLarge:
            copy.seek(0)
            copy.truncate()
        try:
            if smaller is None:
                raise client.TooLarge
            drive.export(about["id"], smaller, copy)
        except client.TooLarge:
            return Read(about, problem=errors.ExportTooLarge(name=about["name"]))
        found = _parsed(about, copy, bench, name=about["name"] + ".txt", media_type=smaller)
        found.note = errors.WordsOnly(name=about["name"])
        return found


def _parsed(about, copy, bench, *, name, media_type):
    copy.flush()
    parsed = bench.parser.parse(copy.name, name=name, media_type=media_type, archives=True)
    note = parsed.note
    if parsed.lost_pages:
        note = reading_errors.PagesLost(name=about["name"], lost=parsed.lost_pages, pages=parsed.pages)
    if "members" in parsed.about:
        return Read(about, members=parsed.about["members"])
    return Read(about, text=parsed.markdown, pages=parsed.pages, note=note)
