"""What an owner does with a finding: keep one side, or say that it is no conflict. Findings as pages show them."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.knowledge import curating
from apps.knowledge.finding_models import Dismissal, Finding, FindingKind
from apps.knowledge.models import Document
from apps.workspaces import auditing
from berrydesk.errors import OwnerError

MOST_SET_ASIDE = 3
"""Documents that one click sets aside at most: what stands in more is part of their frame, to be edited there."""

REMEDIES = {
    "keep_left": gettext_lazy("Keep left: the agent stops reading the right page."),
    "keep_right": gettext_lazy("Keep right: the agent stops reading the left page."),
    "set_aside": gettext_lazy("Set aside: the agent stops reading the page."),
    "edit": gettext_lazy("Edit the page's text."),
    "dismiss": gettext_lazy("Not a conflict: never show it again."),
}


class FindingGone(OwnerError):
    code = "finding_gone"
    message = gettext_lazy("This finding is no longer there: its text has changed since.")
    remedy = gettext_lazy("Go on with the next one.")


class CannotKeep(OwnerError):
    code = "cannot_keep_a_side"
    message = gettext_lazy("Both sides stand in the same page, or in too many, so no page can be set aside.")
    remedy = gettext_lazy("Edit the text where it is wrong.")


@dataclass(frozen=True)
class Side:
    """One side of a finding: its first place, and how many further documents say the same."""

    places: tuple

    @property
    def place(self):
        return self.places[0]

    @property
    def document(self):
        return self.places[0].document

    @property
    def answers(self):
        """How many answers quoted it in the 30 days before the last sweep: each once, wherever it stands."""
        return max(place.answers for place in self.places)

    @property
    def others(self):
        return len(self.places) - 1


def _documents():
    """The places' documents without their texts: a finding shows its own words."""
    return Prefetch("places__document", Document.objects.defer("text", "problem"))


def shown(agent, kind=None):
    """Findings that an owner should see, the weightiest first, with their places."""
    rows = Finding.objects.filter(agent=agent).shown().weightiest_first()
    return (rows.filter(kind=kind) if kind else rows).prefetch_related(
        _documents(), "places__document__source"
    )


def dismissed(agent):
    """Findings that were said to be no conflict, by the owner or by a model."""
    rows = Finding.objects.filter(agent=agent).said_to_be_fine().weightiest_first()
    return rows.prefetch_related(_documents(), "places__document__source")


def sides(finding):
    """[left, right] or [left]: places in documents that are read, as ``Side``."""
    found = []
    for side in (0, 1):
        places = [p for p in finding.places.all() if p.side == side and _is_read(p.document)]
        if places:
            found.append(Side(tuple(sorted(places, key=lambda p: p.document_id))))
    return found


def _is_read(document):
    return document.set_aside_at is None and not document.source.is_being_removed


def remedies(finding):
    """The names of what can be done about it."""
    pair = sides(finding)
    if len(pair) == 2 and _can_keep(pair):
        return ["keep_left", "keep_right", "edit", "dismiss"]
    if len(pair) == 1 and finding.kind != FindingKind.BROKEN_LINK:
        return ["set_aside", "edit", "dismiss"]
    return ["edit", "dismiss"]


def keep(finding, side, *, by):
    """The other side's documents are set aside; the finding no longer stands. Returns them. Raises CannotKeep."""
    pair = sides(finding)
    if len(pair) != 2 or not _can_keep(pair):
        raise CannotKeep()
    leaving = [place.document for place in pair[1 - side].places]
    for document in leaving:
        curating.set_aside(document, by)
    return leaving


def set_aside(finding, *, by):
    """The documents of a finding with one side are set aside. Raises CannotKeep."""
    found = sides(finding)
    if not found or len(found[0].places) > MOST_SET_ASIDE:
        raise CannotKeep()
    leaving = [place.document for place in found[0].places]
    for document in leaving:
        curating.set_aside(document, by)
    return leaving


def dismiss(finding, *, by):
    """It is no conflict: remembered until either text changes in the differing words. Twice is as once."""
    with transaction.atomic():
        row = Finding.objects.select_for_update().filter(pk=finding.pk).first()
        if row is None:
            raise FindingGone()
        if row.dismissal_id:
            return row.dismissal
        places = list(row.places.all())
        by_side = {place.side: place for place in sorted(places, key=lambda p: -p.side)}
        words = sorted(" ".join(p.words.lower().split())[:1000] for p in by_side.values())
        row.dismissal = Dismissal.objects.create(
            workspace_id=row.workspace_id,
            agent_id=row.agent_id,
            kind=row.kind,
            words=[] if row.kind == FindingKind.DUPLICATE else words,
            documents=sorted({place.document_id for place in places}),
            terms=row.terms,
            by=by,
        )
        row.save(update_fields=["dismissal"])
        told = _("Said that “{subject}” is no conflict").format(subject=row.subject)
        auditing.record(row.workspace_id, by, "finding.dismissed", row, told)
    return row.dismissal


def take_back(finding, *, by):
    """A finding that was dismissed, or that a model denied, is shown again: the owner's word counts."""
    is_denied = finding.verdict is False
    if finding.dismissal_id or is_denied:
        with transaction.atomic():
            Dismissal.objects.filter(pk=finding.dismissal_id).delete()
            if is_denied:
                Finding.objects.filter(pk=finding.pk).update(verdict=True, judged_by="", judged_words=[])
            told = _("Took back that “{subject}” is no conflict").format(subject=finding.subject)
            auditing.record(finding.workspace_id, by, "finding.taken_back", finding, told)


def counts(agent):
    """{kind: number of findings shown}."""
    rows = Finding.objects.filter(agent=agent).shown().order_by().values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in rows}


def _can_keep(pair):
    left = {place.document_id for place in pair[0].places}
    right = {place.document_id for place in pair[1].places}
    return not left & right and max(len(left), len(right)) <= MOST_SET_ASIDE
