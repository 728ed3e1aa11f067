"""What a sync works with: a parser and a fetcher, started when first needed, gone at the end."""

import functools
import time

from apps.knowledge.parsing import recognition
from berrydesk.http import fetching


class Bench:
    """A context manager. ``batch`` holds what a walk handed on and that is not on record yet."""

    def __init__(self, batch=None):
        self.batch = batch

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

    def wait_until(self, at):
        """Sleep until then (of the monotonic clock); what would be seen too late is put on record meanwhile."""
        if self.batch.would_be_late(at):
            self.batch.settle()
        time.sleep(max(0, at - time.monotonic()))
