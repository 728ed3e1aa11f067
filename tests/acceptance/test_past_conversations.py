"""Other people's conversations: what is mined from them holds nothing personal, and makes sense."""

import csv
import json
import re

from apps.knowledge.connectors.conversations import check, mining
from apps.knowledge.parsing.from_conversations import read_conversations
from berrydesk.text import personal
from tests.conftest import DATA

REPLIES = {
    "Billing Inquiries": "A bill goes up when coverage was added or a discount ended. Each fee is listed under Documents.",
    "Policy Administration": "You can change deductibles and coverage until the day before a renewal.",
    "Coverage Explanations": "The summary of coverage lists what is insured, what is not, and up to which amount.",
}


def mined(conversations):
    """What is mined from them after the way through the API's check and the reader."""
    _name, data = check.as_file({"conversations": list(conversations)})
    pairs = mining.mine(read_conversations(data, name="past.jsonl")["conversations"])
    assert pairs
    for pair in pairs:
        assert not personal.holds(pair.question) and not personal.holds(pair.answer), pair
    return pairs


def a_talk(number, *messages, **about):
    said = [{"role": role, "text": text} for role, text in messages]
    return {"external_id": str(number), "started_at": "2026-01-05", "messages": said, **about}


def test_dialogues_of_a_shop():
    dialogues = json.loads((DATA / "abcd" / "abcd_sample.json").read_text())
    pairs = mined(
        a_talk(one["convo_id"], *(line for line in one["original"] if line[0] != "action"))
        for one in dialogues
    )
    assert [(pair.question, pair.answer) for pair in pairs if "promo" in pair.question] == [
        (
            "I've got a promo code and I want to know when they expire. I'd like to use it to buy some hats for my cat.",
            "All promo codes expire after 7 days without fail.",
        )
    ]
    told = " ".join(f"{pair.question} {pair.answer}" for pair in pairs).casefold()
    for one in dialogues:
        about = one["scenario"]["personal"]
        known = [about[key] for key in ("customer_name", "email", "phone", "username") if key in about]
        assert known and not any(word.casefold() in told for word in known)
        assert one["scenario"]["order"].get("order_id", "none of it") not in told
    assert not any("manager" in pair.answer for pair in pairs)  # a promise is no answer


def test_requests_of_shoppers_answered_by_the_shops_policy():
    policy = (DATA / "tau_retail" / "policy.md").read_text()
    rules = {
        verb: " ".join(re.search(rf"(?s)## {verb} [a-z ]+order\n\n(.+?)\n\n", policy)[1].split())
        for verb in ("Cancel", "Return", "Exchange")
    }
    talks = []
    for task in json.loads((DATA / "tau_retail" / "tasks.json").read_text()):
        told = task["user_scenario"]["instructions"]
        wish = re.sub(r"\b[Yy]our\b", "my", re.sub(r"\b[Yy]ou\b", "I", told["reason_for_call"]))
        verb = next((verb for verb in rules if verb.lower() in wish), None)
        if verb:
            who = re.sub(r"^You name is", "My name is", re.sub(r"^You are", "I am", told["known_info"] or ""))
            name = (re.findall(r"[A-Z][a-z]+ [A-Z][a-z]+", who) or ["there"])[0]
            talks.append(
                a_talk(
                    task["id"],
                    ("customer", f"Hello, {wish}"),
                    ("agent", "Sure, may I have your name and zip code?"),
                    ("customer", who),
                    ("agent", f"Hi {name.split()[0]}! {rules[verb]}"),
                    ("customer", "Thanks"),
                    contact={"name": name},
                )
            )
    pairs = mined(talks)
    assert len(talks) > 50 and {pair.answer for pair in pairs} <= set(rules.values())
    assert any("cancel" in pair.question and pair.answer == rules["Cancel"] for pair in pairs)
    told = " ".join(pair.question for pair in pairs)
    assert not re.search(r"#W\d|\bW\d{6}|@|\b\d{5}\b", told)


def test_tickets_of_an_insurance():
    with (DATA / "tickets" / "dataset.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in REPLIES]
    pairs = mined(
        a_talk(
            number,
            (
                "customer",
                f"Dear team,\n{row['text']} My policy number is AB-4821{number:02}.\n\nBest regards,\nVera Lund",
            ),
            ("agent", f"Hi Vera,\n\n{REPLIES[row['label']]} Have a great day!\n\nKind regards,\nBen"),
        )
        for number, row in enumerate(rows)
    )
    assert {pair.answer for pair in pairs} == set(REPLIES.values())
    assert any("deductibles" in pair.question for pair in pairs)
    assert not re.search("Vera|Lund|4821", " ".join(pair.question for pair in pairs))
