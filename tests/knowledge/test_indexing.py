"""What was learned is found, what was replaced or forgotten is not."""

import pytest

from apps.knowledge import batching, indexing
from apps.knowledge.cutting import WHOLE_WORDS, cut
from apps.knowledge.index_models import TermBlock
from apps.knowledge.models import Document, Passage
from apps.knowledge.retrieval import answerability, quoting, searching

SHOP = [
    (
        "shipping",
        "Shipping",
        "We ship to Norway, Sweden and Germany. Parcels to Norway take 3 to 5 working days and cost €9.90.",
    ),
    (
        "returns",
        "Returns",
        "You can return unworn boots within 30 days. The label is in your parcel. Refunds take five days.",
    ),
    (
        "repairs",
        "Repairs",
        "We repair zips of jackets bought from us. A repair costs €15 and takes about ten days.",
    ),
    (
        "hours",
        "Opening hours",
        "Our shop in Bremen is open Monday to Saturday, 10 to 18. We are closed on Sundays.",
    ),
    ("sizes", "Sizes", "The Fjell GTX boots run slightly small. With a usual 42 take a 42.5."),
]


@pytest.fixture
def shop(agent):
    batching.batch(agent, [{"external_id": i, "title": t, "text": x} for i, t, x in SHOP])
    return agent


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Do you ship to Norway?", "shipping"),
        ("Can I return boots?", "returns"),
        ("How much is a zip repair?", "repairs"),
        ("Are you open on Sunday?", "hours"),
        ("what size should I take in the Fjell boots", "sizes"),
    ],
)
def test_a_small_shop_answers_its_own_questions(shop, question, document):
    found = searching.search(shop, question)
    assert found[0].external_id == document
    assert answerability.assess(shop, question, found).answerable
    assert quoting.compose(question, found).quotes[0][0].external_id == document


@pytest.mark.parametrize(
    "question", ["who won the world cup in 1998", "what is the boiling point of lead", "tell me a joke"]
)
def test_a_small_shop_does_not_guess(shop, question):
    assert not answerability.assess(shop, question, searching.search(shop, question)).answerable


def test_what_was_replaced_is_not_found(shop):
    batching.batch(shop, [{"external_id": "repairs", "title": "Repairs", "text": "We mend tents only."}])
    assert Document.objects.count() == len(SHOP)
    assert "zips" not in " ".join(f.text for f in searching.search(shop, "zips jackets"))


def test_the_same_again_changes_nothing(shop):
    numbers = set(Passage.objects.values_list("number", flat=True))
    again = batching.batch(shop, [{"external_id": i, "title": t, "text": x} for i, t, x in SHOP])
    assert again.unchanged == len(SHOP)
    assert set(Passage.objects.values_list("number", flat=True)) == numbers


def test_what_is_forgotten_leaves_nothing_behind(shop):
    for document in Document.objects.all():
        indexing.forget_document(document)
    assert not Passage.objects.exists()
    assert not TermBlock.objects.exists()
    assert searching.search(shop, "boots") == []


def test_one_bad_document_disturbs_no_other(agent):
    outcome = batching.batch(
        agent,
        [
            {"external_id": "", "title": "x", "text": "x"},
            {"external_id": "empty", "title": "x", "text": "  "},
            {"external_id": "good", "title": "Good", "text": "A good page about gloves."},
        ],
    )
    assert outcome.added == 1
    assert {f["code"] for f in outcome.failed} == {"no_external_id", "empty"}
    assert all(f["remedy"] for f in outcome.failed)


def test_mallory_finds_nothing_of_it(shop, mallory):
    from apps.agents.models import Agent
    from berrydesk.db.scopes import in_workspace

    with in_workspace(mallory.workspace):
        theirs = Agent.objects.create(workspace=mallory.workspace, name="Other")
        assert searching.search(theirs, "Do you ship to Norway?") == []
        assert searching.search(shop, "Do you ship to Norway?") == []


def test_cutting_loses_no_word():
    text = "# Guide\n\n" + "\n\n".join(
        f"## Part {n}\n\n" + " ".join(f"word{n}x{i}" for i in range(400)) for n in range(12)
    )
    assert len(text.split()) > WHOLE_WORDS
    kept = " ".join(f"{p.heading} {p.text}" for p in cut(text)).split()
    assert {w for w in text.split() if not w.startswith("#")} <= set(kept)


def test_a_long_table_is_cut_with_the_names_of_its_columns():
    head = "| Name | Price |\n| --- | --- |"
    rows = "\n".join(f"| Boot number {n} | {n} € |" for n in range(600))
    pieces = cut(f"## Prices\n\nWith tax.\n\n{head}\n{rows}")
    assert len(pieces) > 5 and {piece.heading for piece in pieces} == {"Prices"}
    assert all(head in piece.text for piece in pieces if "Boot" in piece.text)
    assert "\n".join(p.text.replace(f"{head}\n", "") for p in pieces).count("| Boot number") == 600


def test_a_table_of_very_many_columns_loses_none_of_them():
    head = "|" + "".join(f" column number {n} |" for n in range(60)) + "\n|" + " --- |" * 60
    row = "|" + "".join(f" value {n} |" for n in range(60))
    kept = "\n".join(piece.text for piece in cut(f"{head}\n" + "\n".join([row] * 20)))
    assert "column number 59" in kept and kept.count(" value 59 |") == 20


def test_a_language_without_spaces_is_found(agent):
    batching.batch(
        agent,
        [
            {
                "external_id": "zh",
                "title": "退货",
                "text": "未穿过的靴子可以在三十天内退货。退款需要五个工作日。",
            },
            {"external_id": "zh2", "title": "运费", "text": "寄往挪威的包裹需要三到五个工作日。"},
        ],
    )
    assert searching.search(agent, "靴子怎么退货？")[0].external_id == "zh"
