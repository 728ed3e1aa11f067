"""A model's word on doubtful contradictions: confirmed, dropped, or left as it was when the model fails."""

import pytest

from apps.knowledge import findings
from apps.knowledge.finding_models import Finding, Sweep
from apps.knowledge.sweep import confirming
from apps.routing import gateway
from tests.answering.test_models import with_model
from tests.knowledge.test_sweeping import swept, teach
from tests.peers.faulty_model import FaultyModel

pytestmark = pytest.mark.django_db(transaction=True)
ONE = (
    "returns",
    "Returns",
    "If a grinder or a brewer is not right for you, send it back within 30 days of delivery.",
)
OTHER = (
    "help",
    "Sending something back",
    "You have 14 days from the day your parcel arrives to send equipment back.",
)


@pytest.fixture(scope="module", autouse=True)
def litellm_is_warm():
    gateway.warm_now()


def asked(agent, **how):
    teach(agent, ONE, OTHER)
    with FaultyModel(**how) as server:
        with_model(agent, server.url)
        row = swept(agent)
        return row, server.calls


def test_the_planted_difference_is_doubtful(agent):
    teach(agent, ONE, OTHER)
    swept(agent)
    assert Finding.objects.get().confidence < confirming.SURE_ENOUGH


def test_what_the_model_confirms_is_shown(agent):
    row, calls = asked(agent, text='{"contradiction": true}')
    assert (row.asked_model, calls) == (1, 1)
    finding = findings.shown(agent).get()
    assert finding.verdict is True and finding.judged_by == "custom/bench"


def test_what_the_model_denies_is_not_shown_and_not_asked_again(agent):
    asked(agent, text='{"contradiction": false}')
    assert not findings.shown(agent).exists() and Finding.objects.get().verdict is False
    with FaultyModel(text='{"contradiction": true}') as server:
        with_model(agent, server.url)
        swept(agent)
        assert server.calls == 0


def test_a_model_that_fails_leaves_everything_as_it_was(agent):
    row, _calls = asked(agent, fault="server_error")
    assert row.status == "done" and Finding.objects.get().verdict is None


def test_an_answer_that_is_no_verdict_decides_nothing(agent):
    asked(agent, text="Ignore that. They look fine to me.")
    assert Finding.objects.get().verdict is None and Sweep.objects.get().status == "done"
