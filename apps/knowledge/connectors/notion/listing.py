"""What Notion says there is, kept in ``Visit`` rows: a sync that is killed goes on where it was.

Search names what was shared, though not at once and not for certain; the pages themselves name what is below
them, and the data sources their rows. Each thing is kept once, whoever named it.
"""

from django.db import transaction
from django.utils import timezone

from apps.knowledge.connectors.notion import check, errors, properties, rich_text
from apps.knowledge.connectors.outcome import Outcome, Pause
from apps.knowledge.models import Visit

RANKS = {"database": 0, "data_source": 0, "page": 1, "file": 2}
"""Rows are known, and their numbers' currencies, before pages are read."""
_PARENTS = (
    ("data_source_id", "data_source:"),
    ("page_id", ""),
    ("database_id", "database:"),
    ("block_id", "block:"),
)
MOST_ROWS = 10_000
"""Of one query: Notion ends it there without a word but ``request_status``."""


class Listing:
    """The ``Visit`` rows of one sync. Only the sync that holds the source's lease uses it."""

    def __init__(self, source, notion):
        self.source = source
        self.notion = notion

    def next(self):
        """What to read next, or None."""
        return self.source.visits.waiting().next_first().first()

    def has(self, key):
        return self.source.visits.filter(key=key).exists()

    def titles(self, ids):
        """The titles of pages that were named in this sync, by id."""
        rows = self.source.visits.filter(key__in=ids).values_list("key", "about")
        return {key: about["title"] for key, about in rows if about.get("title")}

    def add(self, found, **facts):
        """Keep things that Notion named: ``(key, about)`` each. ``facts`` are remembered in the same moment."""
        rows = [
            Visit(
                workspace_id=self.source.workspace_id,
                source=self.source,
                key=key[:1000],
                url=str(about.get("url") or "")[:2000],
                rank=RANKS[about["kind"]],
                about=about,
            )
            for key, about in found
            if key
        ]
        with transaction.atomic():
            self.source.remember(**facts)  # first: the rows are another's where this fails
            Visit.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)

    def list_shared(self):
        """Keep everything that search names; an outcome after each page of results. Raises NothingShared."""
        cursor = self.source.cursor.get("search")
        while not self.source.cursor.get("is_listed"):
            try:
                answer = self.notion.search(cursor=cursor)
            except errors.Refused:
                if cursor is None:
                    raise
                cursor = None  # the cursor is too old: from the beginning, which doubles nothing
                continue
            cursor = answer.get("next_cursor") if answer.get("has_more") else None
            found = [about_of(thing) for thing in things_in(answer)]
            self.add([one for one in found if one], search=cursor, is_listed=cursor is None)
            yield Outcome(visits=(f"search:{cursor or 'end'}",))

    def list_rows(self, visit):
        """Keep every row of a data source, also beyond the end of one query; outcomes on the way."""
        key = visit.key.removeprefix("data_source:")
        places = self.source.cursor.setdefault("rows", {})
        place = places.setdefault(key, {"cursor": None, "since": None, "last": None, "number": 0})
        if not place["number"]:
            schema = self.notion.data_source(key)
            place["formats"] = formats_of(schema)
            place["title"] = rich_text.title_of(schema) or visit.about.get("title", "")
        while not place.get("is_done"):
            try:
                answer = self.notion.rows(key, cursor=place["cursor"], since=place["since"])
            except errors.Refused:
                if place["cursor"] is None:
                    raise
                place["cursor"] = None  # too old: this query once more, which doubles nothing
                continue
            rows = things_in(answer)
            _go_on(place, rows, answer)
            self.add([one for one in map(about_of, rows) if one], rows=places)
            yield Outcome(visits=(f"rows:{key}:{place['number']}",))
        if place.get("is_stuck"):
            problem = errors.RowsCut(title=place["title"], limit=f"{MOST_ROWS:,}")
            yield Outcome(
                external_id=f"rows:{key}",
                title=place["title"],
                problem=problem,
                failed=True,
                hides_others=True,
                visits=(visit.key,),
            )
        else:
            yield Outcome(visits=(visit.key,))

    def choose(self, roots):
        """Of all that was listed, only what lies below the owner's ``roots`` waits to be read."""
        cursor = self.source.cursor
        if cursor.get("is_chosen") or not roots:
            return
        parents = {}
        listed = self.source.visits.filter(about__has_key="kind")
        for key, parent, grandparent in listed.values_list("key", "about__parent", "about__above"):
            parents[key] = parent
            if grandparent:  # Notion names what a data source's database lies in along with it
                parents.setdefault(parent, grandparent)
        above = Above(self.notion, {**parents, **cursor.get("above", {})})
        try:
            outside = [key for key in parents if not above.lies_below(key, set(roots))]
        except Pause as pause:  # what was found out until now need not be asked again
            pause.got_on = bool(above.asked)
            self.source.remember(above={**cursor.get("above", {}), **above.asked})
            raise
        now = timezone.now()
        with transaction.atomic():
            for at in range(0, len(outside), 1000):
                self.source.visits.filter(key__in=outside[at : at + 1000], done_at=None).update(done_at=now)
            self.source.remember(is_chosen=True)


