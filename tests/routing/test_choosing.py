"""Which model answers, and how a failing provider is left alone by everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.routing import choosing, errors, health
from apps.routing.failures import ModelFailed
from apps.routing.models import ProviderHealth


def a_provider(workspace, service="openai", **fields):
    connection = keeping.keep(
        workspace, kind=Kind.PROVIDER, service=service, name=service, secrets={"api_key": f"sk-{service}"}
    )
    return keeping.note_check(connection, ok=True, model_names=fields.get("models", []))


@pytest.fixture
def openai(scoped):
    return a_provider(scoped)


@pytest.fixture
def claude(scoped):
    return a_provider(scoped, "anthropic")


def names(agent):
    return [choice.name for choice in choosing.choose(agent).choices]


def fail(connection, kind="down", *, at=None, **facts):
    health.note_failure(connection.pk, ModelFailed(kind, **facts), now=at)


def test_without_a_choice_the_built_in_answerer_answers(agent):
    route = choosing.choose(agent)
    assert route.choices == ()
    assert route.choice is None
    assert "built-in" in route.reason


def test_the_chosen_model_comes_first_then_its_fallbacks(agent, ada, openai, claude):
    choosing.choose_model(agent, openai, "gpt-6-luna", by=ada)
    choosing.choose_fallbacks(agent, [(claude, "claude-haiku-5-5"), (openai, "gpt-5-mini")], by=ada)
    assert names(agent) == ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "openai/gpt-5-mini"]
    route = choosing.choose(agent)
    assert route.choice.api_key == "sk-openai"
    assert "sk-openai" not in repr(route)
    assert route.reason == "GPT-6 Luna: the owner chose it."


def test_choosing_the_built_in_answerer_takes_the_model_away(agent, ada, openai):
    choosing.choose_model(agent, openai, "gpt-6-luna", by=ada)
    choosing.choose_model(agent, None, "", by=ada)
    assert names(agent) == []


def test_a_disconnected_provider_leaves_its_fallbacks(agent, ada, openai, claude):
    choosing.choose_model(agent, openai, "gpt-6-luna", by=ada)
    choosing.choose_fallbacks(agent, [(claude, "claude-haiku-5-5")], by=ada)
    openai.delete()
    assert names(agent) == ["anthropic/claude-haiku-5-5"]


def test_a_model_the_provider_lacks_is_refused(agent, ada, openai):
    with pytest.raises(errors.NoSuchModel):
        choosing.choose_model(
            agent, a_provider(openai.workspace, "custom", models=["small"]), "large", by=ada
        )


def test_a_name_of_litellm_finds_its_connection(agent, openai, claude):
    assert choosing.named("anthropic/claude-haiku-5-5") == (claude, "claude-haiku-5-5")
    assert choosing.named("gpt-6-luna") == (openai, "gpt-6-luna")
    with pytest.raises(errors.NoSuchModel):
        choosing.named("gemini/gemini-3.8-flash")


def rests(connection, now=None):
    return health.rests(Connection.objects.select_related("health").get(pk=connection.pk), now=now)


def test_three_failures_in_a_minute_rest_the_provider_for_half_a_minute(agent, ada, openai, claude):
    choosing.choose_model(agent, openai, "gpt-6-luna", by=ada)
    choosing.choose_fallbacks(agent, [(claude, "claude-haiku-5-5")], by=ada)
    fail(openai)
    fail(openai)
    assert names(agent)[0] == "openai/gpt-6-luna"
    fail(openai)
    assert names(agent) == ["anthropic/claude-haiku-5-5"]
    assert "fallback" in choosing.choose(agent).reason
    soon = timezone.now() + timedelta(seconds=31)
    assert not rests(openai, now=soon)


def test_failures_far_apart_do_not_rest_a_provider(openai):
    now = timezone.now()
    for minutes in range(5):
        fail(openai, at=now - timedelta(minutes=5 - minutes))
    assert not rests(openai)


def test_after_a_rest_one_more_failure_is_enough(openai):
    now = timezone.now()
    for _time in range(3):
        fail(openai, at=now - timedelta(seconds=40))
    assert not rests(openai, now=now)
    fail(openai, at=now)
    assert rests(openai, now=now)


def test_a_success_forgets_what_was_counted(openai):
    fail(openai)
    fail(openai)
    health.note_success(openai.pk)
    fail(openai)
    assert not rests(openai)


def test_a_success_after_a_rest_gives_back_all_three_tries(openai):
    now = timezone.now()
    health.note_success(openai.pk, now=now - timedelta(seconds=45))
    for _time in range(3):
        fail(openai, at=now - timedelta(seconds=40))
    health.note_success(openai.pk, now=now)
    fail(openai, at=now)
    assert not rests(openai, now=now)


def test_a_question_too_long_says_nothing_about_the_provider(openai):
    for _time in range(5):
        fail(openai, "context")
    assert not rests(openai)
    row = ProviderHealth.objects.get(connection=openai)
    assert row.last_failure["kind"] == "context"
    assert row.last_failure["remedy"]


def test_the_wait_a_provider_asks_for_is_kept(openai):
    now = timezone.now()
    fail(openai, "rate_limited", at=now, retry_after_s=20.0)
    assert rests(openai, now=now + timedelta(seconds=19))
    assert not rests(openai, now=now + timedelta(seconds=21))


def test_a_failure_of_a_removed_provider_is_nobodys_trouble(agent, openai):
    gone = openai.pk
    openai.delete()
    health.note_failure(gone, ModelFailed("down"))
    health.note_success(gone)
    assert not ProviderHealth.objects.exists()
