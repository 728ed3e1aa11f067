"""What a website said the last time, so that only what changed is read again."""

from django.db import models

from berrydesk.db.models import WorkspaceModel, scoped


class KnownPage(WorkspaceModel):
    """A page that taught a document, as it was answered then.

    ``mark`` names its bytes (and who read them); it holds while the document's ``version`` is the same.
    ``etag`` and ``modified`` are the server's own words for asking whether anything changed. ``links`` are those
    to follow, ``settled`` the keys of ``Visit`` rows that the page stands for.
    """

    id = None
    number = models.BigAutoField(primary_key=True)
    source = models.ForeignKey("knowledge.Source", on_delete=models.CASCADE, related_name="known_pages")
    key = models.CharField(max_length=1000)
    url = models.CharField(max_length=2000)
    external_id = models.CharField(max_length=1000)
    mark = models.CharField(max_length=100)
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    links = models.JSONField(default=list)
    settled = models.JSONField(default=list)

    objects = scoped()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="one_memory_per_page")]
