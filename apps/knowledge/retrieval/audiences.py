"""For whom a source is: everyone, signed-in customers, customers with certain attributes, or the team alone.

What cannot be told is not shown: without a word about the reader, only what is for everyone.
"""

import json
from dataclasses import dataclass

from apps.knowledge.models import Document, Source
from apps.knowledge.retrieval import postings

RULE = "s.is_internal, s.audience::text, s.removal_asked_at IS NOT NULL"
"""What ``Rule.of`` is told of a source ``s``, in a query of one's own."""

LIMITED = "(s.is_internal OR s.audience <> '{}'::jsonb OR s.removal_asked_at IS NOT NULL)"
"""Whether a source ``s`` is for others than everyone, in a query of one's own."""


@dataclass(frozen=True)
class Rule:
    """For whom a source is: of its row what ``Audience.may_read`` looks at."""

    is_internal: bool
    audience: object
    is_being_removed: bool

    @classmethod
    def of(cls, is_internal, audience, is_being_removed):
        """From what ``RULE`` selects."""
        return cls(is_internal, json.loads(audience), is_being_removed)


@dataclass(frozen=True)
class Audience:
    """Who reads. ``attributes`` are (name, value) pairs of somebody whose identity is proved, else empty.

    ``is_guided``: an agent that may also be told what is internal, and must keep it to itself.
    ``is_owner``: sees everything.
    """

    is_signed_in: bool = False
    attributes: tuple = ()
    is_guided: bool = False
    is_owner: bool = False

    def may_read(self, source):
        """True when what the source, or its Rule, holds may be shown to these readers or told to their agent."""
        if source.is_being_removed:
            return False
        if self.is_owner:
            return True
        if source.is_internal:
            return self.is_guided
        rule = source.audience
        if rule == {}:
            return True
        if not isinstance(rule, dict) or not self.is_signed_in or set(rule) - {"signed_in", "attributes"}:
            return False
        wanted = rule.get("attributes") or {}
        return isinstance(wanted, dict) and all(self._has(name, values) for name, values in wanted.items())

    def visible(self, documents):
        """Those of ``documents`` (a queryset of one agent's) that these readers may see."""
        sources = documents.order_by().values("source")
        some = Source.also_being_removed.filter(pk__in=sources)
        some = some.exclude(is_internal=False, audience={}, removal_asked_at=None)
        closed = [row.pk for row in some.defer("config", "cursor", "bookmark") if not self.may_read(row)]
        return documents.exclude(source__in=closed) if closed else documents

    def hidden(self, agent, limited):
        """Numbers of the passages that these readers may not see, int64; ``limited``: {key: Rule} of sources."""
        return postings.of_sources(agent, [key for key, rule in limited.items() if not self.may_read(rule)])

    def _has(self, name, values):
        values = values if isinstance(values, list) else [values]
        wanted = {_plain(value) for value in values}
        return any(_plain(name) == _plain(own) and _plain(value) in wanted for own, value in self.attributes)


PUBLIC = Audience()
OWNER = Audience(is_owner=True)


def internal_among(document_ids):
    """Those of the documents that are internal."""
    internal = Document.objects.filter(pk__in=document_ids, source__is_internal=True)
    return {str(key) for key in internal.values_list("pk", flat=True)}


def marks(document_ids):
    """{document key: "everyone", "limited" or "internal"}: for whom each is."""
    rows = Document.objects.filter(pk__in=document_ids).values_list(
        "pk", "source__is_internal", "source__audience"
    )
    return {
        str(key): "internal" if is_internal else "limited" if rule else "everyone"
        for key, is_internal, rule in rows
    }


def _plain(value):
    return str(value).strip().casefold()
