"""Uploaded files, from wherever they are stored."""

import contextlib
import tempfile

from apps.knowledge import errors
from apps.knowledge.connectors.outcome import Outcome


def walk(source, bench):
    """One document per file."""
    settled = source.visits.exclude(done_at=None).values("key")
    waiting = source.documents.exclude(file="").exclude(external_id__in=settled)
    for document in waiting.order_by("created_at", "pk"):
        name = document.external_id
        try:
            with local_copy(document.file) as path:
                parsed = bench.parser.parse(path, name=name, media_type=source.config.get("media_type"))
        except FileNotFoundError:
            yield Outcome(external_id=name, title=name, problem=errors.FileLost(name=name), failed=True)
        except errors.Unreadable as problem:
            yield Outcome(external_id=name, title=name, problem=problem, failed=True)
        else:
            problem = parsed.note
            if parsed.lost_pages:
                problem = errors.PagesLost(name=name, lost=parsed.lost_pages, pages=parsed.pages)
            yield Outcome(
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
