"""Values and differences: units are one, scopes are kept apart, in four languages."""

import itertools

import pytest

from apps.knowledge.sweep import claims, comparing, contradictions
from apps.knowledge.sweep.pages import Page
from apps.knowledge.sweep.values import values


def said(text, language="en"):
    return [(x.dimension, x.low, x.high) for x in values(text, language)]


def differ(language, one, other):
    """The words that two pages' sentences differ in, or None."""
    pages = [Page(n, str(n), title, "", language, text) for n, (title, text) in enumerate((one, other))]
    pairs = itertools.product(*(claims.claims(page) for page in pages))
    sure = [d for d in contradictions.between(pairs) if d.confidence >= comparing.SURE]
    return sure[0].kind if sure else None


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "within two weeks", "within 14 days"),
        ("en", "1,500 g", "1.5 kg"),
        ("de", "1.500 g", "1,5 kg"),
        ("fr", "1 500 g", "1,5 kg"),
        ("en", "five days", "5 days"),
        ("de", "innerhalb von zwei Wochen", "binnen 14 Tagen"),
        ("es", "dos semanas", "14 días"),
        ("fr", "deux semaines", "14 jours"),
        ("en", "open Saturdays 10–16", "Saturday from 10am to 4pm"),
        ("en", "60 calls a minute", "3,600 calls per hour"),
        ("en", "3 March 2026", "2026-03-03"),
        ("de", "1.234,50 €", "EUR 1234,50"),
    ],
)
def test_the_same_amount_is_one_whatever_its_wording(language, one, other):
    (a,), (b,) = values(one, language), values(other, language)
    assert a.equals(b)


def test_numbers_that_count_nothing_are_no_values():
    assert said("Version 4.2 of the Claude 3 Family, ticket #12, 1st floor, No. 7") == []


@pytest.mark.parametrize(
    ("language", "one", "other", "kind"),
    [
        ("en", ("Shipping", "Free shipping on all orders above €120."), ("FAQ", "We ship for free from €150."), "money:EUR"),
        ("en", ("Store", "We are open Saturdays 10–16."), ("Find us", "On Saturday our doors are open 10–18."), "hours"),
        ("en", ("Shipping", "We ship to Norway."), ("International", "We do not ship to Norway."), "polarity"),
        ("en", ("Pets", "Dogs are welcome in all rooms."), ("Rules", "Dogs are not allowed in the rooms."), "polarity"),
        ("de", ("Rückgabe", "Sie können Artikel binnen 14 Tagen zurückgeben."), ("Umtausch", "Die Rückgabefrist beträgt 30 Tage."), "time"),
        ("es", ("Envíos", "El envío es gratis a partir de 50 €."), ("Dudas", "Envío gratuito en pedidos superiores a 70 €."), "money:EUR"),
        ("fr", ("Retours", "Vous avez 14 jours pour retourner un article."), ("Conditions", "Le délai de retour est de 30 jours."), "time"),
    ],
)  # fmt: skip
def test_the_same_matter_said_differently_is_a_contradiction(language, one, other, kind):
    assert differ(language, one, other) == kind


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", ("Shipping", "Standard delivery takes 5 days."), ("Speed", "Express delivery takes 1 day.")),
        ("en", ("Delivery", "Delivery to Germany costs €4.90."), ("Delivery", "Delivery to Austria costs €7.90.")),
        ("en", ("Gift cards", "Gift cards cannot be returned."), ("Returns", "You can return items within 30 days.")),
        ("en", ("Tents", "The Skog tent weighs 2.4 kg."), ("Tents", "The Fjell tent weighs 3.1 kg.")),
        ("en", ("Plans", "It costs $49 per year."), ("Plans", "It costs $5 per month.")),
        ("en", ("Returns", "Return it within 30 days."), ("Refunds", "For example, a refund asked for on day 40 takes 9 days.")),
        ("de", ("Zelt Skog", "Das Zelt wiegt 2,4 kg."), ("Zelt Fjell", "Das Zelt wiegt 3 kg.")),
        ("fr", ("Garantie", "La garantie est de 2 ans."), ("FAQ", "Nos produits sont garantis 24 mois.")),
    ],
)  # fmt: skip
def test_different_scopes_are_no_contradiction(language, one, other):
    assert differ(language, one, other) is None


def test_rows_of_a_table_and_code_are_not_set_against_each_other():
    table = "| Size | Chest |\n| --- | --- |\n| S | 88 cm |\n| M | 95 cm |\n\n```\nretry after 30 days\n```\n"
    page = Page(1, "1", "Sizes", "", "en", table)
    own = claims.claims(page)
    assert "retry" not in page.plain
    assert contradictions.between(itertools.combinations(own, 2)) == []
