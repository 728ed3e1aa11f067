"""The sweep of an agent's knowledge: what changed is looked at, and what was found is written down.

The rows are the truth: a document is swept when ``SweptDocument`` says so, written in one transaction with its
findings. A worker may die anywhere; the next one goes on with what is left.
"""

import logging
import secrets
import time
from collections import defaultdict
from datetime import timedelta

from celery import current_app
from django.db import DatabaseError, transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.knowledge.finding_models import FindingPlace, Sweep, SweptDocument
from apps.knowledge.models import Document
from apps.knowledge.sweep import (
    broken_links,
    confirming,
    contradictions,
    drafts,
    duplicates,
    jargon,
    outdated,
    recording,
    surroundings,
    thin,
)
from berrydesk.db import leases
from berrydesk.db.notifications import notify
from berrydesk.errors import OwnerError

log = logging.getLogger(__name__)

RULES = (contradictions, duplicates, outdated, drafts, jargon, thin, broken_links)
"""One module a kind: ``find(page, around)`` yields what is wrong with a page. Contradictions first: what they
look at tells duplicates which pages are near."""

RUN_S = 60
"""After this a worker lets others have their turn; the sweep goes on in its next one."""

DEBOUNCE_S = 10
"""A sweep waits until nothing has changed for so long."""

MOST_PATIENCE_S = 300
"""But no longer than this after the first change."""

PORTION = 20
PORTION_CHARACTERS = 400_000
"""Documents that are read, looked at and written down together."""

WRITTEN_AFTER_S = 1.5
"""What a portion has found by then is written down: somebody may be looking on."""

_REMEMBERED = ["digest", "rules", "learned_at", "title_key", "bands", "paragraphs", "links"]

MOST_ATTEMPTS = 5


class SweepCrashed(OwnerError):
    code = "sweep_crashed"
    message = _("Something unexpected stopped the sweep. What was found until then is kept.")
    remedy = _("Press Sweep now. If it happens again, tell whoever runs Berrydesk the reference {reference}.")


class SweepGaveUp(OwnerError):
    code = "sweep_gave_up"
    message = _("The sweep broke off {times} times at the same place, so Berrydesk stopped trying.")
    remedy = _("Press Sweep now. If it happens again, tell whoever runs Berrydesk.")


class LostLease(Exception):
    """Another worker has the sweep, or the agent is gone."""


def ask(agent, *, in_s=DEBOUNCE_S):
    """A sweep of what changed will start soon; asking often is the same as asking once. Needs no lock.

    ``in_s`` 0 means at once: somebody pressed the button.
    """
    now = timezone.now()
    sweep, is_new = Sweep.objects.get_or_create(
        agent=agent,
        defaults={
            "workspace_id": agent.workspace_id,
            "asked_at": now,
            "due_at": now + timedelta(seconds=in_s),
        },
    )
    if is_new:
        _wake(sweep, in_s)
        return sweep
    with transaction.atomic():
        sweep = Sweep.objects.select_for_update().get(pk=sweep.pk)
        if sweep.due_at is None:
            sweep.asked_at, sweep.problem = now, None
        latest = (sweep.asked_at or now) + timedelta(seconds=MOST_PATIENCE_S)
        wanted = min(now + timedelta(seconds=in_s), latest)
        sweep.due_at = min(sweep.due_at, wanted) if in_s == 0 and sweep.due_at else wanted
        sweep.attempts = 0
        sweep.save(update_fields=["asked_at", "due_at", "problem", "attempts"])
    _wake(sweep, in_s)
    return sweep


def _wake(sweep, in_s):
    """A worker hears at once of what somebody waits for; the rest is found by the pulse."""
    if in_s == 0:
        ids = [str(sweep.workspace_id), str(sweep.pk)]
        transaction.on_commit(
            lambda: current_app.send_task("apps.knowledge.tasks.sweep_knowledge", ids), robust=True
        )


def look_anew(source):
    """All of the source's documents are to be looked at once more, and soon: for whom they are has changed.

    The caller's transaction. Locks the sweep first, as its worker does, and what a running one writes meanwhile of
    what it had read before does not count.
    """
    rows = SweptDocument.objects.filter(document__source=source)
    if rows.exists():
        ask(source.agent)
        rows.update(rules=0, learned_at=F("learned_at") - timedelta(microseconds=1))


