"""What the API kept for callers who repeat themselves goes once nobody will."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.api.models import IdempotentCall
from berrydesk.db.scopes import every_workspace
from berrydesk.db.tasks import DURABLE

KEPT = timedelta(days=30)
MOST_AT_ONCE = 1000


@shared_task(**DURABLE)
def sweep():
    """Calls older than ``KEPT`` are forgotten, some at a time: the next sweep takes the next."""
    with every_workspace("calls of any workspace grow old"):
        old = IdempotentCall.objects.filter(created_at__lt=timezone.now() - KEPT)
        gone, _of_each = IdempotentCall.objects.filter(
            pk__in=list(old.values_list("pk", flat=True)[:MOST_AT_ONCE])
        ).delete()
    return gone
