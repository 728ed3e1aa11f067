"""Notion, page by page: what was shared is listed, what changed is read, what vanished is asked after."""

from apps.connections import keeping
from apps.knowledge.connectors.notion import errors, listing, read
from apps.knowledge.connectors.notion.client import Notion
from apps.knowledge.connectors.notion.listing import Listing, about_of
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.errors import PagesLost
from apps.knowledge.models import DocumentStatus
from berrydesk.errors import OwnerError

MOST_TROUBLE = 3
"""So many pages in a row with trouble of Notion's own: Notion is in trouble, not the page."""
_NOTES = (None, PagesLost.code)
"""Problems that a file was learned with."""
WHOLE = (errors.Revoked, errors.NotConnected, errors.MayNotRead)
"""Trouble that the next page would meet as well."""


def walk(source, bench):
    """An outcome per page, row and file. Raises an ``OwnerError`` or a ``Pause`` where nothing more can be read."""
    with Notion(source.connection) as notion:
        try:
            yield from _Walk(source, bench, notion).outcomes()
        except errors.Revoked as problem:
            keeping.note_check(source.connection, ok=False, problem=problem.as_dict())
            raise


class _Walk:
    def __init__(self, source, bench, notion):
        self.source = source
        self.bench = bench
        self.notion = notion
        self.listing = Listing(source, notion)
        self.roots = source.config.get("roots") or []
        judged = source.documents.filter(status__in=[DocumentStatus.LEARNED, DocumentStatus.SKIPPED])
        self.known = dict(judged.values_list("external_id", "version"))
        self.trouble = 0

    def outcomes(self):
        yield from self._add_roots()
        yield from self.listing.list_shared()
        if not self.source.visits.filter(about__has_key="kind").exists():
            raise errors.NothingShared()
        self.listing.choose(self.roots)
        yield from self._read_on()
        yield from self._ask_after_missing()
        yield from self._read_on()
        self.source.remember(bookmark={"place": self.source.connection.secrets.get("place", "")})

    def _add_roots(self):
        """The owner's pages are read whether search names them or not. Raises NotShared when none is shared."""
        if self.source.cursor.get("has_roots") or not self.roots:
            return
        lost = []
        for root in self.roots:
            found = self._root(root)
            if found is None:
                lost.append(root)
            else:
                self.listing.add([found])
        if len(lost) == len(self.roots):
            raise errors.NotShared(title=self._called(lost[0]))
        for root in lost:
            problem = errors.NotShared(title=self._called(root))
            yield Outcome(
                external_id=f"root:{root}",
                title=self._called(root),
                problem=problem,
                failed=True,
                hides_others=True,
            )
        self.source.remember(has_roots=True)

    def _root(self, root):
        """What an id stands for: a page, a database or a data source; None where it is not shared."""
        for ask in (self.notion.page, self.notion.database, self.notion.data_source):
            try:
                return about_of(ask(root))
            except (errors.NotShared, errors.Refused):
                continue
        return None

    def _called(self, root):
        """The title under which a page was known, else its id."""
        known = self.source.documents.filter(external_id=root).first()
        return known.title if known and known.title else root

    def _read_on(self):
        while visit := self.listing.next():
            yield from self._visit(visit)

    def _visit(self, visit):
        """The outcomes of one thing; what hangs below it is kept before it is settled."""
        readers = {
            "data_source": self.listing.list_rows,
            "database": self._database,
            "page": self._page,
            "file": self._file,
        }
        reader = readers.get(visit.about.get("kind"))
        try:
            yield from reader(visit) if reader else [Outcome(visits=(visit.key,))]
        except WHOLE:
            raise
        except errors.NotShared:
            yield Outcome(visits=(visit.key,))  # whether it is gone is asked at the end
        except OwnerError as problem:
            self._count_trouble(problem)
            self._keep_files(visit)
            yield Outcome(
                external_id=visit.key,
                title=visit.about.get("title") or "",
                url=visit.about.get("url") or "",
                problem=problem,
                failed=True,
                hides_others=True,
                visits=(visit.key,),
            )
        else:
            self.trouble = 0

    def _count_trouble(self, problem):
        self.trouble += isinstance(problem, errors.Down | errors.Unreachable)
        if self.trouble >= MOST_TROUBLE:
            raise problem

    def _database(self, visit):
        database = self.notion.database(visit.key.removeprefix("database:"))
        about = {"kind": "data_source", "title": visit.about.get("title", ""), "parent": visit.key}
        sources = database.get("data_sources") or ()
        found = [(f"data_source:{one['id']}", about) for one in sources if one.get("id")]
        self.listing.add(found)
        yield Outcome(visits=(visit.key,))

    def _page(self, visit):
        if self._is_known(visit):
            self._keep_files(visit)
            yield Outcome(external_id=visit.key, unchanged=True, visits=(visit.key,))
            return
        if not visit.about.get("at"):  # only its title was named, on the page above
            named = about_of(self.notion.page(visit.key))
            if named is None:
                raise errors.NotShared(title=visit.about.get("title") or visit.key)
            visit.about = named[1]
            visit.save(update_fields=["about"])
            if self._is_known(visit):
                yield from self._page(visit)
                return
        place = self.source.cursor.get("rows", {}).get(visit.about.get("of") or "", {})
        outcome, found = read.page(
            self.notion, visit, formats=place.get("formats") or {}, titles=self.listing.titles
        )
        self._add_below(visit, found)
        yield outcome

    def _add_below(self, visit, found):
        """Sub-pages, databases and files of a page wait to be read."""
        below = [(key, {"kind": "page", "title": title, "parent": visit.key}) for key, title in found.pages]
        below += [
            (f"database:{key}", {"kind": "database", "title": title, "parent": visit.key})
            for key, title in found.databases
        ]
        url = visit.about.get("url") or ""
        below += [
            (
                f"{visit.key}/{key}",
                {
                    "kind": "file",
                    "title": name,
                    "at": at,
                    "url": f"{url}#{str(key).replace('-', '')}" if url else "",
                },
            )
            for key, name, at in found.files
            if key
        ]
        if below:
            self.listing.add(below)

    def _keep_files(self, visit):
        """The files of a page that is not read now are still there."""
        files = self.source.documents.filter(external_id__startswith=f"{visit.key}/")
        rows = []
        for row in files.only("external_id", "title", "url", "version", "problem", "status"):
            is_judged = row.status == DocumentStatus.SKIPPED or (row.problem or {}).get("code") in _NOTES
            at = row.version if is_judged else ""  # what failed is tried again
            about = {"kind": "file", "title": row.title, "url": row.url, "at": at}
            rows.append((row.external_id, about))
        if rows:
            self.listing.add(rows)

    def _file(self, visit):
        if self._is_known(visit):
            yield Outcome(external_id=visit.key, unchanged=True, visits=(visit.key,))
        else:
            yield read.file(self.notion, self.bench, visit)

    def _is_known(self, visit):
        at = visit.about.get("at")
        return bool(at) and self.known.get(visit.key) == at

    def _ask_after_missing(self):
        """What was learned and is listed no more: gone if Notion says so, else read after all."""
        missing = self.source.documents.exclude(seen_in_sync=self.source.sync_number).order_by("external_id")
        above = listing.Above(self.notion, {})
        for document in list(missing.only("external_id", "title")):
            key = document.external_id
            gone = Outcome(external_id=key, is_gone=True, visits=(f"gone:{key}"[:1000],))
            if "/" in key or ":" in key:  # a file that its page shows no more, or a note about a root
                yield gone
                continue
            found = self._still_there(key, above)
            if found is None:
                yield gone
            elif self.listing.has(key):  # it is there, and yet its blocks are not: what it taught stays
                yield Outcome(external_id=key, unchanged=True, visits=(f"kept:{key}"[:1000],))
            else:
                self.listing.add([found])
                yield Outcome(visits=(f"asked:{key}"[:1000],))

    def _still_there(self, key, above):
        """The page, if Notion still shares it and it still belongs to what the owner chose."""
        try:
            found = about_of(self.notion.page(key))
        except (errors.NotShared, errors.Refused):
            return None
        if found and self.roots:
            above.parents[key] = found[1]["parent"]
            return found if above.lies_below(key, set(self.roots)) else None
        return found
