"""Credentials to outside services, encrypted, with what is known of their health."""

from django.db import models
from django.utils import timezone

from berrydesk.crypto.fields import EncryptedJSONField
from berrydesk.db.models import WorkspaceModel, scoped


class Kind(models.TextChoices):
    """What a connection is for."""

    PROVIDER = "provider"
    EMBEDDINGS = "embeddings"
    SERVICE = "service"


class ConnectionQuerySet(models.QuerySet):
    def providers(self):
        return self.filter(kind=Kind.PROVIDER)

    def for_models(self):
        """Providers of models that answer, and of those that only make embeddings."""
        return self.filter(kind__in=[Kind.PROVIDER, Kind.EMBEDDINGS])

    def services(self):
        return self.filter(kind=Kind.SERVICE)

    def working(self):
        return self.filter(ok=True)


class Connection(WorkspaceModel):
    """One outside service this workspace may use.

    ``service`` is LiteLLM's name of a provider, or ``custom`` for any OpenAI-compatible server; else the name of
    a service that sources read from, such as ``notion``. One for embeddings answers no customer. One that was
    never checked waits for its owner's consent.
    ``secrets`` is write-only: it never leaves the server; ``hint`` is the end of the key, for people.
    """

    kind = models.CharField(max_length=12, choices=Kind.choices)
    service = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    base_url = models.URLField(blank=True, max_length=500)
    secrets = EncryptedJSONField(default=dict)
    hint = models.CharField(max_length=8, blank=True)
    model_names = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    checked_at = models.DateTimeField(null=True)
    ok = models.BooleanField(null=True)
    problem = models.JSONField(null=True)

    objects = scoped(ConnectionQuerySet)

    def __str__(self):
        return self.name
