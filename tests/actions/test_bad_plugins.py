"""What lies, leaks or finishes late: contained, in words, and still done once."""

import contextlib
import sys
import threading
import time
from datetime import timedelta

import pytest
from berrydesk_sdk import VisitorError
from django.db import connection
from django.utils import timezone

from apps.actions import registry, running, wiring
from apps.actions.models import ActionRun
from apps.conversations import opening
from apps.conversations.phrases import phrase
from berrydesk.db.scopes import in_workspace
from berrydesk.plugins import calling

SECRET = "sk_live_canary_4711"

CODE = """
import time
from berrydesk_sdk import Action, Identity, Outcome, Preview, VisitorError
from pydantic import BaseModel, SecretStr

DONE = []

class Base(Action):
    identity = Identity.ANONYMOUS
    class Settings(BaseModel):
        key: SecretStr
    def preview(self, context, parameters):
        return Preview(title="Do it", subject="it")
    def perform(self, context, parameters):
        DONE.append(context.run_id)
        return Outcome.succeeded("1", "Done.")
    def reconcile(self, context, run):
        return Outcome.succeeded("1", "Done.") if run.id in DONE else None

class Late(Base):
    def perform(self, context, parameters):
        time.sleep(13)
        DONE.append(context.run_id)
        return Outcome.succeeded("1", "Done.")

class LeakyCard(Base):
    def preview(self, context, parameters):
        key = context.settings.key.get_secret_value()
        return Preview(title="Key " + key, rows=[("Key", key)], note=key, subject="it")

class LeakyRefusal(Base):
    def preview(self, context, parameters):
        raise VisitorError("No: " + context.settings.key.get_secret_value())

class LeakyCrash(Base):
    def perform(self, context, parameters):
        raise RuntimeError(context.settings.key.get_secret_value())
    def reconcile(self, context, run):
        raise RuntimeError(context.settings.key.get_secret_value())

class LeakyOutcome(Base):
    def perform(self, context, parameters):
        key = context.settings.key.get_secret_value()
        return Outcome.succeeded(key, "Done with " + key, key=key)

class Garbage(Base):
    def preview(self, context, parameters):
        return Preview(title="x" * 10**6 + chr(0), rows=[("a" * 999, chr(0) + "b" * 9999)] * 500, subject="s" * 9999)
    def perform(self, context, parameters):
        return Outcome.succeeded("r" * 9999, chr(0xD800) + chr(0) + "m" * 10**6, big=10**400, more={"a": object()})

class NoPreview(Base):
    def preview(self, context, parameters):
        return None

class BadRows(Base):
    def preview(self, context, parameters):
        return Preview(title="x", rows=[("only one",)], subject="s")

class Mute(Base):
    def perform(self, context, parameters):
        return Outcome.succeeded("1")

class NotAnAction:
    pass

class NoWords(Base):
    title = 7

class NoModel(Base):
    Parameters = "none"

class CannotBegin(Base):
    def __init__(self):
        raise SystemExit("out")
"""

NAMES = [line.split()[1].split("(")[0].rstrip(":") for line in CODE.splitlines() if line.startswith("class ")]


@pytest.fixture
def bad(tmp_path, agent):
    """Wires one of the actions above."""
    for number, plugin in enumerate(("berrydesk-bad", "berrydesk-worse")):
        info = tmp_path / f"{plugin.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {plugin}\nVersion: 1.0\n")
        points = [f"bad.{name.lower()} = berrydesk_bad:{name}" for name in NAMES] if not number else []
        points += ["bad.both = berrydesk_bad:Base", "bad.absent = berrydesk_nowhere:Base"][: 2 - number]
        (info / "entry_points.txt").write_text("[berrydesk.actions]\n" + "\n".join(points) + "\n")
    (tmp_path / "berrydesk_bad.py").write_text(CODE)
    sys.path.insert(0, str(tmp_path))
    registry.forget()
    yield lambda name: wiring.wire(agent, f"bad.{name}", enabled=True, settings={"key": SECRET})
    sys.path.remove(str(tmp_path))
    sys.modules.pop("berrydesk_bad", None)
    registry.forget()


