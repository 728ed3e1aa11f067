"""When a worker was last seen alive."""

from django.db import models
from django.utils import timezone


class WorkerHeartbeat(models.Model):
    """One worker process; the row is its own to refresh. Belongs to the installation, not to a workspace."""

    name = models.CharField(max_length=120, primary_key=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "db"
