"""What Google's logs of changes name: files to read again, files that are gone.

A log says nothing of the files below a folder that was moved, renamed or thrown away; so whenever one of our
folders or shortcuts is named, or a new one appears among them, everything is listed instead, which reads
nothing that is known.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.knowledge.connectors.drive import archives, client, errors, kinds, listing, scope
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import DocumentStatus, Visit

LISTED_EVERY = timedelta(days=7)
"""The logs are trusted for so long; then everything is listed once more."""


class ListEverything(Exception):
    """The logs of changes do not do this time."""


def are_enough(source):
    """True when the last sync left a bookmark that is still good for this one."""
    book = source.bookmark
    listed_at = parse_datetime(book.get("listed_at") or "")
    if source.documents.filter(problem__code=errors.NotShared.code).exists():
        return False  # the log does not say that a shortcut leads somewhere by now
    return bool(
        book.get("tokens")
        and book.get("roots") == source.config["roots"]
        and listed_at
        and timezone.now() - listed_at < LISTED_EVERY
    )


def outcomes(source, drive):
    """What the logs say. Afterwards the next bookmark is in the cursor. Raises ListEverything."""
    book = source.bookmark
    if "tokens" not in source.cursor:
        source.remember(
            tokens=dict(book["tokens"]), alone=book["alone"], signposts=book["signposts"], read=[]
        )
        _try_again(source)
    for name in book["tokens"]:
        if name not in source.cursor["read"]:
            yield from _Log(source, drive, name).outcomes()
            source.remember(read=[*source.cursor["read"], name])
    source.remember(bookmark=book | {key: source.cursor[key] for key in ("tokens", "alone")})


def _try_again(source):
    """What could not be read last time is read now, whatever the logs say."""
    failed = source.documents.filter(Q(status=DocumentStatus.FAILED) | Q(problem__code__in=scope.PASSING))
    rows = [
        Visit(
            workspace_id=source.workspace_id,
            source=source,
            key=id,
            rank=scope.FILES_AFTER_FOLDERS,
            about={},
        )
        for id in failed.values_list("external_id", flat=True)
    ]
    with transaction.atomic():
        source.remember()  # first: the rows are another's where this fails
        Visit.objects.bulk_create(rows, ignore_conflicts=True)


class _Log:
    """One log, from ``cursor["tokens"][name]`` to its end."""

    def __init__(self, source, drive, name):
        self.source, self.drive, self.name = source, drive, name
        self.folders = set(source.bookmark["folders"])
        self.marks = self.folders | set(source.bookmark["signposts"])

    def outcomes(self):
        token = self.source.cursor["tokens"][self.name]
        while token:
            try:
                found, further, next_time = self.drive.changes(token, self.name)
            except (client.DeadToken, client.Missing) as error:
                raise ListEverything from error
            self._must_be_plain(found)
            yield from self._of_page(found)
            token = further
            tokens = self.source.cursor["tokens"] | {self.name: further or next_time}
            self.source.remember(tokens=tokens)

    def _must_be_plain(self, found):
        """Raises ListEverything when a folder or a shortcut of ours is concerned."""
        for change in found:
            about = change.get("file") or {}
            if change.get("fileId") in self.marks:
                raise ListEverything
            is_sign = about.get("mimeType") in (kinds.FOLDER, kinds.SHORTCUT)
            if is_sign and not about.get("trashed") and self._is_ours(about):
                raise ListEverything

    def _of_page(self, found):
        met, gone = scope.Met(self.source, self.drive), []
        for change in found:
            if change.get("changeType", "file") != "file":
                continue
            about = change.get("file") or {}
            if change.get("removed") or about.get("trashed") or not self._is_ours(about):
                gone.append(change["fileId"])
            else:
                met.add(
                    about, is_alone=about["id"] in self.source.cursor["alone"] or self._is_new_share(about)
                )
        known = self.source.documents.filter(external_id__in=gone).values_list("external_id", flat=True)
        for id in list(known):
            yield from archives.gone(self.source, id)
            yield Outcome(external_id=id, is_gone=True)
        yield from met.outcomes()

    def _is_ours(self, about):
        alone = self.source.cursor.get("alone", ())
        if about.get("id") in alone or self.folders & set(about.get("parents") or ()):
            return True
        return self._is_new_share(about)

    def _is_new_share(self, about):
        return listing.is_shared(self.source) and bool(about.get("sharedWithMeTime"))
