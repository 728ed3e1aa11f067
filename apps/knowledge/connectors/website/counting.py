"""How many pages a site has, roughly, before any of them is learned."""

import time
from dataclasses import dataclass

from apps.knowledge import errors
from apps.knowledge.connectors.bench import Bench
from apps.knowledge.connectors.website import addressing, pages, sitemaps, speaking
from apps.knowledge.connectors.website import robots as robots_txt
from berrydesk.http import errors as http_errors

WITHIN_S = 12
"""Whoever waits for the count sees a page meanwhile."""
ENOUGH = 50_000


@dataclass(frozen=True)
class Count:
    """``pages`` that would be read if nothing limited them; ``is_least``: there may be more."""

    pages: int
    is_least: bool


def count(config):
    """The ``Count`` of the site that a cleaned ``config`` names. Raises what keeps the site from being read.

    From the site's own list of its pages where it has one, else from the links on its first page.
    """
    with Bench() as bench:
        return _Counting(bench, speaking.settled(bench.fetcher, config)).count()


class _Counting:
    def __init__(self, bench, config):
        self.bench = bench
        self.config = config
        self.start = config["url"]
        self.hosts = {addressing.host_of(self.start)}
        self.ends_at = time.monotonic() + WITHIN_S

    def count(self):
        self.robots = self._robots(self.start)
        if self.config["mode"] == "sitemap":
            listed, is_whole = self._listed()
            if not listed:
                raise errors.NoSitemap(host=addressing.host_of(self.start))
            return Count(len(listed), not is_whole)
        page = self._first_page()
        if self.config["mode"] == "page":
            return Count(1, is_least=False)
        listed, is_whole = self._listed()
        is_hidden = isinstance(page.problem, errors.JavaScriptOnly) and self.bench.can_render
        if page.problem is not None and not page.links and not listed and not is_hidden:
            raise page.problem
        linked = {addressing.key_of(page.url)} | self._wanted(page.links)
        if len(listed) > 1:
            return Count(len(listed | linked), not is_whole)
        return Count(len(linked), is_least=True)

    def _first_page(self):
        """The page that the owner named; where it leads to another host, that is the site as well."""
        options = {"limit_bytes": pages.LIMIT_BYTES, "accept": pages.ACCEPT, "time_s": self._left_s()}
        answer = self.bench.fetcher.fetch(self.start, on_redirect=self._may_begin, **options)
        page = pages.parsed(self.bench, answer)
        self.hosts.add(addressing.host_of(page.url))
        return page

    def _may_begin(self, to):
        if addressing.root_of(to) != addressing.root_of(self.start):
            self.robots = self._robots(to)
        if not self.robots.allows(to):
            raise errors.BlockedByRobots(url=to)

    def _robots(self, url):
        self.root = addressing.root_of(url)
        robots = robots_txt.fetch(self.bench.fetcher, self.root)
        if not robots.allows(url) and self.config["mode"] != "sitemap":
            raise errors.BlockedByRobots(url=url)
        return robots

    def _listed(self):
        """Keys of the pages that the site's sitemaps list, and whether they were read to the end in time."""
        is_sitemap = addressing.is_sitemap(self.start)
        given = [self.start] if is_sitemap else self.robots.sitemaps or [f"{self.root}/sitemap.xml"]
        left_s = self._left_s()
        listed, problem = sitemaps.pages(self.bench, given, enough=ENOUGH, within_s=left_s)
        is_missing = problem is None or isinstance(problem, http_errors.PageNotFound | errors.NotASitemap)
        if is_sitemap and not listed and problem is not None:
            raise problem
        return self._wanted(listed), is_missing and self._left_s() > 1 and len(listed) < ENOUGH

    def _wanted(self, urls):
        found = set()
        for given in urls:
            url = addressing.normalised(given)
            if url is None or addressing.host_of(url) not in self.hosts:
                continue
            if addressing.is_wanted(url, self.config) and self.robots.allows(url):
                found.add(addressing.key_of(url))
        return found

    def _left_s(self):
        return max(1, self.ends_at - time.monotonic())
