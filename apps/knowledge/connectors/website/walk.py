"""A website, page by page, politely: each is handed on as soon as it is read."""

import time

from django.db import transaction

from apps.knowledge import errors, letting_go, rendering_errors
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.connectors.website import addressing, pages, remembering, sitemaps, speaking
from apps.knowledge.connectors.website import robots as robots_txt
from apps.knowledge.connectors.website.frontier import Frontier
from apps.knowledge.models import Source
from berrydesk.http import addresses
from berrydesk.http import errors as http_errors

DELAY_S = 0.5
"""Between two requests to a stranger's server."""
LONGEST_DELAY_S = 10
"""A longer Crawl-delay would make a site of a hundred pages take a day."""
LAST = 999
"""The rank of pages that are read when all others were."""
SILENT_PAGES = 5
"""So many failures of the network in a row: the site is gone, not the page."""

NETWORK = (
    http_errors.ConnectionRefused,
    http_errors.TookTooLong,
    http_errors.NameNotFound,
    http_errors.ServerFailed,
    http_errors.TooManyRequests,
)
PASSING = (*NETWORK, http_errors.BrokenAnswer, http_errors.TlsFailed, rendering_errors.Unanswered)
"""What may be over tomorrow: until then nobody knows where such a page leads."""


def walk(source, bench):
    """An outcome per page. Raises an ``OwnerError`` when the site as a whole cannot be read."""
    return _Walk(source, bench).outcomes()


