"""Plugins of others: those that read are done at once; those that hang, crash or lie never block or repeat."""

import sys
import time
from datetime import timedelta

import pytest
from berrydesk_sdk import VisitorError
from django.utils import timezone

from apps.actions import registry, running, tools, wiring
from apps.actions.models import ActionRun
from apps.conversations.phrases import phrase

CODE = """
import time
from berrydesk_sdk import Action, Effect, Identity, Outcome, Preview
from pydantic import BaseModel, ConfigDict, Field

CALLS = []

class Base(Action):
    title = "Try"
    description = "Tries."
    identity = Identity.ANONYMOUS
    examples = ["Try it"]
    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        word: str = Field("x", description="A word")
    def preview(self, context, parameters):
        return Preview(title="Try " + parameters.word)

class Lookup(Base):
    effect = Effect.READ
    def perform(self, context, parameters):
        CALLS.append(context.run_id)
        return Outcome.succeeded(message="Found " + parameters.word)

class LookupCrash(Base):
    effect = Effect.READ
    def perform(self, context, parameters):
        raise RuntimeError("secret-detail")

class Hang(Base):
    def perform(self, context, parameters):
        CALLS.append(context.run_id)
        time.sleep(60)

class Liar(Base):
    def perform(self, context, parameters):
        CALLS.append(context.run_id)
        return {"status": "succeeded"}

class Exits(Base):
    def perform(self, context, parameters):
        CALLS.append(context.run_id)
        raise SystemExit(3)

class CrashingPreview(Base):
    def preview(self, context, parameters):
        raise RuntimeError("secret-detail")

class FreeMoney(Base):
    effect = Effect.MONEY
"""


@pytest.fixture
def foreign(tmp_path, agent):
    """Wires one of the actions above."""
    info = tmp_path / "berrydesk_foreign-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: berrydesk-foreign\nVersion: 1.0\n")
    names = ("Lookup", "LookupCrash", "Hang", "Liar", "Exits", "CrashingPreview", "FreeMoney")
    points = "\n".join(f"foreign.{name.lower()} = berrydesk_foreign:{name}" for name in names)
    (info / "entry_points.txt").write_text(f"[berrydesk.actions]\n{points}\n")
    (tmp_path / "berrydesk_foreign.py").write_text(CODE)
    sys.path.insert(0, str(tmp_path))
    registry.forget()
    yield lambda name: wiring.wire(agent, f"foreign.{name}", enabled=True)
    sys.path.remove(str(tmp_path))
    sys.modules.pop("berrydesk_foreign", None)
    registry.forget()


def propose(wired, chat, **parameters):
    return running.propose(wired, conversation=chat, turn=None, contact=None, parameters=parameters)


def calls(run):
    return sys.modules["berrydesk_foreign"].CALLS.count(str(run.pk))


def test_what_only_reads_is_done_at_once_and_shows_no_card(foreign, chat):
    run = propose(foreign("lookup"), chat, word="lamp")
    assert run.is_final and run.outcome["message"] == "Found lamp"
    assert not chat.events.exists() and not chat.messages.exists()
    assert propose(run.agent_action, chat, word="lamp") != run


def test_a_look_up_that_crashes_ends_in_words(foreign, chat):
    run = propose(foreign("lookupcrash"), chat)
    assert run.is_final and run.state == "failed"
    assert "nothing was changed" in run.outcome["message"] and "secret-detail" not in str(run.outcome)


@pytest.mark.parametrize("name", ["liar", "exits", "hang"])
def test_nobody_knows_what_it_did_so_it_is_never_repeated(foreign, chat, name):
    run = propose(foreign(name), chat)
    running.confirm(run)
    began = time.monotonic()
    assert running.perform(run.pk).state == "unknown"
    assert time.monotonic() - began < 25
    for _ in range(3):
        ActionRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert running.perform(run.pk).state == "unknown"
    assert calls(run) == 1
    with pytest.raises(VisitorError, match="under way"):
        propose(run.agent_action, chat)
    told = [message.text for message in chat.messages.in_order()]
    assert "will not be done twice" in told[0] and "A person looks into it" in told[1] and len(told) == 2
    assert ActionRun.objects.needing_person().get() == run


def test_a_crashing_preview_is_said_plainly(foreign, chat):
    with pytest.raises(VisitorError) as told:
        propose(foreign("crashingpreview"), chat)
    assert str(told.value) == phrase("act_not_now", "en")


def test_money_without_an_amount_is_refused(foreign, chat):
    with pytest.raises(VisitorError, match="could not work out the amount"):
        propose(foreign("freemoney"), chat)


def test_each_is_a_tool(foreign, agent):
    foreign("lookup"), foreign("hang")
    described = {tool["function"]["name"]: tool["function"]["description"] for tool in tools.tools_for(agent)}
    assert set(described) == {"foreign_lookup", "foreign_hang"}
    assert "confirms" in described["foreign_hang"] and "confirms" not in described["foreign_lookup"]
