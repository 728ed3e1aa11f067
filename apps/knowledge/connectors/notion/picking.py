"""What an owner picks from: the pages and databases that Notion shares, looked up while somebody waits."""

from dataclasses import dataclass

from apps.knowledge.connectors.notion import check, rich_text
from apps.knowledge.connectors.notion.client import Notion
from apps.knowledge.connectors.notion.listing import parent_of, things_in

MOST = 100
MOST_LISTS = 3
"""Lists of blocks that are looked through for what is below one page."""


@dataclass(frozen=True)
class Pick:
    """One page or database; ``may_hold`` others below it."""

    id: str
    title: str
    is_database: bool = False
    may_hold: bool = False

    @property
    def value(self):
        """As a form sends it: the id, then the title to show it by."""
        return f"{self.id} {self.title}".strip()


def picked(value):
    """The Pick that a form sent back, or None."""
    given, _space, title = str(value).partition(" ")
    page_id = check.page_id(given)
    return Pick(page_id, title.replace("\x00", "")[:200]) if page_id else None


def shared(connection, query=""):
    """``(picks, whether there are more)``: found by their titles, or the tops of what was shared.

    Raises an OwnerError in a few seconds at most.
    """
    with Notion(connection, is_sync=False) as notion:
        answer = notion.search(query=query.strip(), size=MOST)
    found = [thing for thing in things_in(answer) if thing.get("id") and not thing.get("in_trash")]
    if not query.strip():
        ids = {thing["id"] for thing in found}
        found = [thing for thing in found if not _lies_in(thing, ids)]
    return [_pick(thing) for thing in found], bool(answer.get("has_more"))


def below(connection, page_id):
    """The pages and databases that stand directly on a page. Raises an OwnerError."""
    found, cursor = [], None
    with Notion(connection, is_sync=False) as notion:
        for _list in range(MOST_LISTS):
            answer = notion.children(page_id, cursor)
            for block in things_in(answer):
                kind = block.get("type")
                if kind not in ("child_page", "child_database"):
                    continue
                title = str((block.get(kind) or {}).get("title") or "")
                is_database = kind == "child_database"
                may_hold = not is_database and bool(block.get("has_children"))
                found.append(Pick(str(block.get("id")), title, is_database, may_hold))
            cursor = answer.get("next_cursor") if answer.get("has_more") else None
            if not cursor:
                break
    return found


def _lies_in(thing, ids):
    """True for what can be reached by opening another one of the list."""
    parents = (parent_of(thing), parent_of(thing, "database_parent"))
    return any(parent and parent.split(":")[-1] in ids for parent in parents)


def _pick(thing):
    is_database = thing.get("object") != "page"
    return Pick(str(thing["id"]), rich_text.title_of(thing), is_database, may_hold=not is_database)