class _Walk:
    def __init__(self, source, bench):
        self.source = source
        self.bench = bench
        self.start = source.config["url"]
        self.silent = 0
        self._last_at = 0.0
        self._asked_after = False

    def _settle_address(self):
        """The source stands for its site as it speaks, from now on."""
        source = self.source
        config = speaking.settled(self.bench.fetcher, source.config)
        if config != source.config:
            Source.objects.filter(pk=source.pk, config=source.config).update(config=config)
            source.config, self.start = config, config["url"]

    def outcomes(self):
        self._settle_address()
        source, config = self.source, self.source.config
        if "hosts" not in source.cursor:
            remembering.forget_gone(source)
            source.cursor |= {
                "hosts": [addressing.host_of(self.start)],
                "folder": addressing.folder_of(self.start) if config["mode"] == "crawl" else "/",
            }
        self.robots = robots_txt.fetch(self.bench.fetcher, addressing.root_of(self.start))
        self._delay_s = self._politeness()
        self.frontier = Frontier(source, robots=self.robots)
        self.memory = remembering.Memory(source)
        self.bench.batch.beside(self.frontier.save)
        self.bench.batch.beside(self.memory.save)
        if config["mode"] == "sitemap":
            self._list_sitemap()
        else:
            self.frontier.add([self.start], rank=0, always=True)
        while not self._is_at_limit() and (visit := self.frontier.next() or self._unmet()):
            outcome = self._visit(visit)
            self.frontier.settle(outcome.visits)
            yield outcome
        yield from self._endings()

    def _unmet(self):
        """The first of the learned pages that nothing led to while others could not be read; None where none is.

        Each is asked for by itself then: it may be there, and what is gone must not be cited for that long.
        """
        if self._asked_after:
            return None
        self._asked_after = True
        self.bench.batch.settle()
        if self.source.cursor.get("is_patchy"):
            unmet = self.source.documents.learned().exclude(seen_in_sync=self.source.sync_number)
            self.frontier.add(unmet.order_by("pk").values_list("url", flat=True), rank=LAST)
        return self.frontier.next()

    def _is_at_limit(self):
        """True when as many pages were read as the owner wants; what waits to be recorded counts as well."""
        source, most = self.source, self.source.config["max_pages"]
        if source.learned + source.failed + len(self.bench.batch) >= most:
            self.bench.batch.settle()
        return source.learned + source.failed >= most

    def _politeness(self):
        own = addresses.parse(self.start)
        usual = 0 if self.bench.fetcher.allowance.names(own) else DELAY_S
        return min(LONGEST_DELAY_S, max(usual, self.robots.group.delay_s or 0))

    def _wait(self):
        """One request at a time, and a breath between two."""
        self.bench.wait_until(self._last_at + self._delay_s)
        self._last_at = time.monotonic()

    def _visit(self, visit):
        """The outcome of one page, its links remembered before it is settled."""
        is_start = visit.url == self.start and self.source.config["mode"] != "sitemap"
        try:
            if not self.robots.allows(visit.url):
                raise errors.BlockedByRobots(url=visit.url)
            page = pages.read(
                self.bench,
                visit.url,
                known=self.memory.recall(visit.key, self.frontier.following),
                may_follow=(lambda to: self._may_begin(to))
                if is_start
                else (lambda to: self._may_follow(visit, to)),
                before_each=self._wait,
            )
        except errors.Stopped:
            raise
        except (errors.OwnerError, http_errors.FetchError) as problem:
            self._count_silence(problem)
            if is_start:
                raise
            return self._trouble(visit, problem)
        self.silent = 0
        if is_start:
            self._begin_at(page.url)
        if self.source.config["mode"] == "crawl":
            self.frontier.add(page.links, rank=visit.rank % 1000 + 1)
            self._read_sitemaps_once()
        return self._judge(visit, page, is_start)

    def _judge(self, visit, page, is_start):
        """Learn the page, or leave it to another address that it names itself."""
        final_key = addressing.key_of(page.url)[:1000]
        if page.known:
            return self._same_as_before(visit, page.known)
        settled = tuple({visit.key, final_key})
        if final_key != visit.key and self.frontier.is_done(final_key):
            return Outcome(visits=settled)
        if page.refresh:
            return self._send_on(visit, page.refresh, settled, is_start)
        canonical = self._canonical(page)
        if canonical:
            key = addressing.key_of(canonical)[:1000]
            if key.split("?")[0] != final_key.split("?")[0] or self.frontier.is_done(key):
                # Another page says the same and is the one to cite; it is read in its turn.
                if not self.frontier.is_done(key):
                    self.frontier.add([canonical], rank=visit.rank, always=True)
                return Outcome(visits=settled)
            settled = tuple({*settled, key})
            page.url = canonical
        if page.problem is not None:
            problem, failed = page.problem, not isinstance(page.problem, pages.LEFT_OUT)
            if is_start and self.source.config["mode"] == "page":
                raise problem
            return Outcome(
                external_id=_id(page.url),
                url=page.url,
                title=page.title,
                problem=problem,
                failed=failed,
                hides_others=self._hides_others(page.url, problem),
                visits=settled,
            )
        outcome = Outcome(
            external_id=_id(page.url),
            url=page.url,
            title=page.title or page.url,
            text=page.text,
            problem=page.note,
            visits=settled,
            version=page.mark,
        )
        if (
            not page.is_rendered
        ):  # the shell that its server sends says nothing of what it shows: see pages.read
            self.memory.remember(visit, page, outcome)
        return outcome

    def _same_as_before(self, visit, known):
        """The page says what it said the last time; unless it was met under another address by now."""
        settled = tuple({visit.key, *known.settled})
        if any(self.frontier.is_done(key) for key in settled if key != visit.key):
            return Outcome(visits=settled)
        return Outcome(
            external_id=known.external_id, url=known.url, unchanged=True, version=known.mark, visits=settled
        )

    def _canonical(self, page):
        """The address the page wants to be known by, where that makes sense: on this site, and not the front page
        of a site that names it everywhere by mistake."""
        canonical = addressing.normalised(page.canonical) if page.canonical else None
        if not canonical or not self.frontier.is_of_site(canonical):
            return None
        key, own = addressing.key_of(canonical), addressing.key_of(page.url)
        if key == own or (key.endswith("/") and not own.endswith("/")) or not self.robots.allows(canonical):
            return None
        return canonical

    def _send_on(self, visit, to, settled, is_start):
        """The page is only a signpost."""
        to = addressing.normalised(to) or ""
        if is_start and to:
            self._begin_at(to)
        if to and self.frontier.is_of_site(to):
            self.frontier.add([to], rank=visit.rank, always=is_start)
            return Outcome(visits=settled)
        problem = errors.LeavesSite(url=visit.url, host=addressing.host_of(to) or to)
        return Outcome(external_id=_id(visit.url), url=visit.url, problem=problem, visits=settled)

    def _may_follow(self, visit, to):
        if not self.frontier.is_of_site(to):
            raise errors.LeavesSite(url=visit.url, host=addressing.host_of(to))
        if not self.robots.allows(to):
            raise errors.BlockedByRobots(url=to)

    def _may_begin(self, to):
        """The address that the owner typed may lead to the site's real one, with rules of its own."""
        if addressing.root_of(to) != addressing.root_of(self.start):
            self.robots = robots_txt.fetch(self.bench.fetcher, addressing.root_of(to))
            self.frontier.robots = self.robots
        if not self.robots.allows(to):
            raise errors.BlockedByRobots(url=to)

    def _begin_at(self, url):
        host = addressing.host_of(url)
        if host not in self.frontier.hosts:
            self.source.remember(hosts=[*self.source.cursor["hosts"], host])

    def _trouble(self, visit, problem):
        failed = not isinstance(problem, pages.LEFT_OUT)
        return Outcome(
            external_id=_id(visit.url),
            url=visit.url,
            problem=problem,
            failed=failed,
            hides_others=self._hides_others(visit.url, problem),
            visits=(visit.key,),
        )

    def _hides_others(self, url, problem):
        """True where the page may lead to others, as it may have done before: then those are not known to be gone."""
        if isinstance(problem, PASSING):
            return True
        if problem.code in letting_go.GONE:
            return False
        return self.source.documents.learned().filter(external_id=_id(url)[:1000]).exists()

    def _count_silence(self, problem):
        """Raises SiteStoppedAnswering when page after page meets a dead network."""
        self.silent = self.silent + 1 if isinstance(problem, NETWORK) else 0
        if self.silent >= SILENT_PAGES:
            host = addressing.host_of(self.start)
            self.bench.batch.settle()
            raise errors.SiteStoppedAnswering(host=host, pages=self.source.learned) from problem

    def _list_sitemap(self):
        """Every page that the sitemap lists; read once per sync."""
        if self.source.cursor.get("listed"):
            return
        host = addressing.host_of(self.start)
        is_sitemap = addressing.is_sitemap(self.start)
        given = (
            [self.start]
            if is_sitemap
            else (self.robots.sitemaps or [f"{addressing.root_of(self.start)}/sitemap.xml"])
        )
        listed, problem = sitemaps.pages(
            self.bench, given, enough=sitemaps.MOST_SITEMAPS * 50_000, before_each=self._wait
        )
        if not listed and problem is not None:
            if is_sitemap or not isinstance(problem, http_errors.PageNotFound | errors.NotASitemap):
                raise problem
            raise errors.NoSitemap(host=host)
        self._note_patchy(problem is not None)
        self.frontier.add(listed, rank=0)
        if listed and not self.frontier.following(1):
            raise errors.SitemapElsewhere(host=host)
        self._has_listed()

    def _read_sitemaps_once(self):
        """A crawl also reads what the site lists: pages that no link leads to. Trouble with it is no trouble."""
        if self.source.cursor.get("listed"):
            return
        wanted = self.source.config["max_pages"] * 2
        given = self.robots.sitemaps or [f"{addressing.root_of(self.start)}/sitemap.xml"]
        listed, problem = sitemaps.pages(self.bench, given, enough=wanted, before_each=self._wait)
        self._note_patchy(isinstance(problem, PASSING))
        self.frontier.add(listed, rank=500)
        self._has_listed()

    def _note_patchy(self, hides_others):
        """Pages that a sitemap lists are not gone because it cannot be read tonight."""
        if hides_others:
            self.source.cursor["is_patchy"] = True

    def _has_listed(self):
        """The sitemaps are not read again in this sync: what they listed has its rows."""
        with transaction.atomic():
            self.frontier.save()
            self.source.remember(listed=True)

    def _endings(self):
        """Traps that were left out, one row for each."""
        for url, most in self.source.cursor.get("endless", {}).values():
            problem = errors.EndlessPages(url=url, limit=most)
            yield Outcome(external_id=_id(url), url=url, problem=problem)


def _id(url):
    """What the page is called from sync to sync."""
    parts = addressing.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/'}" + (
        f"?{parts.query}" if parts.query else ""
    )
