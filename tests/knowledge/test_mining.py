"""Past conversations: what ended well becomes a question with its answer, and nothing is live before it is accepted."""

import json
import signal
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.inbox import handoff
from apps.knowledge import curating_errors, errors, reviewing, sources, syncing
from apps.knowledge.connectors.conversations import mining
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import Document, Source
from apps.knowledge.retrieval import searching
from apps.knowledge.review_models import PendingChange
from berrydesk.db import leases
from tests.cast import a_conversation
from tests.knowledge.test_sources import carry
from tests.runs import worker

REFUNDS = (
    "customer: Hi, how long do refunds take?",
    "agent: Refunds take five working days.",
    "customer: Thanks!",
)
ZIPS = ("customer: Do you repair the zips of jackets?", "agent: Yes, we repair zips for 15 EUR.")


def a_talk(*lines, id="1", **about):
    """A conversation as the API takes it, from lines such as ``customer: Hi``."""
    messages = [dict(zip(("role", "text"), line.split(": ", 1), strict=True)) for line in lines]
    return {"external_id": id, "started_at": "2026-01-05T10:00:00Z", "messages": messages, **about}


def pair(*lines, **about):
    return mining.pair_of({"subject": "", **a_talk(*lines, **about)})


def words_of(*lines, **about):
    found = pair(*lines, **about)
    return found and (found.question, found.answer)


def a_source(agent, *talks, **about):
    return sources.add_source(agent, kind="conversations", config={"conversations": list(talks)}, **about)


def a_file(name, text):
    return SimpleUploadedFile(name, text.encode())


def offered():
    return [(c.title, c.text.split("\n\n", 1)[1]) for c in PendingChange.objects.waiting().oldest_first()]


def found(agent, question):
    return " ".join(f.text for f in searching.search(agent, question))


def test_the_question_and_the_answer_that_ended_it_are_found():
    assert words_of(
        "agent: Good afternoon, how can I help you?",
        "customer: hey ho!",
        "customer: I've got a promo code. When do they expire?",
        "agent: Sure! One moment please.",
        "customer: take your time",
        "agent: Ok, all promo codes expire after seven days.",
        "customer: Perfect, thanks",
        "agent: You're welcome. Have a nice day!",
    ) == ("I've got a promo code. When do they expire?", "All promo codes expire after seven days.")


def test_names_greetings_and_numbers_are_cut_or_masked():
    assert words_of(
        "customer: Hi,\nhow do I return a pair of order W2378156? Write to vera@example.com.\n\nBest,\nVera Lund",
        "agent: Hi Vera,\n\nuse the label in the parcel, Vera. It is free.\n\nKind regards,\nBen",
    ) == ("How do I return a pair of order [number]?", "Use the label in the parcel. It is free.")
    asked = pair(
        "customer: Can I change my e-mail?",
        "agent: May I have your full name?",
        "customer: Crystal Minh",
        "agent: Thanks Crystal! Crystal can change it under My account.",
        contact={"name": "Crystal Minh"},
    )
    assert "Crystal" not in asked.answer


@pytest.mark.parametrize(
    ("lines", "about"),
    [
        (("customer: Do you repair zips?", "agent: I will check and get back to you."), {}),
        (("customer: Do you repair zips?", "agent: I have forwarded this to my manager."), {}),
        (("customer: Where is my parcel?", "agent: Your parcel was shipped yesterday."), {}),
        (("customer: Where is my parcel?", "agent: Our driver Tom has it, call +47 912 34 567."), {}),
        ((*ZIPS, "customer: That is useless, and not what I asked."), {}),
        ((*ZIPS, "customer: And how do I send you the jacket?"), {}),
        (ZIPS, {"csat": 1}),
        (ZIPS, {"status": "open"}),
        (ZIPS, {"tags": ["Escalated"]}),
        (("customer: Hello!", "agent: Hello! How can I help you?"), {}),
        (("customer: Do you repair zips?",), {}),
    ],
)
def test_what_ended_badly_or_is_true_of_one_customer_only_is_dropped(lines, about):
    assert pair(*lines, **about) is None


