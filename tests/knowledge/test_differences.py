"""Two texts differ in these words and no others."""

import random

import pytest

from apps.knowledge import differences
from apps.knowledge.differences import GONE, NEW, SAME


def kinds(before, after):
    return [(p.kind, p.text) for p in differences.between(before, after)]


def test_the_differing_words_are_marked():
    assert kinds("Return boots within 30 days.", "Return boots within 60 days.") == [
        (SAME, "Return boots within "),
        (GONE, "30"),
        (NEW, "60"),
        (SAME, " days."),
    ]


def test_neighbouring_differences_are_one():
    assert kinds("It costs ten euros now.", "It costs nine pounds now.") == [
        (SAME, "It costs "),
        (GONE, "ten euros"),
        (NEW, "nine pounds"),
        (SAME, " now."),
    ]


@pytest.mark.parametrize(("before", "after"), [("", "a"), ("a", ""), ("", ""), ("a", "a")])
def test_nothing_and_something(before, after):
    parts = differences.between(before, after)
    assert "".join(p.text for p in parts if p.kind != NEW) == before
    assert "".join(p.text for p in parts if p.kind != GONE) == after


def test_whatever_changes_nothing_is_lost():
    chance = random.Random(7)
    words = ["boots", "ship ", "€9.90", "\n", "\n\n", " ", "**", "退货", "don't", "30 days", "|"]
    for _round in range(200):
        before = "".join(chance.choices(words, k=40))
        after = (
            "".join(w for w in chance.choices(words, k=40)) if chance.random() < 0.5 else before[:-7] + "new"
        )
        parts = differences.between(before, after)
        assert "".join(p.text for p in parts if p.kind != NEW) == before
        assert "".join(p.text for p in parts if p.kind != GONE) == after


def test_long_stretches_that_stayed_are_cut_down():
    before = "Start. " + "The same words again and again. " * 100 + "Within 30 days. " + "More of it. " * 100
    parts = differences.shown(before, before.replace("30", "60"))
    assert sum(len(p.text) for p in parts) < 700
    assert [p.kind for p in parts if p.kind != SAME] == [GONE, NEW]
    assert sum(p.is_cut for p in parts) == 2


def test_large_texts_take_no_time():
    before = "\n".join(f"Line {n} of a long page with {n * 7} words." for n in range(20_000))
    after = before.replace("Line 77 ", "Row 77 ").replace("Line 9000 ", "")
    parts = differences.between(before, after)
    assert (GONE, "Line") in [(p.kind, p.text) for p in parts]


def test_a_long_page_written_anew_costs_no_more_than_its_budget():
    """Prose of paragraphs, with a blank line between them: each blank line was like every other one."""
    chance = random.Random(3)
    words = [f"word{n}" for n in range(500)]

    def prose():
        return "\n\n".join(" ".join(chance.choices(words, k=20)) + "." for _ in range(800))

    before, after, counted = prose(), prose(), Counted()
    parts = differences.between(before, after, counted)
    assert "".join(p.text for p in parts if p.kind != NEW) == before
    assert "".join(p.text for p in parts if p.kind != GONE) == after
    assert counted.spent <= differences.COMPARISONS


def test_texts_beyond_the_budget_are_shown_whole():
    parts = differences.between("one and two and three", "six and ten and four", differences.Budget(0))
    assert [(p.kind, p.text) for p in parts] == [
        (GONE, "one and two and three"),
        (NEW, "six and ten and four"),
    ]


class Counted(differences.Budget):
    """A budget that tells what was paid."""

    @property
    def spent(self):
        return differences.COMPARISONS - self._left
