"""What every app stands on: scopes, leases, notifications, row-level security."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DatabaseConfig(AppConfig):
    name = "berrydesk.db"
    label = "db"

    def ready(self):
        post_migrate.connect(_protect, dispatch_uid="berrydesk.db.rls")


def _protect(using, **_ignored):
    from berrydesk.db import rls

    rls.protect(using)
