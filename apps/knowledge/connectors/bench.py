"""What a sync works with: a parser, a fetcher and a browser, started when needed, gone at the end."""

import functools
import time

from apps.knowledge import errors, rendering_errors
from apps.knowledge.connectors.outcome import Pause
from apps.knowledge.parsing import recognition
from apps.knowledge.rendering import chromium
from berrydesk.http import fetching

LISTEN_S = 1
"""How often Stop is listened for while one page takes long."""
BUSY_S = 10
"""A source whose page waits for the browser is left alone for so long."""


class Bench:
    """A context manager. ``batch`` holds what a walk handed on and that is not on record yet.

    ``is_stopped()``: whether the owner pressed Stop.
    """

    def __init__(self, batch=None, *, is_stopped=lambda: False):
        self.batch = batch
        self._is_stopped, self._listened_at = is_stopped, 0.0
        self._is_unsafe = False

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        for name in ("parser", "fetcher"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @functools.cached_property
    def parser(self):
        return recognition.Parser()

    @functools.cached_property
    def fetcher(self):
        return fetching.Fetcher()

    @property
    def can_render(self):
        """True where there is a browser for pages that their scripts write."""
        return bool(chromium.program())

    def rendered(self, url, *, may_follow):
        """The page as a browser shows it; see ``rendering.opening.render``. Raises Stopped where Stop was pressed.

        Raises Pause where the browser has other pages to open first: the worker is needed elsewhere meanwhile.
        A browser that could not build its sandbox is not asked again: it would be the same for every page.
        """
        from apps.knowledge.rendering import opening  # most syncs never open a page

        if self._is_unsafe:
            raise rendering_errors.BrowserUnsafe(url=url)
        try:
            return opening.render(
                url,
                may_follow=may_follow,
                meanwhile=self._meanwhile,
                begun=lambda: self._note_opening(url),
            )
        except rendering_errors.BrowserUnsafe:
            self._is_unsafe = True
            raise
        except rendering_errors.BrowserBusy as busy:  # nothing went wrong, however often it happens
            raise Pause(busy, for_s=BUSY_S, got_on=True) from busy
        finally:
            if self.batch.source.cursor.pop("opening", None):
                self.batch.source.remember()

    def _note_opening(self, url):
        """Seen while it takes longer than news may."""
        self.batch.source.remember(opening={"url": url, "at": int(time.time())})

    def _meanwhile(self):
        """What would be seen too late is put on record, and Stop is heard."""
        now = time.monotonic()
        if self.batch.would_be_late(now + LISTEN_S / 2):
            self.batch.settle()
        if now - self._listened_at > LISTEN_S:
            self._listened_at = now
            if self._is_stopped():
                raise errors.Stopped

    def wait_until(self, at):
        """Sleep until then (of the monotonic clock); what would be seen too late is put on record meanwhile."""
        if self.batch.would_be_late(at):
            self.batch.settle()
        time.sleep(max(0, at - time.monotonic()))
