"""What an owner does with sources: add, sync again, stop, delete."""

import functools
import logging
import operator
import re
import tempfile
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from apps.connections import keeping
from apps.connections.models import Kind
from apps.knowledge import curating_errors, errors, removing, reviewing, scheduling, sharing, syncing
from apps.knowledge.connectors import registry
from apps.knowledge.connectors.conversations import check as conversations_check
from apps.knowledge.models import Document, DocumentStatus, Source, SourceKind, SourceStatus
from apps.knowledge.parsing import isolation
from apps.knowledge.retrieval import postings
from apps.knowledge.tasks import carry_out_changes, remove_source, sync_source
from apps.workspaces import auditing
from berrydesk.db import leases
from berrydesk.db.notifications import notify

log = logging.getLogger(__name__)

_ADDRESS = re.compile(
    r"(?i)^(https?://[^\s/?#]+\S*|(localhost|(?:\d{1,3}\.){3}\d{1,3}|(?:[a-z0-9¡-￿](?:[a-z0-9¡-￿-]*[a-z0-9¡-￿])?\.)+[a-z¡-￿]{2,})"
    r"(:\d{1,5})?(/\S*)?)$"
)


def guess_kind(text):
    """(kind, config) for whatever was put into the one box: a web address is read as a site, all else as text."""
    words = text.strip()
    if _ADDRESS.match(words) and not re.match(r"(?i)^\S+@\S+$", words):
        is_sitemap = re.search(r"(?i)\.xml(\.gz)?($|\?)", words)
        return SourceKind.WEBSITE, {"url": words, "mode": "sitemap" if is_sitemap else "crawl"}
    return SourceKind.TEXT, {"text": text}


def add_source(agent, *, kind, name=None, config, by=None, is_internal=False):
    """A new source, whose sync begins at once. Raises InvalidConfig, field by field.

    The same config a second time is the same source, synced again. Past conversations are kept as a file.
    ``is_internal``: it is for the team alone, a new one from the first moment.
    """
    if kind == SourceKind.CONVERSATIONS and isinstance(config, dict) and "conversations" in config:
        file_name, data = conversations_check.as_file(config)
        return add_conversations(agent, ContentFile(data, file_name), by=by)
    kept = registry.cleaned(kind, config)
    name = " ".join((name or "").replace("\x00", "").split())[:200] or kept.name or _("Untitled")
    with transaction.atomic():
        postings.lock(agent)
        same = Source.objects.filter(_means(kind, kept.config), agent=agent, kind=kind)
        same = (same if kept.secrets else same.filter(connection=kept.connection)).first()
        connection = _own_connection(agent, kind, kept, same) if kept.secrets else kept.connection
        if same is None:
            source = Source.objects.create(
                workspace_id=agent.workspace_id,
                agent=agent,
                kind=kind,
                name=name,
                config=kept.config,
                connection=connection,
                every_hours=registry.every_hours(kind),
                reviews_changes=registry.always_reviewed(kind),
                is_internal=is_internal,
                sync_number=1,
            )
            auditing.record(
                agent.workspace_id, by, "source.added", source, _("Added the source %s") % source.name
            )
            _wake(source)
            return source
        if is_internal:
            sharing.share(same, is_internal=True, by=by)
    return sync_again(same)


def _means(kind, config):
    """The condition that a source is the one that ``config`` stands for."""
    return functools.reduce(operator.or_, (Q(config=one) for one in registry.spellings(kind, config)))


def _own_connection(agent, kind, kept, same):
    """The secrets of a plugin's source, in a connection that only it reads through."""
    return keeping.keep(
        agent.workspace_id,
        kind=Kind.SERVICE,
        service=kind[:60],
        name=kept.name[:120],
        secrets=kept.secrets,
        replacing=same.connection if same else None,
    )


def add_files(agent, files, by=None, *, is_internal=False):
    """A source per file, in their order; syncs begin at once. A file of a known name replaces the earlier one.

    ``is_internal``: they are for the team alone, new ones from the first moment.

    What cannot even be stored (too large, empty) becomes a source that says so.
    """
    return [_add_file(agent, file, by, is_internal=is_internal) for file in files]


def add_conversations(agent, file, by=None):
    """Past conversations of a file are on their way to be mined; a file of a known name replaces the earlier one.

    Raises Unreadable for a file that holds none.
    """
    name = _plain_name(file.name)
    if file.size > isolation.FILE_BYTES:
        raise errors.FileTooLarge(name=name, limit=isolation.FILE_BYTES // isolation.MB)
    if not file.size:
        raise errors.FileEmpty(name=name)
    with tempfile.NamedTemporaryFile(prefix="berrydesk-") as copy, isolation.Parser() as parser:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        parser.conversations(copy.name, name=name)
    file.seek(0)
    return _add_file(agent, file, by, SourceKind.CONVERSATIONS)


def sync_again(source):
    """A new sync is on its way; while one is waiting or under way, it is that one."""
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk)
        if source.kind == SourceKind.API or (source.is_at_work and source.stop_asked_at is None):
            return source
        scheduling.begin(source)
        _wake(source)
    return source


def stop(source):
    """No more is read; what was learned stays. Does nothing to a source that is not at work."""
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk)
        if source.is_at_work and source.stop_asked_at is None:
            source.stop_asked_at = timezone.now()
            source.save(update_fields=["stop_asked_at"])
            if leases.is_free(source):
                syncing.settle(source, problem=errors.Stopped())
            notify(source.news_key)
    return source


