"""Uploaded files, from wherever they are stored; of an archive, each file inside is a document of its own."""

import contextlib
import tempfile

from django.db import transaction

from apps.knowledge import errors
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import Visit
from apps.knowledge.parsing import recognition
from berrydesk.db import leases

NOT_TEXT = (errors.UnknownType, errors.FileWithoutText)
"""What lies in an archive beside the documents is left out, not a failure."""


def walk(source, bench):
    """One document per file."""
    settled = source.visits.exclude(done_at=None).values("key")
    waiting = source.documents.exclude(file="").exclude(external_id__in=settled)
    for document in waiting.order_by("created_at", "pk"):
        name = document.external_id
        try:
            with local_copy(document.file) as path:
                media_type = source.config.get("media_type")
                parsed = bench.parser.parse(
                    path, name=name, media_type=media_type, archives=True, in_steps=True
                )
                if "members" in parsed.about:
                    yield from _members(source, bench, path, name, parsed.about["members"])
                    continue
                parsed = yield from _recognised(source, bench, {"path": str(path)}, name, parsed)
        except FileNotFoundError:
            yield Outcome(
                external_id=name,
                title=name,
                problem=errors.FileLost(name=name),
                failed=True,
                hides_others=True,
            )
        except errors.Unreadable as problem:
            yield Outcome(external_id=name, title=name, problem=problem, failed=True, hides_others=True)
        else:
            yield _learned(parsed, name)


def _members(source, bench, path, archive, members):
    """An outcome for each file of the archive, then for the archive itself, which taught nothing by itself."""
    named = {f"{archive} › {inner}"[:1000]: index for index, inner in members}
    _announce(source, named)
    settled = set(source.visits.exclude(done_at=None).values_list("key", flat=True))
    for name, index in named.items():
        if name in settled:
            continue
        try:
            parsed = bench.parser.parse_member(path, index, archive=archive, name=name, in_steps=True)
            spot = {"path": str(path), "member": index, "archive": archive}
            parsed = yield from _recognised(source, bench, spot, name, parsed)
        except errors.Unreadable as problem:
            failed = not isinstance(problem, NOT_TEXT)
            yield Outcome(external_id=name, title=name, problem=problem, failed=failed)
        else:
            yield _learned(parsed, name)
    yield Outcome(external_id=archive, title=archive, holds_others=True)


def _recognised(source, bench, spot, name, parsed):
    """The document whole. Each page that is a picture is a step of its own: it is kept, then Stop is heard."""
    waiting = [*parsed.scanned, *parsed.sparse]
    if not waiting or not recognition.languages():
        return parsed
    found = {}
    for page in waiting:
        key = f"{name[:980]} › page {page}"
        visit = source.visits.filter(key=key).first()
        if visit is None:
            about = {"kind": parsed.about["kind"], "page": page, "name": name}
            words = bench.parser.recognised(spot, None, **about)
            visit = _keep(source, key, words)
        found[page] = visit.about["words"]
        if visit.done_at is None:
            yield Outcome(visits=(key,))
    return recognition.completed(parsed, found, name=name)


def _keep(source, key, words):
    """A page's words outlive the process: recognising is what takes time."""
    visit = Visit(workspace_id=source.workspace_id, source=source, key=key, url="", about={"words": words})
    with transaction.atomic():
        if leases.still_held(source):
            visit.save(force_insert=True)
    return visit


def _announce(source, names):
    """The files inside are counted before the first is read: how far a sync is can be seen."""
    with transaction.atomic():
        if leases.still_held(source):
            rows = [
                Visit(workspace_id=source.workspace_id, source=source, key=name, url="") for name in names
            ]
            Visit.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _learned(parsed, name):
    problem = parsed.note
    if parsed.lost_pages:
        problem = errors.PagesLost(name=name, lost=parsed.lost_pages, pages=parsed.pages)
    return Outcome(
        external_id=name,
        title=parsed.title or name,
        text=parsed.markdown,
        problem=problem,
        pages=parsed.pages,
    )


@contextlib.contextmanager
def local_copy(file):
    """A path on this machine, whatever storage the file lies in."""
    try:
        path = file.path
    except NotImplementedError:  # Django's word for a storage without paths
        with tempfile.NamedTemporaryFile(prefix="berrydesk-") as copy, file.open("rb") as stored:
            for chunk in stored.chunks():
                copy.write(chunk)
            copy.flush()
            yield copy.name
    else:
        yield path
