"""What installed plugins offer under one group of entry points. A broken plugin is named with its reason and hurts no other."""

import functools
import logging
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from berrydesk.plugins import calling

KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """One thing of a catalogue; ``made`` is None and ``broken`` says why when it cannot be loaded."""

    key: str
    plugin: str
    version: str
    made: Any
    broken: str = ""


class Offers:
    """The offers of a ``group`` by key, each loaded once when it is first asked for.

    ``nonsense(key, declared)`` says what is wrong with a class that a plugin declares, in words, or an empty text;
    it may raise.
    """

    def __init__(self, group, nonsense):
        self.group, self._nonsense = group, nonsense
        self._points = functools.cache(self._found)
        self._loaded = functools.cache(self._load)

    def all(self):
        """Every offer, in the order of keys."""
        return [self._loaded(key) for key in sorted(self._points())]

    def of(self, key):
        """The offer of that key, or None where no plugin has it."""
        return self._loaded(key) if key in self._points() else None

    def forget(self):
        """Plugins are looked for again, such as after one was installed."""
        self._points.cache_clear()
        self._loaded.cache_clear()

    def _found(self):
        found: dict = {}
        for point in entry_points(group=self.group):
            found.setdefault(point.name, []).append(point)
        return found

    def _load(self, key):
        points = self._points()[key]
        plugins = sorted({point.dist.name if point.dist else point.module for point in points})
        version = points[0].dist.version if points[0].dist else ""
        if len(plugins) > 1:
            words = f"more than one plugin offers {key}. Uninstall one of them"
            return Offer(key, ", ".join(plugins), "", None, words)
        try:
            declared = calling.call(points[0].load)
            problem = self._wrong(key, declared)
            made = None if problem else calling.call(declared)
        except Exception as error:  # a plugin may fail in any way; it is shown to the owner and logged
            log.exception("The plugin behind %s could not be loaded", key)
            made, problem = None, f"{type(error).__name__}: {error}"[:300]
        return Offer(key, plugins[0], version, made, problem)

    def _wrong(self, key, declared):
        if not KEY.fullmatch(key):
            return f"the key {key!r} has other characters than a-z, 0-9, dot, dash and underscore"
        return self._nonsense(key, declared)
