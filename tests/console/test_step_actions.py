"""Step 4 as Ada meets it: what she chose stays while she corrects a mistake, and every problem is a sentence."""

import sys

import pytest
from django.urls import reverse

from apps.actions import registry
from apps.actions.models import AgentAction

pytestmark = pytest.mark.django_db
REFUND = "stripe.refund"


def save(client, agent, key=REFUND, **typed):
    return client.post(reverse("console:setup_action", args=[agent.public_id, key]), typed)


def switch_of(answer):
    """True when the page shows the action as switched on."""
    inputs = answer.content.decode().split("<input")
    switch = next(one for one in inputs if 'role="switch" name="enabled"' in one)
    return "checked" in switch.split(">")[0]


def test_a_mistake_in_a_limit_leaves_the_switch_as_it_was_chosen(as_ada, agent):
    answer = save(as_ada, agent, enabled="on", max_amount="lots", **{"set-secret_key": "sk_test_1"})
    assert answer.status_code == 422 and switch_of(answer)
    assert 'value="lots"' in answer.content.decode()


def test_a_missing_secret_is_asked_for_only_when_it_is_switched_on(as_ada, agent):
    asked = save(as_ada, agent, enabled="on")
    assert asked.status_code == 422 and "Secret key is missing." in asked.content.decode()
    assert "Field required" not in asked.content.decode() and switch_of(asked)
    assert save(as_ada, agent, max_amount="50").status_code == 302
    assert AgentAction.objects.get().policy["max_amount"] == 5000


def test_saving_says_so_and_what_is_still_missing(as_ada, agent):
    shown = as_ada.get(save(as_ada, agent).url).content.decode()
    assert "Saved, and switched off. To switch it on, fill in “Secret key”." in shown
    later = as_ada.get(reverse("console:actions", args=[agent.public_id])).content.decode()
    assert "Saved" not in later


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("daily_count_max", "9" * 5000),
        ("max_amount", "1e5000"),
        ("max_amount", "1e999999"),
        ("max_amount", "²"),
    ],
)
def test_odd_limits_come_back_at_the_field(as_ada, agent, field, value):
    assert save(as_ada, agent, currency="EUR", **{field: value}).status_code == 422


CODE = """
import sys
from berrydesk_sdk import Action, Retryable
from pydantic import BaseModel, Field, SecretStr

class Crash(Action):
    title = "Crash"
    class Settings(BaseModel):
        token: SecretStr = Field(title="Token")
        share: float = Field(0.5, title="Share")
    def check(self, settings):
        raise ValueError("boom " + settings.token.get_secret_value())

class Exits(Crash):
    def check(self, settings):
        sys.exit(3)

class Away(Crash):
    def check(self, settings):
        raise Retryable("The shop cannot be reached")
"""


@pytest.fixture
def strange(tmp_path, agent):
    """A third party's plugin whose checks fail, and one that cannot be loaded."""
    info = tmp_path / "berrydesk_strange-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: berrydesk-strange\nVersion: 1.0\n")
    points = [f"strange.{name.lower()} = berrydesk_strange:{name}" for name in ("Crash", "Exits", "Away")]
    points.append("strange.gone = berrydesk_nowhere:Gone")
    (info / "entry_points.txt").write_text("[berrydesk.actions]\n" + "\n".join(points) + "\n")
    (tmp_path / "berrydesk_strange.py").write_text(CODE)
    sys.path.insert(0, str(tmp_path))
    registry.forget()
    yield
    sys.path.remove(str(tmp_path))
    sys.modules.pop("berrydesk_strange", None)
    registry.forget()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("crash", "its plugin failed while it tried the settings. ValueError: boom •••."),
        ("exits", "its plugin failed while it tried the settings. It ended with SystemExit."),
        ("away", "The shop cannot be reached. Nothing answers at the address of the service"),
    ],
)
def test_a_check_that_fails_in_any_way_is_a_sentence_without_the_secret(as_ada, agent, strange, key, words):
    answer = save(as_ada, agent, f"strange.{key}", enabled="on", **{"set-token": "hush-hush"})
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "hush-hush" not in page
    assert not AgentAction.objects.exists()


@pytest.mark.parametrize("typed", ["nan", "1e999"])
@pytest.mark.parametrize("switch", [{}, {"enabled": "on"}])
def test_a_number_that_cannot_be_written_out_comes_back_as_typed(as_ada, agent, strange, typed, switch):
    answer = save(as_ada, agent, "strange.crash", **switch, **{"set-token": "t", "set-share": typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and f'value="{typed}"' in page and "Give a number" in page
    assert not AgentAction.objects.exists()


@pytest.mark.parametrize("name", ["setup_action", "setup_try"])
def test_a_plugin_that_cannot_be_loaded_is_a_sentence(as_ada, agent, strange, name):
    answer = as_ada.post(
        reverse(f"console:{name}", args=[agent.public_id, "strange.gone"]), {"enabled": "on"}
    )
    assert answer.status_code == 422 and "could not be loaded" in answer.content.decode()
