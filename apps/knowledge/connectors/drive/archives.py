"""A ZIP of a Drive: each file inside is a document of its own, named ``<the ZIP's id>/<its path inside>``.

The ZIP stands beside them as a document that taught nothing; its version says in which state it was opened. A
file's path never reads as an id of Drive's, which has no slash.
"""

from apps.knowledge import errors
from apps.knowledge.connectors.drive import kinds
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import DocumentStatus

INSIDE = "/"


def outcomes(source, bench, about, path, members):
    """An outcome for each file of the ZIP at ``path``, for those that left it, and last for the ZIP itself."""
    told = {"url": kinds.address(about), "modified_at": kinds.modified_at(about)}
    names = {_key(about["id"], inner): (index, inner) for index, inner in members}
    done = source.visits.filter(key__in=names).exclude(done_at=None)
    done = set(done.values_list("key", flat=True))  # by a run that ended in the middle of this ZIP
    for key, (index, inner) in names.items():
        if key not in done:
            name = f"{about['name']} › {inner}"
            yield _member(bench, path, index, key, name, about, told)
    yield from gone(source, about["id"], but=names)
    if source.documents.learned().filter(external_id=about["id"]).exists():  # it was no ZIP before
        yield Outcome(external_id=about["id"], is_gone=True, visits=(f"was:{about['id']}",))
    yield itself(about)


def itself(about):
    """The ZIP: no document, but known in this state."""
    return Outcome(
        external_id=about["id"],
        title=about.get("name", ""),
        url=kinds.address(about),
        version=kinds.mark(about),
        modified_at=kinds.modified_at(about),
        holds_others=True,
    )


def unchanged(source, abouts):
    """Outcomes for files that are known in this very state, and for those inside where they are ZIPs."""
    ids = [about["id"] for about in abouts]
    rows = source.documents.filter(external_id__in=ids, status=DocumentStatus.SKIPPED, problem__isnull=True)
    opened = set(rows.values_list("external_id", flat=True))
    for about in abouts:
        if about["id"] in opened:
            for key in _known(source, about["id"]):
                yield Outcome(external_id=key, unchanged=True)
            yield itself(about)
        else:
            yield Outcome(external_id=about["id"], unchanged=True)


def gone(source, id, but=()):
    """What was known of files inside, without those named by ``but``, is there no more."""
    for key in _known(source, id):
        if key not in but:
            yield Outcome(external_id=key, is_gone=True)


def archive_of(external_id):
    """The id of the ZIP in which a document lies; "" for one that stands for itself."""
    id, inside, _inner = external_id.partition(INSIDE)
    return id if inside else ""


def _known(source, id):
    inside = source.documents.filter(external_id__startswith=f"{id}{INSIDE}").order_by("external_id")
    return list(inside.values_list("external_id", flat=True))


def _key(id, inner):
    return f"{id}{INSIDE}{inner}"[:1000]


def _member(bench, path, index, key, name, about, told):
    """What became of one file inside; what cannot be read stays so while the ZIP is the same."""
    told = {"external_id": key, "title": name, "version": kinds.mark(about), **told}
    try:
        parsed = bench.parser.parse_member(path, index, archive=about["name"], name=name)
    except errors.Unreadable as problem:
        return Outcome(**told, problem=problem)
    problem = parsed.note
    if parsed.lost_pages:
        problem = errors.PagesLost(name=name, lost=parsed.lost_pages, pages=parsed.pages)
    return Outcome(
        **told | {"title": parsed.title or name}, text=parsed.markdown, pages=parsed.pages, problem=problem
    )
