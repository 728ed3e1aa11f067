"""A question about one country is not answered by what a page says of another."""

import pytest

from apps.knowledge import batching
from apps.knowledge.retrieval import answerability, elsewhere, quoting, searching
from berrydesk.text import countries
from tests.cast import taught

PAGES = {
    "germany": "Delivery to Germany takes two days and costs 4.90 euros.",
    "america": "Delivery to the United States takes ten days and costs 29 dollars. Customs come on top.",
    "norway": "Delivery to Norway takes five days and costs 90 kroner.",
    "returns": "You can return unworn boots within 30 days. Send the parcel back with the label that we e-mail you.",
    "payment": "We accept Visa, Mastercard and PayPal.",
}


def _asked(agent, question):
    """The names of the pages that are quoted; none where nothing is answered."""
    found = searching.search(agent, question, limit=6)
    if not answerability.assess(agent, question, found).answerable:
        return []
    return [(passage.external_id, words) for passage, words in quoting.compose(question, found).quotes]


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How long does delivery to Germany take and what does it cost?", "germany"),
        ("how long does delivery to the usa take", "america"),
        ("How long does delivery to America take and what does it cost?", "america"),
        ("What does delivery to Norway cost?", "norway"),
    ],
)
def test_what_is_said_of_the_country_is_quoted_alone(agent, question, page):
    taught(agent, PAGES)
    assert [name for name, _words in _asked(agent, question)] == [page]


def test_a_country_that_no_page_names_is_not_answered_with_another(agent):
    taught(agent, PAGES)
    question = "How long does delivery to Brazil take and what does it cost?"
    assert _asked(agent, question) == []
    found = searching.search(agent, question, limit=6)
    assert {one.external_id for one in found[-3:]} == {"germany", "america", "norway"}
    assert all(elsewhere.is_elsewhere(one) for one in found[-3:])
    assert _asked(agent, question.replace(" to Brazil", ""))


def test_what_holds_everywhere_or_says_where_alone_answers_for_every_country(agent):
    taught(agent, {"everywhere": "Delivery takes nine days worldwide, from Norway to Japan.", **PAGES})
    found = searching.search(agent, "How long does delivery to Brazil take?", limit=6)
    assert found[0].external_id == "everywhere" and not elsewhere.is_elsewhere(found[0])
    taught(agent, {"everywhere": "We deliver to Norway and Sweden only, by parcel service."})
    assert "only" in _asked(agent, "Do you deliver to Brazil?")[0][1]


def test_a_long_passage_is_quoted_where_it_names_the_country(agent):
    text = "\n\n".join(
        f"Delivery to {name} takes {n} days and costs {n}.90 euros. It comes by parcel service. Sundays are free."
        for n, name in enumerate(("Sweden", "Norway", "Spain", "Italy"), 2)
    )
    taught(agent, {"delivery": text, "returns": PAGES["returns"]})
    assert "Delivery to Italy takes 5 days" in _asked(agent, "How many days takes delivery to Italy?")[0][1]


@pytest.mark.parametrize(
    ("title", "text", "question"),
    [
        (
            "Contact Us",
            "You reach us by phone on 01225 555 010. We answer within one working day.",
            "What is your phone number? I am in Norway.",
        ),
        (
            "Returns | Acme UK",
            "You can return unworn boots within 30 days. The label is free.",
            "How do I return boots from Germany?",
        ),
        (
            "Returns",
            "To return unworn boots, write within 30 days to Acme, Fjordgata 12, 0150 Oslo, Norway.",
            "How do I return unworn boots from Germany?",
        ),
        (
            "Fjell boots",
            "The Fjell boots are waterproof and made in Italy. They cost 190 euros.",
            "Are the Fjell boots waterproof? I live in Germany.",
        ),
        (
            "Care",
            "Acme UK sends every pair of boots with free wax. Wax the boots every month.",
            "How often do I wax my boots in Norway?",
        ),
    ],
)
def test_a_country_in_a_title_or_in_passing_shuts_no_answer_out(agent, title, text, question):
    batching.batch(agent, [{"external_id": "page", "title": title, "text": text}])
    found = searching.search(agent, question, limit=6)
    assert not elsewhere.is_elsewhere(found[0])
    assert _asked(agent, question)


def test_the_country_that_most_pages_name_is_where_the_business_is(agent):
    pages = {
        name: f"{text} Delivery within Ireland takes two days."
        for name, text in {
            "boots": "Boots cost 90 euros.",
            "tents": "Tents cost 190 euros.",
            "wax": "Wax is 9 euros.",
        }.items()
    }
    taught(agent, pages)
    found = searching.search(agent, "What do boots cost? I am in Norway.", limit=6)
    assert not any(elsewhere.is_elsewhere(one) for one in found)


def test_a_row_of_a_table_gives_its_values_for_its_country_alone(agent):
    table = "| Country | Price | Days |\n| --- | --- | --- |\n| Germany | 11.50 | 3 to 5 |\n| France | 13.20 | 3 to 5 |"
    taught(agent, {"delivery": f"Our delivery prices:\n\n{table}", "returns": PAGES["returns"]})
    [(_name, words)] = _asked(agent, "What does delivery to France cost?")
    assert words == "Our delivery prices:\nFrance · Price: 13.20, Days: 3 to 5"
    assert "11.50" not in str(
        _asked(agent, "What does delivery to Spain cost in Germany or rather in Spain?")[1:]
    )


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("Do you ship to germany?", "en", {"DE"}),
        ("Please call us. We sell roast turkey and a jersey.", "en", set()),
        ("We ship to the U.S., Northern Ireland and Hong Kong", "en", {"US", "GB", "HK"}),
        ("Liefert ihr an Norwegens Küste oder in die Schweiz?", "de", {"NO", "CH"}),
        ("¿Enviáis a peru o a los EE. UU.?", "es", {"PE", "US"}),
        ("Livrez-vous aux États-Unis ?", "fr", {"US"}),
        ("هل تشحنون لألمانيا؟", "ar", {"DE"}),
        ("可以寄到德国吗", "zh", {"DE"}),
        ("タイプはドイツですか", "ja", {"DE"}),
        ("Worldwide, and to other countries", "en", {countries.EVERYWHERE}),
        ("Norway", "no such language", {"NO"}),
        ("Contact Us. About Us. CONTACT US TODAY. Call us, write to us.", "en", set()),
        ("It costs US$ 29 in US size 9.", "en", set()),
        ("We ship to the US, from the us or U.S. warehouses", "en", {"US"}),
        ("US only", "en", {"US", countries.EVERYWHERE}),
        ("Jordan Smith and Chad from support eat a Turkey Sandwich from Bone China cups", "en", set()),
        ("We ship to Jordan, Turkey and China.", "en", {"JO", "TR", "CN"}),
        ("| Chad | 9 days |", "en", {"TD"}),
    ],
)
def test_countries_are_known_by_their_names(text, language, codes):
    assert countries.named(text, language) == codes