def test_long_and_odd_messages_cost_little():
    began = time.monotonic()
    for odd in (
        "\n" * 5000,
        " " * 5000,
        "best,\n" * 800,
        "1 " * 2500,
        "a@" * 2500,
        "Ab " * 1600,
        "DE12" * 1200,
    ):
        pair(f"customer: {odd} How do I return it?", f"agent: {odd} Use the label in the parcel.")
    assert time.monotonic() - began < 10


def test_german_and_japanese_are_understood():
    assert words_of(
        "customer: Guten Tag, wie lange dauert der Versand nach Österreich?",
        "agent: Hallo Frau Müller,\nder Versand nach Österreich dauert drei Werktage.\n\nViele Grüße\nBen",
        "customer: Danke!",
    ) == (
        "Wie lange dauert der Versand nach Österreich?",
        "Der Versand nach Österreich dauert drei Werktage.",
    )
    assert words_of("customer: 送料はいくらですか？", "agent: 送料は全国一律500円です。") == (
        "送料はいくらですか？",
        "送料は全国一律500円です。",
    )


def test_near_duplicates_are_one_and_the_best_rated_answer_counts():
    talks = [
        a_talk("customer: How long does a refund take?", "agent: A refund takes a week.", id="1", csat=5),
        a_talk(
            "customer: Hello, how long will refunds take?", "agent: Refunds take a month.", id="2", csat=3
        ),
        a_talk(*ZIPS, id="3"),
    ]
    refunds, zips = mining.mine(talks)
    assert (refunds.count, refunds.answer, zips.count) == (2, "A refund takes a week.", 1)
    again = mining.mine([*talks, a_talk(*REFUNDS, id="0", started_at="2026-02-01")])
    assert (again[0].name, again[0].count) == (refunds.name, 3)


def test_what_is_mined_is_offered_and_found_only_when_accepted(agent, ada):
    source = carry(a_source(agent, a_talk(*REFUNDS, id="1"), a_talk(*ZIPS, id="2")))
    assert offered() == [
        ("How long do refunds take?", "Refunds take five working days."),
        ("Do you repair the zips of jackets?", "Yes, we repair zips for 15 EUR."),
    ]
    assert source.problem["code"] == "answers_offered" and "2 answers" in source.problem["message"]
    assert found(agent, "how long do refunds take") == ""
    change = PendingChange.objects.get(title__startswith="How long")
    reviewing.accept(change, ada)
    assert "five working days" in found(agent, "how long do refunds take")
    source.refresh_from_db()
    assert (source.status, source.learned, source.problem) == ("ready", 1, None)
    assert (
        source.documents.get(title=change.title).text == f"{change.title}\n\nRefunds take five working days."
    )


def test_declined_ones_are_not_offered_again_and_accepted_ones_stay(agent, ada):
    source = carry(a_source(agent, a_talk(*REFUNDS, id="1"), a_talk(*ZIPS, id="2")))
    reviewing.decline(PendingChange.objects.get(title__startswith="Do you repair"), ada)
    reviewing.accept_pair(
        PendingChange.objects.waiting().get(), "How long does a refund take?", "Three days.", ada
    )
    source = carry(sources.sync_again(source))
    assert offered() == [] and (source.status, source.learned) == ("ready", 1)
    assert "Three days." in found(agent, "how long does a refund take")
    with pytest.raises(curating_errors.PairIncomplete):
        reviewing.accept_pair(PendingChange.objects.declined().get(), "Do you repair zips?", " ", ada)


def test_the_same_conversations_again_change_nothing(agent):
    first = carry(a_source(agent, a_talk(*REFUNDS), a_talk(*ZIPS, id="2")))
    again = carry(a_source(agent, a_talk(*REFUNDS), a_talk(*ZIPS, id="2")))
    assert first.pk == again.pk and len(offered()) == 2 and Source.objects.count() == 1


