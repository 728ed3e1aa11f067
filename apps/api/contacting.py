"""The business's own server says who is writing, and is believed for a while."""

from datetime import timedelta

from django.utils import timezone

from apps.conversations.models import Contact, Rung

BELIEVED_FOR = timedelta(hours=1)
"""Each call renews it for its conversation. The same contact on the website must prove itself there."""


def known(workspace_id, *, external_id="", name="", email="", attributes=None):
    """The contact named by ``external_id``, else by ``email``, up to date; None for nobody.

    The caller believes it for ``BELIEVED_FOR``, in the conversation it speaks of.
    """
    email = email.strip().lower()
    if not external_id and not email:
        return None
    rows = Contact.objects.select_for_update(of=("self",))
    if external_id:
        row, _ = rows.get_or_create(external_id=external_id, workspace_id=workspace_id)
    else:
        row = rows.filter(external_id="", email=email, rung=Rung.VERIFIED).order_by("pk").first()
        row = row or Contact(workspace_id=workspace_id, email=email)
    row.name = name or row.name
    row.email = email or row.email
    row.attributes = {**row.attributes, **(attributes or {})}
    row.rung = Rung.VERIFIED
    row.seen_at = timezone.now()
    row.save()
    return row


def imagined(workspace_id, *, external_id="", name="", email="", attributes=None):
    """The contact as ``known`` would find it, with nothing stored: for a dry run. None for nobody."""
    email = email.strip().lower()
    if not external_id and not email:
        return None
    row = Contact.objects.filter(external_id=external_id).first() if external_id else None
    row = row or Contact(workspace_id=workspace_id, external_id=external_id)
    row.name, row.email = name or row.name, email or row.email
    row.attributes = {**row.attributes, **(attributes or {})}
    row.rung = Rung.VERIFIED
    return row
