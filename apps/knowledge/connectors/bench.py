"""What a sync works with: a parser and a fetcher, started when first needed, gone at the end."""

import functools
import time

from apps.knowledge.parsing import isolation
from berrydesk.http import fetching


class Bench:
    """A context manager. ``must_stop()`` says whether the owner pressed Stop or the time of this run is over."""

    def __init__(self, *, must_stop=lambda: False):
        self.must_stop = must_stop

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        for name in ("parser", "fetcher"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @functools.cached_property
    def parser(self):
        return isolation.Parser()

    @functools.cached_property
    def fetcher(self):
        return fetching.Fetcher()

    def pause(self, seconds):
        """Wait, in short steps, so that Stop is heard."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.must_stop():
            time.sleep(min(left, 0.5))