def sweep(row, *, now=None, run_s=RUN_S):
    """Carry a leased sweep on. True when it is over, False when a further run should follow."""
    now = now or timezone.now()
    run = _Run(row, now)
    try:
        run.begin()
        ends_at = time.monotonic() + run_s
        for look, waiting in ((run.remember, surroundings.unread), (run.look_at, surroundings.due)):
            while portion := run.next(waiting):
                look(portion, ends_at)
                if time.monotonic() > ends_at:
                    run.pass_on()
                    return False
        run.finish()
    except LostLease:
        return True
    except OwnerError as problem:
        run.give_up(problem)
    except Exception:  # what nobody foresaw is said with a reference; its cause is in the log
        reference = secrets.token_hex(4)
        log.exception("%s: the sweep of agent %s broke off", reference, row.agent_id)
        run.give_up(SweepCrashed(reference=reference))
    return True


class _Run:
    """One worker's time with a sweep."""

    def __init__(self, row, now):
        self.row = row
        self.agent = row.agent
        self.now = now
        self.today = timezone.localdate(now)
        self.around = surroundings.Surroundings(self.agent, self.today)
        self.was_due_at = row.due_at

    def begin(self):
        """The sweep is shown as running. Raises SweepGaveUp where it kills worker after worker."""
        row = self.row
        row.refresh_from_db(
            fields=["started_at", "finished_at", "done", "total", "compared", "attempts", "due_at"]
        )
        if row.attempts > MOST_ATTEMPTS:
            raise SweepGaveUp(times=row.attempts - 1)
        is_new = row.started_at is None or (row.finished_at is not None and row.finished_at >= row.started_at)
        with transaction.atomic():
            self._fence()
            if is_new:
                row.started_at, row.done, row.compared = timezone.now(), 0, 0
            row.total = row.done + surroundings.waiting(self.agent, self.today).count()
            row.save(update_fields=["started_at", "total", "done", "compared"])
            notify(row.news_key)

    def next(self, waiting):
        """The next documents of a kind to look at: few where they are long."""
        first = waiting(self.agent, self.today).order_by("pk").annotate(size=Length("text"))[:PORTION]
        chosen, room = [], PORTION_CHARACTERS
        for pk, size in first.values_list("pk", "size"):
            room -= size
            if chosen and room < 0:
                break
            chosen.append(pk)
        return list(Document.objects.filter(pk__in=chosen).order_by("pk")) if chosen else []

    def remember(self, portion, ends_at):
        """What documents look like is known, so that others find them; what is as it was is done with."""
        known = {row.document_id: row for row in SweptDocument.objects.filter(document__in=portion)}
        same, new = [], []
        for document in portion:
            digest, row = surroundings.digest(document), known.get(document.pk)
            if row is not None and (row.digest, row.rules) == (digest, surroundings.RULES):
                row.learned_at = document.learned_at
                same.append(row)
            else:
                new.append(self._remembered(document, digest))
            if time.monotonic() > ends_at:
                break
        with transaction.atomic():
            self._fence()
            there = recording.still_there({row.document_id for row in new})
            SweptDocument.objects.bulk_update(same, ["learned_at"])
            SweptDocument.objects.bulk_create(
                [row for row in new if row.document_id in there],
                update_conflicts=True,
                unique_fields=["document"],
                update_fields=_REMEMBERED,
            )
            if same:
                self._count(len(same), 0)

    def _remembered(self, document, digest):
        row = SweptDocument(
            document=document,
            workspace_id=document.workspace_id,
            agent_id=document.agent_id,
            digest=digest,
            rules=0,  # until its findings are written
            learned_at=document.learned_at,
        )
        try:
            page = self.around.page(document)
            row.title_key = outdated.title_key(page.title)
            row.bands = duplicates.bands(duplicates.shingles(page)[0])
            row.paragraphs = duplicates.paragraph_ids(page)
            row.links = broken_links.numbers(page)
        except Exception as error:
            _note(error, "Document %s could not be looked at", document.pk)
            row.rules = surroundings.RULES  # the others are swept all the same
        return row

    def look_at(self, portion, ends_at):
        """Everything that is wrong with documents is written down, and that they were looked at."""
        as_of = timezone.now()
        self.around.prepare(portion)
        looked, compared, since = [], self.around.compared, time.monotonic()
        for n, document in enumerate(portion, 1):
            looked.append((document, *self._seen(document)))
            now = time.monotonic()
            if n == len(portion) or now > ends_at or now > since + WRITTEN_AFTER_S:
                self._write(looked, self.around.compared - compared, as_of)
                looked, compared, since = [], self.around.compared, now
            if now > ends_at:
                return

    def _write(self, looked, compared, as_of):
        """The findings of some documents, in one transaction with the fact that they were looked at."""
        documents = [document for document, *_rest in looked]
        days = defaultdict(Q)
        for document, _found, _frame, day in looked:
            days[day] |= Q(document=document.pk, learned_at=document.learned_at)
        with transaction.atomic():
            self._fence()
            standing = recording.standing_in(documents)
            there = recording.still_there(
                {pk for _d, several, *_ in looked for f in several for pk in f.documents}
            )
            beside = []
            for document, several, frame, _day in looked:
                found = [each for each in several if each.documents <= there]
                if found or document.pk in standing:
                    recording.record(self.agent, document, found, frame=frame, beside=beside, as_of=as_of)
                beside.append(document.pk)
            for day, as_read in days.items():  # what was learned anew meanwhile is still to be looked at
                rows = SweptDocument.objects.filter(as_read)
                rows.update(rules=surroundings.RULES, look_again_on=day)
            self._count(len(looked), compared)

    def _seen(self, document):
        """Findings, frame and the day on which to look again; a page that defeats us costs no other."""
        try:
            page = self.around.page(document)
            found = recording.without_echoes(list(self._found(page)))
            return found, self.around.frame(page), outdated.look_again_on(page, self.today)
        except Exception as error:
            _note(error, "Document %s could not be looked at", document.pk)
            return [], (), None

    def _found(self, page):
        """What the rules say about a page; a rule that fails on one page costs no other."""
        for rule in RULES:
            try:
                yield from list(rule.find(page, self.around))
            except Exception as error:
                _note(error, f"The rule {rule.KIND} failed on document %s", page.pk)

    def _count(self, done, compared):
        Sweep.objects.filter(pk=self.row.pk).update(
            done=F("done") + done, compared=F("compared") + compared, attempts=0
        )
        notify(self.row.news_key)

    def pass_on(self):
        """This run ends in good order: what comes next is no further attempt."""
        with transaction.atomic():
            self._fence()
            Sweep.objects.filter(pk=self.row.pk).update(attempts=0)

    def finish(self):
        """Links are looked at once more, what stands nowhere any more is gone, and a model is asked where it may be."""
        self._links()
        recording.tidy(self.agent)
        confirming.confirm(self.row)
        recording.count_answers(self.agent)
        read = SweptDocument.objects.filter(
            agent=self.agent, document__in=Document.objects.filter(agent=self.agent).in_use()
        )
        first = read.aggregate(day=Min("look_again_on"))["day"]
        with transaction.atomic():
            self._fence()
            row = Sweep.objects.get(pk=self.row.pk)
            asked_meanwhile = row.due_at is not None and row.due_at != self.was_due_at
            if asked_meanwhile or surroundings.unread(self.agent, self.today).exists():
                due_at = row.due_at or timezone.now()
            else:
                due_at = None
            Sweep.objects.filter(pk=row.pk).update(
                finished_at=timezone.now(),
                due_at=due_at,
                look_again_on=first,
                problem=None,
                attempts=0,
            )
            notify(row.news_key)

    def give_up(self, problem):
        """Why the sweep ended, for the owner; what was found stays."""
        with transaction.atomic():
            if not leases.still_held(self.row):
                return
            Sweep.objects.filter(pk=self.row.pk).update(
                problem=problem.as_dict(),
                due_at=None,
                finished_at=timezone.now(),
                look_again_on=self.today
                + timedelta(days=1),  # a date gone by must not start it again at once
                attempts=0,
            )
            notify(self.row.news_key)

    def _links(self):
        """Pages whose links may have broken or mended without their own text changing."""
        gone = Document.objects.filter(agent=self.agent, problem__code__in=broken_links.MISSING).kept()
        numbers = [
            broken_links.number(url) for url in gone.values_list("url", flat=True)[: broken_links.MOST_GONE]
        ]
        ids = set(
            SweptDocument.objects.filter(agent=self.agent, links__overlap=numbers).values_list(
                "document", flat=True
            )
            if numbers
            else ()
        )
        places = FindingPlace.objects.filter(finding__agent=self.agent, finding__kind=broken_links.KIND)
        ids |= set(places.values_list("document", flat=True))
        ids |= self.around.framing().keys()
        for document in Document.objects.filter(pk__in=ids).in_use():
            page = self.around.page(document)
            self.around.look_up(broken_links.addresses(page))
            found = list(broken_links.find(page, self.around))
            with transaction.atomic():
                self._fence()
                recording.record(self.agent, document, found, only=broken_links.KIND)

    def _fence(self):
        if not leases.still_held(self.row):
            raise LostLease


def _note(error, said, *about):
    """The cause of what nobody foresaw goes to the log; what the database says ends the sweep."""
    if isinstance(error, DatabaseError | LostLease):
        raise error
    log.error(said, *about, exc_info=error)


def due_sweeps(now):
    """Sweeps of any workspace that should run and that nobody works on. The caller opened every workspace."""
    aged = Sweep.objects.filter(due_at=None, look_again_on__lt=timezone.localdate(now))
    aged.update(due_at=now, asked_at=now)
    return leases.free(Sweep.objects.filter(due_at__lte=now)).order_by("due_at")
