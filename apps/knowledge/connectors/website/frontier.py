"""The pages still to be read, kept in rows: a crawl that is killed goes on where it was."""

import hashlib
import heapq
from collections import Counter

from apps.knowledge.connectors.website import addressing
from apps.knowledge.models import Visit

DATED_PAGES = 24
"""Of one calendar: two years of months."""
SAME_SHAPE = 5_000
"""Of one program without dates, such as a forum's pages."""
SAME_PATH = 40
"""Of one path with different queries, such as a list's filters."""
BLOCKED_NAMED = 50
"""Pages closed to robots that are named one by one; further ones are not worth a row."""
ROOM = 100
MOST_BEYOND = 100_000
"""Pages beyond all room that are told apart, by eight bytes each; of more, "at least" so many are named."""


class Frontier:
    """The ``Visit`` rows of one sync. Only the sync that holds the source's lease uses it.

    What is added has its rows once ``save`` was called: before any page that named it is settled.
    """

    def __init__(self, source, *, robots):
        self.source = source
        self.robots = robots
        self.config = source.config
        self.endless = []
        self._keys, self._added = set(), 0
        self._noted = self._notes()
        self._shapes, self._paths, self._blocked = Counter(), Counter(), 0
        self._done, self._waiting, self._unsaved = set(), [], []
        self._beyond = set()
        self._most = self.config["max_pages"] * 2 + ROOM
        for visit in Visit.objects.filter(source=source).order_by("number"):
            self._count(visit.key, visit.url)
            if visit.done_at:
                self._done.add(visit.key)
            else:
                self._wait(visit)

    @property
    def hosts(self):
        """The sites that belong to this source."""
        return set(self.source.cursor.get("hosts", ()))

    def is_of_site(self, url):
        return addressing.host_of(url) in self.hosts

    def add(self, urls, *, rank, always=False):
        """Pages to read; what does not belong is passed over. ``always`` skips the owner's patterns."""
        for given in urls:
            url = addressing.normalised(given)
            if url is None or not self.is_of_site(url):
                continue
            key = addressing.key_of(url)[:1000]
            if key in self._keys or not (always or self._is_wanted(url)):
                continue
            if not always and len(self._keys) >= self._most:
                self._note_beyond(key)
                continue
            self._count(key, url)
            outside = not addressing.urlsplit(url).path.startswith(self.source.cursor.get("folder", "/"))
            visit = Visit(
                workspace_id=self.source.workspace_id,
                source=self.source,
                key=key,
                url=url,
                rank=min(rank, 999) + (1000 if outside else 0),
            )
            self._unsaved.append(visit)
            self._wait(visit)

    def save(self):
        """Everything that was added has its row, and so has what must be remembered of it."""
        if self._unsaved:
            Visit.objects.bulk_create(self._unsaved, ignore_conflicts=True, batch_size=500)
            self._unsaved = []
        if self._noted != (noted := self._notes()):
            self.source.remember()
            self._noted = noted

    def next(self):
        """The page to read next, or None; it waits no longer."""
        while self._waiting:
            visit = heapq.heappop(self._waiting)[-1]
            if visit.key not in self._done:
                return visit
        return None

    def following(self, count):
        """Keys of the pages that come next, as far as is known now."""
        return [visit.key for *_order, visit in heapq.nsmallest(count, self._waiting)]

    def settle(self, keys):
        """The pages were dealt with: they are handed out no more."""
        self._done.update(keys)

    def is_done(self, key):
        """True when this page, under whatever spelling, has been dealt with."""
        return key in self._done

    def _wait(self, visit):
        self._added += 1
        heapq.heappush(self._waiting, (visit.rank, self._added, visit))

    def _note_beyond(self, key):
        """The page is counted, once however many lead to it; "at least", since a later run begins to count anew."""
        if len(self._beyond) < MOST_BEYOND:
            self._beyond.add(hashlib.blake2b(key.encode(), digest_size=8).digest())
            self.source.cursor["beyond"] = max(self.source.cursor.get("beyond", 0), len(self._beyond))

    def _notes(self):
        """What the source's cursor says of pages that were passed over."""
        cursor = self.source.cursor
        return cursor.get("beyond"), len(cursor.get("endless", ()))

    def _is_wanted(self, url):
        if not addressing.is_wanted(url, self.config):
            return False
        if not self.robots.allows(url):
            self._blocked += 1
            return self._blocked <= BLOCKED_NAMED
        return not self._is_endless(url)

    def _is_endless(self, url):
        shape = addressing.shape_of(url)
        most = DATED_PAGES if addressing.is_dated(url) else SAME_SHAPE
        path = shape.split("?")[0]
        over = self._shapes[shape] >= most or ("?" in shape and self._paths[path] >= SAME_PATH)
        if over and (shape, path) not in self.endless:
            self.endless.append((shape, path))
            named = self.source.cursor.setdefault("endless", {})
            named.setdefault(path, [url, most if self._shapes[shape] >= most else SAME_PATH])
        return over

    def _count(self, key, url):
        self._keys.add(key)
        shape = addressing.shape_of(url)
        self._shapes[shape] += 1
        if "?" in shape:
            self._paths[shape.split("?")[0]] += 1
