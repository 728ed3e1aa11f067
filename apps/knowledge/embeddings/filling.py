"""Every passage gets its vector in a space, in the background; a space that is complete takes over.

Network calls hold no lock. What was embedded is written under the index's lock, with the lease as a fence: a worker
that is killed loses one request, and whoever follows goes on with what is missing.
"""

import asyncio
import logging
import time

from django.db import Error, models, transaction
from django.utils import timezone

from apps.knowledge.embeddings import asking, using
from apps.knowledge.embeddings.asking import BATCH
from apps.knowledge.embeddings.errors import Disconnected, OtherModel
from apps.knowledge.retrieval import calibration, postings, spaces, windows
from apps.knowledge.space_models import EmbeddingSpace, SpaceBlock, SpaceVector
from apps.routing import gateway, wire
from apps.routing.checking import choice_of
from apps.routing.embedders import PROBE
from apps.routing.gateway import EmbeddingFailed
from berrydesk.db import leases

log = logging.getLogger(__name__)

RUN_S = 60
REQUEST_S = 60.0
SHORTEST = 400
"""Characters below which a text that is still too long means that something else is wrong."""

FIRST_WAIT_S, LONGEST_WAIT_S = 5, 300
LASTING_WAIT_S = 600
"""A space in use is tried again after this even where only its owner can mend it: perhaps they did."""

GONE_AT_ONCE = 5_000


class _Lost(Exception):
    """Another worker has the space, or its owner left it."""


def fill(space, *, run_s=RUN_S):
    """Carry a leased space on; True when nothing is left for now, False when this run's time is up.

    Failures end on the row, in words; those that may pass are tried again after a while.
    """
    if space.left_at:
        return _clear(space)
    if space.failed_at or space.due_at is None:
        return True
    ends_at = time.monotonic() + run_s
    try:
        with _Provider(space) as provider:
            return _embed_missing(space, provider, ends_at) and _complete(space, provider)
    except _Lost:
        return True
    except (EmbeddingFailed, OtherModel, Disconnected) as failure:
        _note(space, failure)
        return True


def due(now):
    """Spaces with work to do, the longest waiting first. A scope over all workspaces is the caller's."""
    work = models.Q(left_at__isnull=False) | models.Q(failed_at=None, due_at__lte=now)
    return EmbeddingSpace.objects.filter(work).order_by("due_at", "pk")


class _Provider:
    """The space's model for one run: one event loop, so that connections are kept between requests."""

    def __init__(self, space):
        self._space = space
        self._name = asking.name_of(space)
        self._probes = asking.probes(space)
        if space.connection is None:
            raise Disconnected(model=self._name)
        self._choice = choice_of(space.connection, space.model)
        self._unnoted = []

    def __enter__(self):
        self._runner = asyncio.Runner()
        return self

    def __exit__(self, *_error):
        self._runner.run(wire.transport.leave_loop())
        self._runner.close()
        self._note_what_is_left()

    def embed(self, texts, *, asks=False):
        """The vectors of ``texts``. Raises EmbeddingFailed, OtherModel."""
        call = gateway.embed(self._choice, [PROBE, *texts], asks=asks, limit_s=REQUEST_S)
        found, usage = self._runner.run(call)
        self._unnoted.append(usage)
        asking.must_be_the_model(self._name, found, self._probes[int(asks)])
        return found[1:]

    def note(self):
        """What was asked so far is on record, in the caller's transaction. No request is noted twice."""
        usages = list(self._unnoted)
        for usage in usages:
            using.note(self._space.agent, self._choice, usage)
        transaction.on_commit(lambda: self._noted(usages))

    def _noted(self, usages):
        self._unnoted = self._unnoted[len(usages) :]

    def _note_what_is_left(self):
        """What was answered is charged, though its vectors were of no use any more."""
        try:
            with transaction.atomic():
                self.note()
        except Error:  # such as an agent that was deleted: whatever ended the run is what is told
            log.exception("What the space %s asked for last could not be counted", self._space.pk)


