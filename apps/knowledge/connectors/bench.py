"""What a sync works with: a parser and a fetcher, started when first needed, gone at the end."""

import functools

from apps.knowledge.parsing import recognition
from berrydesk.http import fetching


class Bench:
    """A context manager."""

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
