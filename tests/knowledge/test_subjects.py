"""A contradiction is called by the matter that its passages differ in."""

import itertools

import pytest

from apps.knowledge.sweep import claims, contradictions, subjects
from apps.knowledge.sweep.pages import Page


@pytest.mark.parametrize(
    ("one", "other", "subject"),
    [
        (
            "You can return a kettle within 30 days for a full refund.",
            "You can return a kettle within 14 days for a full refund.",
            "How long can a customer return something?",
        ),
        (
            "We refund you when you send a kettle back within 30 days.",
            "We refund you when you send a kettle back within 14 days.",
            "How long can a customer return something?",
        ),
        (
            "A refund takes 5 days after we receive your return.",
            "A refund takes 10 days after we receive your return.",
            "How long does a refund take?",
        ),
    ],
)
def test_a_subject_shares_the_matter_of_its_passages(one, other, subject):
    pages = [Page(n, str(n), "", "", "en", text) for n, text in enumerate((one, other))]
    pairs = itertools.product(*(claims.claims(page) for page in pages))
    assert subjects.subject(contradictions.between(list(pairs))[0]) == subject
