"""The pages still to be read, kept in rows: a crawl that is killed goes on where it was."""

from collections import Counter

from django.db import transaction

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


class Frontier:
    """The ``Visit`` rows of one sync. Only the sync that holds the source's lease uses it."""

    def __init__(self, source, *, robots):
        self.source = source
        self.robots = robots
        self.config = source.config
        self.endless = []
        self._keys = set()
        self._shapes, self._paths, self._blocked = Counter(), Counter(), 0
        for key, url in Visit.objects.filter(source=source).values_list("key", "url"):
            self._count(key, url)
        self._most = self.config["max_pages"] * 2 + ROOM

    @property
    def hosts(self):
        """The sites that belong to this source."""
        return set(self.source.cursor.get("hosts", ()))

    def knows(self, key):
        return key in self._keys

    def is_of_site(self, url):
        return addressing.host_of(url) in self.hosts

    def add(self, urls, *, rank, always=False):
        """Remember pages to read; what does not belong is passed over. ``always`` skips the owner's patterns."""
        rows = []
        for given in urls:
            url = addressing.normalised(given)
            if url is None or not self.is_of_site(url):
                continue
            key = addressing.key_of(url)[:1000]
            if key in self._keys or not (always or self._is_wanted(url)):
                continue
            if not always and len(self._keys) >= self._most:
                self.source.cursor["beyond"] = self.source.cursor.get("beyond", 0) + 1
                continue
            self._count(key, url)
            outside = not addressing.urlsplit(url).path.startswith(self.source.cursor.get("folder", "/"))
            rows.append(
                Visit(
                    workspace_id=self.source.workspace_id,
                    source=self.source,
                    key=key,
                    url=url,
                    rank=min(rank, 999) + (1000 if outside else 0),
                )
            )
        with transaction.atomic():
            Visit.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
            self.source.remember()
        return len(rows)

    def next(self):
        """The page to read next, or None."""
        return Visit.objects.filter(source=self.source).waiting().next_first().first()

    def waiting(self):
        return Visit.objects.filter(source=self.source).waiting().count()

    def is_done(self, key):
        """True when this page, under whatever spelling, has been dealt with."""
        return Visit.objects.filter(source=self.source, key=key).exclude(done_at=None).exists()

    def _is_wanted(self, url):
        if not addressing.may_be_page(url):
            return False
        if self.config["include"] and not addressing.fits(url, self.config["include"]):
            return False
        if addressing.fits(url, self.config["exclude"]):
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
