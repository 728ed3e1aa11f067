"""The catalogue comes from LiteLLM's own file, quickly, and never says a price it does not know."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from apps.routing import catalogue, prices
from apps.routing.pacing import Limits, Pace

TILES = [tile.service for tile in catalogue.tiles()]


def test_the_nine_families_come_first_and_a_server_of_ones_own_last():
    services = [provider.service for provider in catalogue.providers()]
    assert services[:9] == [
        *("openai", "anthropic", "gemini", "deepseek", "moonshot"),
        *("zai", "dashscope", "minimax", "xiaomi_mimo"),
    ]
    assert services[-1] == "custom"
    assert {"mistral", "groq", "xai", "azure", "openrouter"} <= set(services)
    assert len(services) == len(set(services))


@pytest.mark.parametrize("service", TILES)
def test_every_tile_begins_with_a_model_of_today_that_uses_tools(service):
    model = catalogue.models(service)[0]
    assert model.model == catalogue.default_model(service)
    assert model.uses_tools
    assert model.context_tokens >= 100_000
    assert model.price_out is not None
    assert prices.cost_per_1000_conversations(service, model.model).usd > 0


def test_models_that_have_ended_are_left_out():
    before = {model.model for model in catalogue.models("anthropic", today=date(2026, 11, 1))}
    after = {model.model for model in catalogue.models("anthropic", today=date(2026, 12, 1))}
    assert "claude-sonnet-4-5" in before - after


def test_models_have_names_that_people_write():
    assert catalogue.human_name("openai", "gpt-6-luna") == "GPT-6 Luna"
    assert catalogue.human_name("anthropic", "claude-haiku-5-5") == "Claude Haiku 5.5"
    assert catalogue.human_name("zai", "glm-5.3-flash") == "GLM-5.3 Flash"
    assert catalogue.human_name("minimax", "MiniMax-M3") == "MiniMax M3"
    assert catalogue.human_name("custom", "my/own-model") == "my/own-model"


def test_an_unknown_price_is_none_and_a_free_one_is_zero():
    assert prices.cost("custom", "small", 100, 10) is None
    assert prices.cost("openai", "gpt-of-tomorrow", 100, 10) is None
    assert prices.cost("openai", "gpt-6-luna", None, 10) is None
    assert prices.cost_per_1000_conversations("custom", "small") is None
    assert prices.cost("zai", "glm-4.7-flash", 100, 10) == 0


def test_prices_know_what_was_read_from_the_cache_and_what_is_long():
    # The catalogue, per million tokens: 0.10 in, 0.01 in from the cache, 0.50 out; above 272k 0.20, 0.02, 0.75.
    million = Decimal(1_000_000)
    assert (
        prices.cost("openai", "gpt-6-luna", 1000, 100)
        == (1000 * Decimal("0.10") + 100 * Decimal("0.50")) / million
    )
    cached = (400 * Decimal("0.10") + 600 * Decimal("0.01")) / million
    assert prices.cost("openai", "gpt-6-luna", 1000, 0, 600) == cached
    assert prices.cost("openai", "gpt-6-luna", 300_000, 0) == 300_000 * Decimal("0.20") / million
    assert prices.cost("dashscope", "qwen3.5-plus", 1000, 0) == 1000 * Decimal("0.4") / million
    assert prices.cost("dashscope", "qwen3.5-plus", 300_000, 0) == 300_000 * Decimal("0.5") / million


def test_a_thousand_conversations_say_what_they_assume():
    estimate = prices.cost_per_1000_conversations("openai", "gpt-6-luna")
    # 4 turns, 2,500 tokens in at 0.10 and 150 out at 0.50 per million, a thousand times.
    assert estimate.usd == Decimal("1.30")
    assert "2,500" in estimate.assumption


def test_nothing_imports_litellm_before_it_is_needed():
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'berrydesk.settings'; django.setup();"
        "from apps.routing import catalogue, choosing, gateway, providers;"
        "catalogue.models('openai'); print('litellm' in sys.modules, 'openai' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "False"]


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_first_word_has_six_seconds(clock):
    pace = Pace(Limits(), clock)
    assert pace.patience_s() == 6.0
    clock.now += 6.0
    assert pace.patience_s() == 0
    assert pace.reason() == "timeout"


def test_a_drip_is_stopped_before_ten_seconds(clock):
    pace = Pace(Limits(), clock)
    for _letter in range(20):
        clock.now += min(0.5, pace.patience_s())
        if not pace.patience_s():
            break
        pace.received(1)
    assert pace.reason() == "slow"
    assert clock.now <= 105.0


def test_an_answer_at_reading_pace_is_not_cut_off_but_a_stall_is(clock):
    pace = Pace(Limits(), clock)
    for _word in range(150):
        clock.now += 0.1
        assert pace.patience_s() > 0
        pace.received(6)
    assert clock.now > 114
    assert pace.patience_s() == 1.5
    clock.now += 1.5
    assert pace.patience_s() == 0


def test_what_flows_may_go_on_to_its_end(clock):
    """The longest answer that is asked for, 800 tokens, at the slowest pace that can be read along."""
    pace = Pace(Limits(), clock)
    for _word in range(530):
        clock.now += 0.4
        assert pace.patience_s() > 0
        pace.received(7)
    while pace.patience_s() and clock.now < 1000:
        clock.now += 0.4
        pace.received(7)
    assert clock.now < 350, "a server that never stops is stopped"


def test_a_gap_within_the_total_is_forgiven_up_to_its_limit(clock):
    pace = Pace(Limits(), clock)
    clock.now += 1
    pace.received(200)
    assert pace.patience_s() == 5.0
