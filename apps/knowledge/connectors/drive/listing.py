"""Everything below the chosen folders, some folders at a time; and what is there no more."""

from django.utils import timezone

from apps.knowledge.connectors.drive import archives, client, errors, scope
from apps.knowledge.connectors.drive.check import SHARED
from apps.knowledge.connectors.outcome import Outcome

TOGETHER = 20
"""Folders that are listed in one request."""
MOST_FOLLOWED = 5_000
"""A source of more folders than this is listed each time, instead of following the log of changes."""


class Listing:
    """Lists a source's folders into ``Visit`` rows. ``cursor["place"]`` is the page it is at."""

    def __init__(self, source, drive):
        self.source = source
        self.drive = drive

    def outcomes(self):
        """What can be said while listing. Afterwards the bookmark for the next sync is in the cursor."""
        cursor = self.source.cursor
        if not cursor.get("tokens"):
            # First the tokens, then the list: what changes meanwhile is in the log of the next sync.
            self.source.remember(tokens={"": self.drive.start_token()})
        if not cursor.get("has_roots"):
            yield from self._roots()
            self.source.remember(has_roots=True)
        while batch := self._next():
            yield from self._list(*batch)
        yield from self._what_is_gone()
        self.source.remember(bookmark=self._bookmark())

    def _roots(self):
        """The chosen folders themselves. Raises the problem when none of them is there."""
        met, problems, roots = scope.Met(self.source, self.drive), [], self.source.config["roots"]
        for root in roots:
            if root == SHARED:
                yield from self._shared()
                continue
            try:
                about = self.drive.file(root)
            except client.Missing:
                problems.append((root, errors.NotShared(name=self.source.name, account=self.drive.account)))
                continue
            if about.get("trashed"):
                problems.append((root, errors.FolderInBin(name=about.get("name", self.source.name))))
                continue
            met.add(about, is_alone=True)
        if problems and len(problems) == len(roots):
            raise problems[0][1]
        if problems:
            self.source.remember(roots_missing=True)
        yield from met.outcomes()
        for root, problem in problems:
            yield Outcome(
                external_id=f"root:{root}",
                title=self.source.name,
                problem=problem,
                failed=True,
                hides_others=True,
            )

    def _shared(self):
        """What others shared with this account, wherever it lies."""
        token = None
        while True:
            found, token, is_incomplete = self.drive.list(
                "sharedWithMe = true and trashed = false", token=token
            )
            yield from self._met(found, is_incomplete, is_alone=True)
            if not token:
                return

    def _next(self):
        """(visits, token) of the folders to list next: those begun before a crash first."""
        place = self.source.cursor.get("place") or {}
        waiting = scope.folders(self.source)
        if place and (begun := list(waiting.filter(key__in=place["keys"]).next_first())):
            return begun, place["token"] if len(begun) == len(place["keys"]) else None
        first = waiting.next_first().first()
        if first is None:
            return None
        same = [
            v for v in waiting.next_first()[:TOGETHER] if v.about.get("drive") == first.about.get("drive")
        ]
        return same, None

    def _list(self, visits, token):
        keys = [visit.key for visit in visits]
        drive = visits[0].about.get("drive") or ""
        inside = " or ".join(f"'{key.removeprefix(scope.FOLDER_KEY)}' in parents" for key in keys)
        query = f"({inside}) and trashed = false"
        rank = max(visit.rank for visit in visits) + 1
        while True:
            try:
                found, token, is_incomplete = self.drive.list(query, drive=drive, token=token)
            except client.DeadToken:
                if token is None:
                    raise errors.DriveRefused(reason="pageToken") from None
                token = None
                continue
            except client.Missing:
                if len(visits) > 1:  # one of them is gone: which, the others do not have to suffer for
                    for visit in visits:
                        yield from self._list([visit], None)
                    return
                found, token, is_incomplete = [], None, True
            yield from self._met(found, is_incomplete, rank=rank)
            if not token:
                break
            self.source.remember(place={"keys": keys, "token": token})
        yield Outcome(visits=tuple(keys))

    def _met(self, found, is_incomplete, *, rank=0, is_alone=False):
        if is_incomplete:  # Google itself says that something may be missing: then nothing is gone
            self.source.remember(is_partial=True, is_incomplete=True)
        met = scope.Met(self.source, self.drive)
        for about in found:
            met.add(about, rank=rank, is_alone=is_alone)
        yield from met.outcomes()

    def _what_is_gone(self):
        """Documents that the whole list did not name."""
        cursor = self.source.cursor
        if cursor.get("is_incomplete") or cursor.get("roots_missing"):
            return
        visits = self.source.visits
        unnamed = self.source.documents.exclude(external_id__in=visits.values("key"))
        for id in unnamed.values_list("external_id", flat=True):
            if visits.filter(key=archives.archive_of(id)).exists():
                continue  # said when the ZIP is opened
            yield Outcome(external_id=id, is_gone=True)

    def _bookmark(self):
        cursor = self.source.cursor
        keys = self.source.visits.filter(key__startswith=scope.FOLDER_KEY).values_list("key", flat=True)
        folders = [key.removeprefix(scope.FOLDER_KEY) for key in keys]
        if len(folders) > MOST_FOLLOWED or cursor.get("is_incomplete") or cursor.get("roots_missing"):
            return {}
        return {
            "roots": self.source.config["roots"],
            "tokens": cursor["tokens"],
            "folders": folders,
            "alone": cursor.get("alone", []),
            "signposts": cursor.get("signposts", []),
            "listed_at": timezone.now().isoformat(),
        }


def is_shared(source):
    """True when everything that others share is part of the source."""
    return SHARED in source.config["roots"]