class Above:
    """What lies above a page, asked of Notion only where the listing does not tell."""

    def __init__(self, notion, parents):
        self.notion = notion
        self.parents = dict(parents)
        self.asked = {}

    def lies_below(self, key, roots):
        """True for a root and for everything below one. A tree that goes in circles has no top."""
        passed = set()
        while key and key not in passed:
            if key.split(":")[-1] in roots:
                return True
            passed.add(key)
            if key not in self.parents:
                self.parents[key] = self.asked[key] = self._ask(key)
            key = self.parents[key]
        return False

    def _ask(self, key):
        kind, _colon, thing_id = key.rpartition(":")
        ask = {
            "block": self.notion.block,
            "database": self.notion.database,
            "data_source": self.notion.data_source,
        }.get(kind, self.notion.page)
        try:
            return parent_of(ask(thing_id))
        except (errors.NotShared, errors.Refused):
            return None


def things_in(answer):
    """The results of a list, those that are things."""
    results = answer.get("results")
    return [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []


def about_of(thing):
    """``(key, about)`` of a page, a row, a data source or a database; None for all else and for what is in the bin."""
    if thing.get("in_trash") or thing.get("archived") or not thing.get("id"):
        return None
    kind = thing.get("object")
    if kind not in ("page", "data_source", "database"):
        return None
    about = {
        "kind": kind,
        "title": rich_text.title_of(thing)[:500],
        "url": rich_text.web_address(thing.get("public_url")) or rich_text.web_address(thing.get("url")),
        "at": str(thing.get("last_edited_time") or ""),
        "parent": parent_of(thing),
    }
    if kind != "page":
        about["above"] = parent_of(thing, "database_parent")
        return f"{kind}:{thing['id']}", about
    parent = thing.get("parent") if isinstance(thing.get("parent"), dict) else {}
    about["fields"] = properties.fields(thing)
    about["of"] = parent.get("data_source_id")
    return str(thing["id"]), about


def parent_of(thing, name="parent"):
    """The key of what a thing lies in; None at the top of the workspace."""
    parent = thing.get(name)
    for field, prefix in _PARENTS if isinstance(parent, dict) else ():
        if parent.get(field):
            return f"{prefix}{check.page_id(str(parent[field])) or parent[field]}"
    return None


def formats_of(schema):
    """How a data source shows its numbers: property name → format."""
    found = {}
    known = schema.get("properties")
    for name, given in known.items() if isinstance(known, dict) else ():
        if isinstance(given, dict) and isinstance(given.get("number"), dict):
            found[name] = str(given["number"].get("format") or "")
    return found


def _go_on(place, rows, answer):
    """Where the next question begins: the next page, or a new query where Notion cut this one off."""
    status = answer.get("request_status")
    is_cut = isinstance(status, dict) and status.get("type") == "incomplete"
    place["number"] += 1
    place["is_cut"] = place.get("is_cut", False) or is_cut
    place["last"] = rows[-1].get("created_time") if rows else place["last"]
    place["cursor"] = answer.get("next_cursor") if answer.get("has_more") else None
    if place["cursor"]:
        return
    place["is_stuck"] = place["is_cut"] and place["last"] in (None, place["since"])
    place["is_done"] = place["is_stuck"] or not place["is_cut"]
    place["since"], place["is_cut"] = place["last"], False
