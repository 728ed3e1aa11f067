"""What every row of a workspace has in common."""

from django.db import models
from django_scopes import ScopedManager

from berrydesk.db.heartbeats import WorkerHeartbeat  # noqa: F401 — the one table of the installation itself
from berrydesk.db.ids import uuid7


def scoped(queryset=models.QuerySet):
    """A manager over ``queryset`` that raises unless a workspace is in scope."""
    return ScopedManager(workspace="workspace", _manager_class=models.Manager.from_queryset(queryset))


class WorkspaceModel(models.Model):
    """A row of exactly one workspace.

    A model with verbs of its own sets ``objects = scoped(ItsQuerySet)``. ``_base_manager`` stays Django's
    plain one, for following foreign keys; row-level security still holds there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+")

    objects = scoped()

    class Meta:
        abstract = True
