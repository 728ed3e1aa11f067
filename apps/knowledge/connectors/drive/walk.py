"""Chosen folders of a Drive: what changed is read, what is gone is said; the first time, and when Google forgot
where we were, everything is listed.

First all that has to be read becomes ``Visit`` rows, then each is read. So whoever goes on after a crash lists
no page twice for long, and reads no file twice.
"""

import contextlib

from apps.connections import keeping
from apps.knowledge.connectors.drive import archives, changes, client, errors, kinds, read, scope
from apps.knowledge.connectors.drive.listing import Listing
from apps.knowledge.connectors.outcome import Outcome, Pause

PORTION = 50
FAILING_FILES = 3
"""So many files in a row that Google answers with its own error: the service is down, not the file."""


def walk(source, bench):
    """An outcome per file. Raises an ``OwnerError`` when the Drive as a whole cannot be read."""
    if source.connection is None:
        raise errors.NotConnected(name=source.name)
    drive = client.Drive.of(source.connection)
    try:
        yield from _outcomes(source, drive, bench)
    except errors.DriveBusy as busy:
        raise Pause(busy, for_s=busy.for_s) from busy
    except (errors.SignedOut, errors.KeyRefused) as problem:
        keeping.note_check(source.connection, ok=False, problem=problem.as_dict())
        raise


def _outcomes(source, drive, bench):
    if not source.cursor.get("is_listed"):
        yield from _list(source, drive)
    failing = []
    while waiting := list(_further(source, failing)):
        for visit in waiting:
            try:
                yield from _read(source, drive, bench, visit)
            except errors.DriveFails:
                failing.append(visit)
                if len(failing) == FAILING_FILES:
                    raise
                continue
            # The service works: then it is those files.
            yield from map(_fails, failing)
            failing.clear()
    yield from map(_fails, failing)


def _further(source, failing):
    """The next files to read, without those that may be failing by themselves."""
    return scope.files(source).exclude(key__in=[visit.key for visit in failing]).next_first()[:PORTION]


def _fails(visit):
    name = _name(visit)
    return Outcome(
        external_id=visit.key, title=name, problem=errors.FileFails(name=name), failed=True, hides_others=True
    )


def _list(source, drive):
    """Everything to read has its ``Visit`` row afterwards."""
    if "by" not in source.cursor:
        by = "changes" if changes.are_enough(source) else "listing"
        source.remember(by=by, is_partial=by == "changes")
    if source.cursor["by"] == "changes":
        try:
            yield from changes.outcomes(source, drive)
        except changes.ListEverything:
            # What was met meanwhile stays settled; the list says the same of it.
            source.remember(by="listing", is_partial=False, bookmark={}, tokens={}, alone=[], signposts=[])
    if source.cursor["by"] == "listing":
        yield from Listing(source, drive).outcomes()
    source.remember(is_listed=True)


def _read(source, drive, bench, visit):
    """What became of one file, and of those inside where it is a ZIP."""
    try:
        about = visit.about if "mimeType" in visit.about else drive.file(visit.key)
        if about.get("trashed"):
            raise client.Missing
        if scope.is_known(source, about):
            yield from archives.unchanged(source, [about])
            return
        found = read.read(drive, about, bench)
    except client.Missing:
        yield from archives.gone(source, visit.key)
        yield Outcome(external_id=visit.key, is_gone=True)
        return
    except errors.KeepsChanging as problem:
        yield Outcome(
            external_id=visit.key, title=_name(visit), problem=problem, failed=True, hides_others=True
        )
        return
    with contextlib.closing(found):
        if found.members is not None:
            yield from archives.outcomes(source, bench, found.about, found.path, found.members)
            return
    yield from archives.gone(source, visit.key)  # it was a ZIP before
    yield outcome_of(found)


def outcome_of(found):
    """A ``Read`` as the sync takes it."""
    about = found.about
    return Outcome(
        external_id=about["id"],
        title=about.get("name", ""),
        url=kinds.address(about),
        text=found.text,
        problem=found.problem or found.note,
        pages=found.pages,
        version=kinds.mark(about),
        modified_at=kinds.modified_at(about),
    )


def _name(visit):
    return visit.about.get("name") or visit.key