def accept_changes(source, by=None, only=None):
    """Every change that waits now, or those of these keys, is on its way to be live: how many that are.

    Raises AlwaysReviewed where somebody must have seen each and no keys say which.
    """
    if only is None and registry.always_reviewed(source.kind):
        raise curating_errors.AlwaysReviewed()
    with transaction.atomic():
        count = reviewing.accept_all(source, by, only)
        if count:
            workspace_id, source_id = str(source.workspace_id), str(source.pk)
            transaction.on_commit(lambda: carry_out_changes.delay(workspace_id, source_id), robust=True)
    return count


def review_changes(source, is_on, by=None):
    """From now on what a sync finds waits for its owner, or is learned at once. Raises AlwaysReviewed, NeverReviewed."""
    if is_on and source.kind == SourceKind.API:
        raise curating_errors.NeverReviewed()
    if not is_on and registry.always_reviewed(source.kind):
        raise curating_errors.AlwaysReviewed()
    with transaction.atomic():
        if (
            not Source.objects.filter(pk=source.pk)
            .exclude(reviews_changes=is_on)
            .update(reviews_changes=is_on)
        ):
            return
        words = _("Changes of %s wait for review") if is_on else _("Changes of %s are learned at once")
        auditing.record(source.workspace_id, by, "source.review", source, words % source.name)


def change_limits(source, limits, by=None):
    """The next sync keeps to these limits. Raises InvalidConfig, field by field."""
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        config = registry.limited(row.kind, row.config, limits)
        if config != row.config:
            row.config = config
            row.save(update_fields=["config"])
            words = _("The limits of %s were changed")
            auditing.record(row.workspace_id, by, "source.limits", row, words % row.name)
    return row


def delete_source(source, by=None):
    """The source is hidden for good, and on its way to be gone with all it holds. A second time does nothing."""
    with transaction.atomic():
        row = Source.objects.select_for_update(of=("self",)).filter(pk=source.pk).first()
        if row is None:
            return
        removing.begin(row)
        auditing.record(row.workspace_id, by, "source.deleted", row, _("Deleted the source %s") % row.name)
        workspace_id, source_id = str(row.workspace_id), str(row.pk)
        transaction.on_commit(lambda: remove_source.delay(workspace_id, source_id), robust=True)
    removing.say(row.agent)


def _add_file(agent, file, by, kind=SourceKind.FILE, *, is_internal=False):
    name = _plain_name(file.name)
    problem = None
    if file.size > isolation.FILE_BYTES:
        problem = errors.FileTooLarge(name=name, limit=isolation.FILE_BYTES // isolation.MB)
    elif not file.size:
        problem = errors.FileEmpty(name=name)
    with transaction.atomic():
        postings.lock(agent)
        source = Source.objects.filter(agent=agent, kind=kind, name=name).first()
        is_new = source is None
        if is_new:
            source = Source.objects.create(
                workspace_id=agent.workspace_id,
                agent=agent,
                kind=kind,
                name=name,
                reviews_changes=registry.always_reviewed(kind),
                config={"media_type": str(getattr(file, "content_type", "") or "")[:100]},
                status=SourceStatus.FAILED if problem else SourceStatus.QUEUED,
                is_internal=is_internal,
                sync_number=1,
                problem=problem.as_dict() if problem else None,
            )
            auditing.record(agent.workspace_id, by, "source.added", source, _("Added the file %s") % name)
        elif is_internal:
            sharing.share(source, is_internal=True, by=by)
    if problem:
        _note_refused(source, name, problem)
        return source
    try:
        _store(source, name, file)
    except OSError as error:
        log.exception("The file %s of source %s could not be stored", name, source.pk)
        _note_refused(source, name, errors.NotStored(name=name, reason=error.strerror or str(error)))
        return source
    if is_new:
        _wake(source)
        return source
    stop(source)
    return sync_again(source)


def _note_refused(source, name, problem):
    """The refused file stands with its problem; what an earlier one of the same name taught stays."""
    document, is_new = Document.objects.get_or_create(
        source=source,
        external_id=name,
        defaults={
            "workspace_id": source.workspace_id,
            "agent_id": source.agent_id,
            "title": name,
            "status": DocumentStatus.FAILED,
            "problem": problem.as_dict(),
        },
    )
    if not is_new:
        Document.objects.filter(pk=document.pk).update(problem=problem.as_dict())
        Source.objects.filter(pk=source.pk).update(problem=problem.as_dict())
    if not source.documents.learned().exists():
        Source.objects.filter(pk=source.pk).update(status=SourceStatus.FAILED, problem=problem.as_dict())
    Source.objects.filter(pk=source.pk).update(failed=1)
    source.refresh_from_db()


def _store(source, name, file):
    """The file lies below the workspace's folder, and its document waits for it."""
    ending = PurePosixPath(name).suffix[:12]
    safe = get_valid_filename(f"{PurePosixPath(name).stem[:80]}{ending}" or "file")
    stored = default_storage.save(f"{source.workspace_id}/sources/{source.pk}/{safe}", file)
    document, _is_new = Document.objects.get_or_create(
        source=source,
        external_id=name,
        defaults={"workspace_id": source.workspace_id, "agent_id": source.agent_id, "title": name},
    )
    before = document.file.name
    Document.objects.filter(pk=document.pk).update(file=stored)
    if before and before != stored:
        transaction.on_commit(lambda: default_storage.delete(before))


def _plain_name(name):
    """A file's own name, without folders and without characters that no one sees."""
    name = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", str(name or ""))
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    return (name if len(name) <= 200 else f"{name[:180]}…{PurePosixPath(name).suffix[:12]}") or _("Untitled")


def _wake(source):
    """A worker hears of it as soon as the transaction is through; if it does not, the sweep finds the row."""
    workspace_id, source_id = str(source.workspace_id), str(source.pk)
    transaction.on_commit(lambda: sync_source.delay(workspace_id, source_id), robust=True)
