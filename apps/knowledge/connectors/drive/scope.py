"""What a source of Drive covers: its folders, the files that stand alone, and what is known of each.

Keys of ``Visit`` rows: a file's id, or ``folder:`` and a folder's. ``cursor["alone"]`` are files that were chosen
themselves or that a shortcut leads to; ``cursor["signposts"]`` the shortcuts.
"""

from django.db import transaction

from apps.knowledge.connectors.drive import archives, client, errors, kinds
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import DocumentStatus, Visit

FOLDER_KEY = "folder:"
FILES_AFTER_FOLDERS = 100_000
PASSING = (errors.FileFails.code, errors.KeepsChanging.code)
"""Problems that the next sync may not have, though the file stays as it is."""


def files(source):
    """The files that wait to be read."""
    return source.visits.waiting().exclude(key__startswith=FOLDER_KEY)


def folders(source):
    """The folders that wait to be listed."""
    return source.visits.waiting().filter(key__startswith=FOLDER_KEY)


def is_known(source, about):
    """True when the file was learned, or left out for good reason, in this very state."""
    return bool(all_known(source, [about]))


def all_known(source, abouts):
    """The ids of those ``abouts`` for which ``is_known`` holds, with one query."""
    marks = {about["id"]: kinds.mark(about) for about in abouts}
    rows = source.documents.filter(external_id__in=marks).values(
        "external_id", "version", "status", "problem"
    )
    return {
        row["external_id"]
        for row in rows
        if row["version"] == marks[row["external_id"]] and _is_settled(row["status"], row["problem"])
    }


def _is_settled(status, problem):
    is_passing = problem is not None and problem.get("code") in PASSING
    return status in (DocumentStatus.LEARNED, DocumentStatus.SKIPPED) and not is_passing


class Met:
    """What one page of a list or of the log of changes held, sorted into what to list, to read, and to say."""

    def __init__(self, source, drive):
        self.source = source
        self.drive = drive
        self.folders, self.waiting, self.seen = [], [], []
        self.alone, self.signposts, self.problems = [], [], []

    def add(self, about, *, rank=0, is_alone=False):
        """A file or folder, or what a shortcut leads to."""
        kind = about.get("mimeType")
        if kind == kinds.SHORTCUT:
            self._follow(about, rank)
        elif kind == kinds.FOLDER:
            self.folders.append((about["id"], about.get("driveId") or "", rank))
        else:
            self.seen.append(about)
            if is_alone:
                self.alone.append(about["id"])

    def outcomes(self):
        """Folders and files have their rows afterwards; what is known or cannot be read is said at once."""
        settled = self._settled()  # by an earlier run, which ended in the middle of this page
        known = all_known(self.source, self.seen) - settled
        said = list(archives.unchanged(self.source, [about for about in self.seen if about["id"] in known]))
        for about in self.seen:
            if about["id"] in known or about["id"] in settled:
                continue
            if problem := kinds.why_not(about):
                said.append(_left_out(about, problem))
            else:
                self.waiting.append(about)
        self._remember()
        yield from said
        yield from self.problems

    def _settled(self):
        done = self.source.visits.filter(key__in=[about["id"] for about in self.seen]).exclude(done_at=None)
        return set(done.values_list("key", flat=True))

    def _follow(self, shortcut, rank):
        """One step only: Drive lets no shortcut lead to a shortcut."""
        self.signposts.append(shortcut["id"])
        target = shortcut.get("shortcutDetails", {}).get("targetId", "")
        try:
            about = self.drive.file(target)
            if about.get("trashed"):
                raise client.Missing
        except client.Missing:
            problem = errors.NotShared(name=shortcut.get("name", ""), account=self.drive.account)
            self.problems.append(
                Outcome(
                    external_id=shortcut["id"],
                    title=shortcut.get("name", ""),
                    url=kinds.address(shortcut),
                    problem=problem,
                )
            )
            return
        if about.get("mimeType") != kinds.SHORTCUT:
            self.add(about, rank=rank, is_alone=True)

    def _remember(self):
        """Rows before anything is settled: a crash in between loses nothing."""
        source = self.source
        rows = [
            Visit(
                workspace_id=source.workspace_id,
                source=source,
                key=f"{FOLDER_KEY}{id}",
                rank=min(rank, FILES_AFTER_FOLDERS - 1),
                about={"drive": drive},
            )
            for id, drive, rank in self.folders
        ]
        rows += [
            Visit(
                workspace_id=source.workspace_id,
                source=source,
                key=about["id"],
                rank=FILES_AFTER_FOLDERS,
                about=about,
            )
            for about in self.waiting
        ]
        facts = {}
        for name, more in (("alone", self.alone), ("signposts", self.signposts)):
            before = source.cursor.get(name, [])
            if fresh := [id for id in dict.fromkeys(more) if id not in before]:
                facts[name] = before + fresh
        with transaction.atomic():
            source.remember(**facts)  # first: the rows are another's where this fails
            Visit.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        for drive in {drive for _id, drive, _rank in self.folders} | {
            a.get("driveId") or "" for a in self.seen
        }:
            track(source, self.drive, drive)


def track(source, drive, name):
    """The log of changes of this shared drive (of the person, for "") is followed from now on."""
    tokens = source.cursor.get("tokens", {})
    if name not in tokens:
        try:
            token = drive.start_token(name)
        except client.Missing:  # a file of a drive whose member we are not: the person's own log names it
            token = ""
        source.remember(tokens={**tokens, name: token})


def _left_out(about, problem):
    return Outcome(
        external_id=about["id"],
        title=about.get("name", ""),
        url=kinds.address(about),
        problem=problem,
        version=kinds.mark(about),
        modified_at=kinds.modified_at(about),
    )
