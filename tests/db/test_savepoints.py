"""What fails in a savepoint is taken back, and the transaction goes on in its workspace."""

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from apps.agents.models import Agent
from apps.knowledge import sweeping
from apps.knowledge.finding_models import Sweep
from apps.knowledge.missing import asking
from berrydesk.db.scopes import every_workspace, in_workspace


def test_a_transaction_goes_on_after_a_savepoint_that_failed(ada, agent):
    Sweep.objects.create(workspace_id=agent.workspace_id, agent=agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sweep.objects.create(workspace_id=agent.workspace_id, agent=agent)
    assert Sweep.objects.get().agent == agent


def test_it_goes_on_where_the_scope_ended_with_the_failure(ada, agent):
    Sweep.objects.create(workspace_id=agent.workspace_id, agent=agent)
    with pytest.raises(IntegrityError), transaction.atomic(), every_workspace("a test looks about"):
        Sweep.objects.create(workspace_id=agent.workspace_id, agent=agent)
    assert Agent.objects.get() == agent


@pytest.mark.django_db(transaction=True)
def test_what_two_make_at_the_same_moment_is_made_once(ada):
    """Two files of a new agent end together: each asks for the first sweep, and for the first check of questions."""
    failures = []

    def ends(agent, together):
        try:
            with in_workspace(ada.workspace):
                together.wait()
                with transaction.atomic():
                    asking.ask(agent)
                    sweeping.ask(agent)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    for number in range(10):
        with in_workspace(ada.workspace):
            agent = Agent.objects.create(workspace=ada.workspace, name=f"Lumi {number}")
        together = threading.Barrier(2)
        both = [threading.Thread(target=ends, args=(agent, together)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    assert failures == []
    with in_workspace(ada.workspace):
        assert Sweep.objects.count() == 10
