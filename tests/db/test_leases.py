"""A row may rest: nobody works on it, and nobody may take it, until its time has come."""

from datetime import timedelta

from django.utils import timezone

from apps.knowledge.models import Source
from berrydesk.db import leases


def a_source(agent):
    return Source.objects.create(workspace_id=agent.workspace_id, agent=agent, kind="text", name="Hours")


def test_a_resting_row_is_nobodys_until_its_time_has_come(agent):
    source = a_source(agent)
    with leases.claim(Source, source.pk) as row:
        assert not leases.is_free(Source.objects.get(pk=source.pk))
        leases.rest(row, for_s=60)
        assert not leases.still_held(row)
    source.refresh_from_db()
    assert leases.is_free(source) and source.lease_until > timezone.now() + timedelta(seconds=50)
    assert not leases.free(Source.objects.all()).exists()
    with leases.claim(Source, source.pk) as another:
        assert another is None
    Source.objects.filter(pk=source.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    with leases.claim(Source, source.pk) as another:
        assert another is not None


def test_who_lost_the_lease_puts_nothing_to_rest(agent):
    source = a_source(agent)
    with leases.claim(Source, source.pk) as row:
        Source.objects.filter(pk=source.pk).update(lease_by="another")
        leases.rest(row, for_s=60)
        source.refresh_from_db()
        assert source.lease_by == "another" and source.lease_until < timezone.now() + timedelta(seconds=50)