def test_a_newer_export_takes_back_what_nobody_has_decided_about(agent, ada):
    columns = "question,answer\n"
    pairs = [f'"{q[10:]}","{a[7:]}"\n' for q, a, *_ in (REFUNDS, ZIPS)]
    source = carry(sources.add_conversations(agent, a_file("tickets.csv", columns + "".join(pairs))))
    reviewing.accept(PendingChange.objects.get(title__contains="refunds"), ada)
    other = '"Is there a shop in Bergen?","Yes, at the harbour, open from ten to six."\n'
    assert sources.add_conversations(agent, a_file("tickets.csv", columns + other)).pk == source.pk
    source = carry(source)
    assert [question for question, _answer in offered()] == ["Is there a shop in Bergen?"]
    assert "five working days" in found(agent, "how long do refunds take")


def test_review_can_never_be_switched_off(agent, ada):
    source = a_source(agent, a_talk(*REFUNDS), by=ada)
    assert source.reviews_changes
    with pytest.raises(curating_errors.AlwaysReviewed):
        sources.review_changes(source, False, ada)


def test_what_a_teammate_answered_here_and_resolved_is_mined(agent, ada, ben, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello, do you repair the zips of jackets?")
    handoff.reply(chat, by=ben, text="Yes, we repair zips for 15 EUR. Best, Ben")
    unresolved = a_conversation(agent, with_=type(vera)("another"), saying="Do you ship to Norway?")
    handoff.reply(unresolved, by=ben, text="Yes, in three days.")
    handoff.resolve(chat, by=ben)
    source = carry(sources.add_source(agent, kind="conversations", config={"own": True}))
    assert offered() == [("Do you repair the zips of jackets?", "Yes, we repair zips for 15 EUR.")]
    handoff.resolve(unresolved, by=ben)
    carry(sources.sync_again(source))
    assert len(offered()) == 2


def test_nothing_answered_here_says_what_to_do(agent):
    source = carry(sources.add_source(agent, kind="conversations", config={"own": True}))
    assert (source.status, source.problem["code"]) == ("failed", "none_answered_here")
    source = carry(
        a_source(agent, a_talk("customer: Where is it?", "agent: Your parcel was sent yesterday."))
    )
    assert source.problem["code"] == "nothing_mined" and "1 conversations" in source.problem["message"]


ZENDESK = """Ticket ID,Subject,Author Type,Comment Body,Created At,Public,Satisfaction Rating
7,Refund,end-user,"Hi, how long do refunds take?",2026-01-05T10:00:00Z,true,Good
7,Refund,agent,"Is this the one from Oslo?",2026-01-05T10:01:00Z,false,Good
7,Refund,agent,"<p>Refunds take five working days.</p>",2026-01-05T10:02:00Z,true,Good
8,Zips,end-user,Do you repair the zips of jackets?,2026-01-05T10:00:00Z,true,Bad
8,Zips,agent,"Yes, we repair zips for 15 EUR.",2026-01-05T10:02:00Z,true,Bad
"""
INTERCOM = json.dumps(
    {
        "conversations": [
            {
                "id": "7",
                "state": "closed",
                "conversation_rating": {"rating": 5},
                "source": {"author": {"type": "user"}, "body": "<p>Hi, how long do refunds take?</p>"},
                "conversation_parts": {
                    "conversation_parts": [
                        {"author": {"type": "bot"}, "body": "<p>Let me find a person.</p>"},
                        {"author": {"type": "admin"}, "body": "<p>Refunds take five working days.</p>"},
                    ]
                },
            }
        ]
    }
)
FRESHDESK = """id;description_text;agent_reply;Status
7;Hi, how long do refunds take?;Refunds take five working days.;Closed
"""
LINES = "\n".join(
    json.dumps({"conversation_id": 7, "role": role, "text": text})
    for role, text in (("user", "How long do refunds take?"), ("admin", "Refunds take five working days."))
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zendesk.csv", ZENDESK),
        ("intercom.json", INTERCOM),
        ("freshdesk.csv", FRESHDESK),
        ("lines.jsonl", LINES),
        ("imports.jsonl", json.dumps(a_talk(*REFUNDS))),
    ],
)
def test_exports_of_help_desks_are_read(agent, name, text):
    source = carry(sources.add_conversations(agent, a_file(name, text)))
    assert offered() == [("How long do refunds take?", "Refunds take five working days.")], source.problem


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("prices.csv", "product,price\nLamp,49\n", errors.NoConversations),
        ("empty.csv", "", errors.FileEmpty),
        ("half.json", '[{"messages": ', errors.FileBroken),
        ("numbers.json", "[1, 2, 3]", errors.NoConversations),
        ("deep.json", "[" * 200_000, errors.FileBroken),
        ("alone.jsonl", json.dumps(a_talk("customer: Is anyone there?")), errors.NoConversations),
        ("words.txt", "Dear all, the shop is closed.", errors.NoConversations),
        ("picture.png", "\x89PNG\x00\x01", errors.NoConversations),
    ],
)
def test_nonsense_is_refused_before_anything_is_kept(agent, name, text, problem):
    with pytest.raises(problem):
        sources.add_conversations(agent, a_file(name, text))
    assert not Source.objects.exists() and not Document.objects.exists()


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "conversations"),
        ({"own": "yes"}, "conversations"),
        ({"conversations": []}, "conversations"),
        ({"conversations": [a_talk(*ZIPS)] * 2001}, "conversations"),
        ({"conversations": [a_talk(*ZIPS), 7]}, "conversations.1"),
        ({"conversations": [a_talk(*ZIPS, id="")]}, "conversations.0.external_id"),
        ({"conversations": [a_talk()]}, "conversations.0.messages"),
        ({"conversations": [a_talk("bot: Hi")]}, "conversations.0.messages.0.role"),
        ({"conversations": [a_talk(*ZIPS, csat="good")]}, "conversations.0.csat"),
    ],
)
def test_what_the_api_cannot_use_is_named_field_by_field(agent, config, field):
    with pytest.raises(InvalidConfig) as refused:
        sources.add_source(agent, kind="conversations", config=config)
    assert field in refused.value.errors


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_loses_and_doubles_no_offer(agent):
    """The worker dies as soon as some offers more are there, until one comes through."""
    things = [
        "boots",
        "tents",
        "lamps",
        "socks",
        "jackets",
        "gloves",
        "ropes",
        "stoves",
        "maps",
        "knives",
        "hats",
        "scarves",
        "sleds",
        "skis",
        "poles",
        "bags",
    ]
    source = a_source(
        agent,
        *(
            a_talk(
                f"customer: Do you sell {thing} {place}?",
                f"agent: Yes, {thing} are sold {place}.",
                id=f"{thing}{n}",
            )
            for thing in things
            for n, place in enumerate(("online", "in Bergen", "to companies", "abroad"))
        ),
    )
    kills = 0
    for more in (1, 10, None):
        child = worker.at_work(source)
        target = PendingChange.objects.count() + more if more else None
        until = time.monotonic() + 60
        while target and PendingChange.objects.count() < target and child.poll() is None:
            assert time.monotonic() < until
        if target and child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        assert child.wait(60) == (-signal.SIGKILL if target else 0)
        if target:
            Source.objects.filter(pk=source.pk).update(lease_until=None)
    source.refresh_from_db()
    assert kills == 2 and not source.is_at_work
    assert (PendingChange.objects.count(), source.skipped, source.failed) == (64, 64, 0)
    assert len({title for title, _answer in offered()}) == 64
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)


def test_offers_of_more_than_one_run_come_to_their_end(agent):
    source, runs = a_source(agent, a_talk(*REFUNDS), a_talk(*ZIPS, id="2")), 0
    while source.is_at_work:
        with leases.claim(Source, source.pk, for_s=120) as row:
            syncing.sync(row, run_s=0)
        source.refresh_from_db()
        runs += 1
        assert runs <= 4  # each has settled one that is new
    assert runs > 1 and len(offered()) == 2