def _embed_missing(space, provider, ends_at):
    """True when a pass over all passages found none without a vector; False when time is up."""
    last, is_first = 0, True
    while time.monotonic() < ends_at:
        rows = spaces.missing(space).filter(number__gt=last).order_by("number")
        rows = list(rows.select_related("document").defer("embedding", "document__text")[:BATCH])
        if not rows and is_first:
            return True
        if rows:
            vectors = zip(rows, _embed(space, provider, rows), strict=True)
            _write(space, provider, {row.number: vector for row, vector in vectors})
            last, is_first = rows[-1].number, False
        else:  # whatever came meanwhile, or was passed over
            last, is_first = 0, True
    return False


def _embed(space, provider, rows):
    """The vectors of passages; where one is longer than the model reads, all are cut shorter from then on."""
    while True:
        try:
            return provider.embed([_text(row)[: space.longest] for row in rows])
        except EmbeddingFailed as failure:
            if failure.kind != "context":
                raise
            longest = min(space.longest, max(len(_text(row)) for row in rows)) // 2
            if longest < SHORTEST:
                raise
            space.longest = longest
            EmbeddingSpace.objects.filter(pk=space.pk).update(longest=longest)


def _text(row):
    """What is embedded of a passage: its own words, with its title in front where they lack it."""
    title = row.document.title
    if not windows.lacks_front(title, row.heading, row.text):
        return row.text
    return f"{windows.front(title, row.heading)}\n\n{row.text}"


def _write(space, provider, vectors):
    with transaction.atomic():
        _lock(space)
        provider.note()
        spaces.add(space, vectors)
        EmbeddingSpace.objects.filter(pk=space.pk).update(attempts=0, problem=None)


def _lock(space):
    """The index's lock, then the row's. Raises _Lost where the space is not ours any more."""
    postings.lock(space.agent)
    if not leases.still_held(space) or EmbeddingSpace.objects.filter(pk=space.pk, left_at=None).count() == 0:
        raise _Lost


def _complete(space, provider):
    """The space is in use with a threshold of its own; False when passages came in the last moment."""
    if space.ready_at is None or calibration.is_due(space.agent, space.pk):
        questions = [question for question, _numbers in calibration.questions(space.agent)]
        vectors = {}
        for start in range(0, len(questions), BATCH):
            some = questions[start : start + BATCH]
            vectors.update(zip(some, provider.embed(some, asks=True), strict=True))
        calibration.calibrate(space.agent, spaces.Meant(space.pk, vectors, space.model))
    with transaction.atomic():
        _lock(space)
        provider.note()
        if spaces.missing(space).exists():
            return False
        now = timezone.now()
        row = EmbeddingSpace.objects.filter(pk=space.pk)
        if space.ready_at is None:
            EmbeddingSpace.objects.in_use().filter(agent=space.agent_id).update(left_at=now)
            row.update(ready_at=now)
        row.update(due_at=None, problem=None, attempts=0)
    return True


def _note(space, failure):
    """What went wrong is on the row; what may pass is tried again, the later the more often it failed."""
    log.info("Embedding passages of agent %s: %s", space.agent_id, failure)
    is_lasting = not isinstance(failure, EmbeddingFailed) or failure.is_lasting()
    problem = failure.as_dict() | {"said": getattr(failure, "said", "")}
    has_ended = is_lasting and space.ready_at is None
    with transaction.atomic():
        if not leases.still_held(space):
            return
        EmbeddingSpace.objects.filter(pk=space.pk).update(
            problem=problem, failed_at=timezone.now() if has_ended else None
        )
    if not has_ended:
        asked = getattr(failure, "retry_after_s", None)
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(space.attempts - 1, 10))
        leases.rest(space, for_s=LASTING_WAIT_S if is_lasting else max(asked or 0, 0) or wait_s)


def _clear(space):
    """The vectors of a space that was left are gone, then the space itself."""
    while numbers := list(
        SpaceVector.objects.filter(space=space)
        .order_by("number")
        .values_list("number", flat=True)[:GONE_AT_ONCE]
    ):
        SpaceVector.objects.filter(number__in=numbers).delete()
    SpaceBlock.objects.filter(space=space).delete()
    space.delete()
    return True
