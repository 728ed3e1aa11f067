"""What embedding comes to is counted: each request once, with the vectors it brought, and shown where money is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.connections.models import Connection
from apps.console import numbers
from apps.knowledge.embeddings import asking, using
from apps.knowledge.space_models import EmbeddingUse
from apps.routing.assembling import Usage, sum_of
from apps.routing.checking import choice_of
from tests.knowledge.embeddings.conftest import chosen, learn_many, work

pytestmark = pytest.mark.django_db(transaction=True)


def counted():
    rows = EmbeddingUse.objects.all()
    return sum(row.requests for row in rows), sum(row.tokens for row in rows)


def test_every_request_is_counted_once(taught, server, peer):
    learn_many(taught, 70)
    space = chosen(taught, server)
    asked, words = len(peer.requests), len(peer.texts)
    work(space)
    requests, tokens = counted()
    assert requests == len(peer.requests) - asked
    assert tokens == sum(len(text.split()) for text in peer.texts[words:])
    work(space)
    assert counted() == (requests, tokens)


def test_what_a_failed_request_came_to_is_not_counted(taught, server, peer):
    space = chosen(taught, server)
    peer.answers = [(503, {})]
    assert work(space).problem
    assert counted() == (0, 0)


def test_questions_of_the_agents_own_checks_are_counted_and_each_batch_of_them(taught, server, peer):
    work(chosen(taught, server))
    before = counted()
    asked = len(peer.requests)
    asking.of_questions_now(taught, [f"Does rule {n} hold?" for n in range(40)])
    assert counted()[0] == before[0] + 2 and len(peer.requests) == asked + 2
    assert counted()[1] == before[1] + sum(len(text.split()) for text in peer.texts[-42:])


def test_what_brought_vectors_of_no_use_is_counted_all_the_same(taught, server, peer):
    learn_many(taught, 40)
    space = chosen(taught, server)
    asked, seed = len(peer.requests), peer.seed

    def change(number):
        peer.seed = seed if number == asked + 1 else "two"

    peer.before = change
    assert work(space).problem["code"] == "embeddings_of_another_model"
    assert counted()[0] == len(peer.requests) - asked == 2


def test_questions_that_were_answered_are_counted_though_the_next_are_not(taught, server, peer):
    work(chosen(taught, server))
    before, asked = counted(), len(peer.requests)

    def break_off(number):
        peer.is_down = number > asked + 1

    peer.before = break_off
    assert asking.of_questions_now(taught, [f"Does rule {n} hold?" for n in range(40)]).problem
    assert counted()[0] == before[0] + 1


def test_a_provider_with_a_price_is_in_what_was_spent(taught, server, ada, client):
    work(chosen(taught, server))
    choice = choice_of(Connection.objects.get(kind="embeddings"), "words-96")
    using.note(taught, choice, Usage(1000, 0, Decimal("0.5")))
    client.force_login(ada.user)
    page = client.get(reverse("console:embeddings", args=[taught.public_id])).content.decode()
    tokens, cost = using.so_far(taught, "words-96")
    assert cost == Decimal("0.5") and f"{tokens:,} tokens so far, $0.50" in " ".join(page.split())
    spent = {number.label: number.value for number in numbers.this_week(ada.workspace).numbers}["Spent"]
    assert spent == "$0.50"
    later = timezone.now() + timedelta(days=8)
    spent = {number.label: number.value for number in numbers.this_week(ada.workspace, later).numbers}[
        "Spent"
    ]
    assert spent == "$0"


def test_an_unknown_price_makes_it_at_least(taught, server, ada):
    choice = choice_of(Connection.objects.get(kind="embeddings"), "words-96")
    using.note(taught, choice, Usage(10, 0, None))
    assert using.spent(*_lately())["unpriced"] == 0  # a server of one's own
    choice = replace(choice, provider="openai")
    using.note(taught, choice, Usage(10, 0, None))
    using.note(taught, choice, Usage(10, 0, Decimal("0.25")))
    assert using.spent(*_lately()) == {"spent": Decimal("0.25"), "unpriced": 1}
    spent = {number.label: number.value for number in numbers.this_week(ada.workspace).numbers}["Spent"]
    assert spent == "at least $0.25"


def test_several_requests_are_summed_and_one_unknown_makes_it_unknown():
    one, other = Usage(1, 0, Decimal("0.1")), Usage(2, 0, Decimal("0.2"))
    assert sum_of([one, other]) == Usage(3, 0, Decimal("0.3"))
    assert sum_of([one, Usage(2, 0, None)]).cost is None
    assert sum_of([]) is None


def _lately():
    now = timezone.now()
    return now - timedelta(hours=1), now + timedelta(hours=1)