def propose(wired, chat):
    return running.propose(wired, conversation=chat, turn=None, contact=None, parameters={})


def confirmed(wired, chat):
    run = propose(wired, chat)
    running.confirm(run)
    return run


def everything_told(chat):
    events = [str(data) for data in chat.events.values_list("data", flat=True)]
    return " ".join([*events, *chat.messages.values_list("text", flat=True)])


def test_what_cannot_be_offered_is_listed_with_its_reason(bad):
    why = {offer.key: offer.broken for offer in registry.catalogue()}
    assert "not a berrydesk_sdk.Action" in why["bad.notanaction"]
    assert "title" in why["bad.nowords"] and "pydantic" in why["bad.nomodel"]
    assert "SystemExit" in why["bad.cannotbegin"] and "No module named" in why["bad.absent"]
    assert "more than one plugin" in why["bad.both"]
    assert why["bad.mute"] == "" and why["stripe.refund"] == ""


@pytest.mark.parametrize("name", ["leakycard", "leakyrefusal", "leakycrash", "leakyoutcome"])
def test_a_secret_reaches_nobody(bad, chat, name, caplog):
    try:
        run = confirmed(bad(name), chat)
        running.perform(run.pk)
        ActionRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        running.perform(run.pk)
    except VisitorError as refusal:
        assert SECRET not in str(refusal) and "•••" in str(refusal)
    rows = str(list(ActionRun.objects.values()))
    assert SECRET not in rows + everything_told(chat) + caplog.text


def test_garbage_is_cut_to_what_can_be_stored(bad, chat):
    run = confirmed(bad("garbage"), chat)
    assert running.perform(run.pk).state == "succeeded"
    assert len(run.preview["title"]) == 200 and len(run.preview["rows"]) == 20
    assert len(everything_told(chat)) < 50_000 and "\x00" not in everything_told(chat)


@pytest.mark.parametrize("name", ["nopreview", "badrows"])
def test_a_card_that_is_none_is_refused_in_words(bad, chat, name):
    with pytest.raises(VisitorError) as told:
        propose(bad(name), chat)
    assert str(told.value) == phrase("act_not_now", "en")
    assert "The plugin failed" in running.dry_run(bad(name), {})["problems"][0]


def test_a_success_without_words_is_told_all_the_same(bad, chat):
    run = confirmed(bad("mute"), chat)
    running.perform(run.pk)
    assert chat.messages.get().text == "Done: Do it."


@pytest.mark.django_db(transaction=True)
def test_what_finishes_after_it_was_given_up_is_not_begun_again(bad, chat):
    run = confirmed(bad("late"), chat)
    assert running.perform(run.pk).state == "unknown"
    done = sys.modules["berrydesk_bad"].DONE
    assert done == [] and running.perform(run.pk) is None, "It may still do it."
    ends = time.monotonic() + 15
    while not done and time.monotonic() < ends:
        time.sleep(0.1)
    time.sleep(0.5)
    ActionRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert running.perform(run.pk).state == "succeeded"
    assert done == [str(run.pk)]


@pytest.mark.django_db(transaction=True)
def test_one_conversation_confirms_while_another_proposes_the_same(bad, agent, scoped):
    wired = bad("base")
    chats = [opening.open_conversation(agent, visitor_key=f"d{n}") for n in range(2)]
    problems = []

    def work(chat):
        try:
            with in_workspace(scoped):
                for _ in range(25):
                    with contextlib.suppress(VisitorError):
                        running.confirm(propose(wired, chat))
                    ActionRun.objects.filter(state="confirmed").update(state="failed")
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[chat]) for chat in chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_a_plugin_is_waited_for():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is not None
    calling.call(lambda: None)
    assert connection.connection is None
