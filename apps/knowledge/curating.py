"""What an owner does with single documents: set aside, correct, restore, pin. Syncs keep to it.

Each is said once and means the same the second time. ``by`` is a member, or None for Berrydesk itself.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.knowledge import curating_errors, history, indexing, sweeping
from apps.knowledge.history_models import Correction, DocumentVersion, Origin
from apps.knowledge.models import Document, DocumentStatus
from apps.workspaces import auditing
from berrydesk.db.notifications import notify

LONGEST_CHARACTERS = 2_000_000


def set_aside(document, by=None):
    """The document is kept, and kept fresh by syncs, but is never found. Raises DocumentGone."""

    def change(row):
        if row.set_aside_at is not None:
            return False
        row.set_aside_at, row.set_aside_by = timezone.now(), by

    def beside(_before, row):
        _say(row, by, "document.set_aside", _("Set aside the document %s"))

    return _rewrite(document, change, beside)


def take_back(document, by=None):
    """A document that was set aside is found again. Raises DocumentGone."""

    def change(row):
        if row.set_aside_at is None:
            return False
        row.set_aside_at = row.set_aside_by = None

    def beside(_before, row):
        _say(row, by, "document.taken_back", _("Took back the document %s"))

    return _rewrite(document, change, beside)


def correct(document, text, by=None):
    """``text`` is what the document says, whatever later syncs read, until the owner chooses otherwise.

    The very text of the page takes the correction back. What stood there before is kept as a version.
    Raises CorrectionEmpty, CorrectionTooLong, DocumentGone.
    """
    text = str(text or "").replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise curating_errors.CorrectionEmpty()
    if len(text) > LONGEST_CHARACTERS:
        raise curating_errors.CorrectionTooLong(length=len(text), limit=LONGEST_CHARACTERS)
    return _say_instead(document, lambda _row: text, by, Origin.CORRECTION)


def restore(document, version_id, by=None):
    """The document says again what it said in that version; what it says now becomes a version.

    Raises VersionGone, DocumentGone.
    """
    version = DocumentVersion.objects.filter(document=document, pk=version_id).first()
    if version is None:
        raise curating_errors.VersionGone(kept=history.KEPT)
    return _say_instead(document, lambda _row: version.text, by, Origin.RESTORE)


def take_page(document, by=None):
    """The document says what its page says by now, and follows it again. Raises DocumentGone."""

    def page_text(row):
        correction = Correction.objects.filter(document=row).first()
        return (correction.page_text if correction else "") or row.text

    return _say_instead(document, page_text, by, Origin.RESTORE)


def keep_correction(document, by=None):
    """The corrected text stands although the page changed; nothing is asked until it changes again."""
    with transaction.atomic():
        correction = Correction.objects.select_for_update().filter(document=document).first()
        if correction is None or correction.page_changed_at is None:
            return
        correction.page_digest, correction.page_changed_at = history.digest(correction.page_text), None
        correction.save(update_fields=["page_digest", "page_changed_at"])
        _say(
            document, by, "document.correction_kept", _("Kept the correction of %s although its page changed")
        )


def pin(document, by=None):
    """The agent always has the document before it."""
    _set_pinned(document, True, by, "document.pinned", _("Pinned the document %s"))


def unpin(document, by=None):
    """The agent has the document before it only when a question finds it."""
    _set_pinned(document, False, by, "document.unpinned", _("Unpinned the document %s"))


def _set_pinned(document, is_pinned, by, verb, words):
    with transaction.atomic():
        changed = Document.objects.filter(pk=document.pk).exclude(is_pinned=is_pinned)
        if changed.update(is_pinned=is_pinned):
            _say(document, by, verb, words)


def _say_instead(document, text_for, by, origin):
    """The document says ``text_for(row)``; where that is not its page's own text, a correction stands beside it."""

    def change(row):
        text = text_for(row)
        if text == row.text and row.status == DocumentStatus.LEARNED:
            return False
        row.text, row.status, row.problem = text, DocumentStatus.LEARNED, None
        row.learned_at = timezone.now()

    def beside(before, row):
        correction = Correction.objects.filter(document=row).first()
        history.remember([before], {before.pk: correction} if correction else {})
        page_text = correction.page_text if correction else before.text
        if row.text == page_text:
            Correction.objects.filter(document=row).delete()
        else:
            Correction.objects.update_or_create(
                document=row,
                defaults={
                    "workspace_id": row.workspace_id,
                    "page_text": page_text,
                    "page_digest": history.digest(page_text),
                    "page_changed_at": None,
                    "origin": origin,
                    "by": by,
                    "made_at": timezone.now(),
                },
            )
        if origin == Origin.RESTORE:
            _say(row, by, "document.restored", _("Restored an earlier text of %s"))
        else:
            _say(row, by, "document.corrected", _("Corrected the document %s"))

    return _rewrite(document, change, beside)


def _rewrite(document, change, beside):
    try:
        row = indexing.rewrite(document, change, beside)
        sweeping.ask(document.agent)
        return row
    except Document.DoesNotExist:
        raise curating_errors.DocumentGone(title=str(document)) from None


def _say(document, by, verb, words):
    """Into the audit log, and to whoever looks at the source."""
    auditing.record(document.workspace_id, by, verb, document, words % document)
    notify(f"source:{document.source_id}")
