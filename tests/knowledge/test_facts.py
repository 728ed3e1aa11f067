"""What every business is asked is answered by the passage that holds it, in whatever words, and nothing else is."""

import pytest

from apps.knowledge.retrieval import answerability, quoting, searching
from tests.cast import taught

PAGES = {
    "hours": "Our shop is open Monday to Friday from 9:00 to 17:00. We are closed on Sundays.",
    "contact": "You reach us by phone on 01225 555 010 or at hello@kettle.example. We answer within one working day.",
    "delivery": "We ship to the United Kingdom and Ireland. Delivery takes two to three working days and costs 4.50 GBP.",
    "returns": "You can return unused goods within 30 days. Send the parcel back with the label that we e-mail you.",
    "warranty": "Our kettles have a warranty of two years. Keep your receipt, you need its number 2026-10-0042.",
    "payment": "We accept Visa, Mastercard and PayPal. Bank transfer is possible for companies.",
    "about": "Lake Kettle is a small family firm. Our workshop stands at 12 Mill Lane, Bath BA1 2AB.",
    "care": "Descale the kettle every month with citric acid. Do not open the lid before 12:00 minutes are over.",
}
PAYING = {
    "en": PAGES,
    "de": {
        "zahlung": "Wir akzeptieren Visa, Mastercard und PayPal. Firmen können überweisen.",
        "versand": "Der Versand dauert zwei bis drei Werktage und kostet 4,50 Euro.",
        "erstattung": "Rückerstattungen erfolgen innerhalb von fünf Werktagen per Überweisung.",
    },
    "es": {
        "pago": "Aceptamos Visa, Mastercard y PayPal. Las empresas pueden hacer una transferencia.",
        "envío": "El envío tarda de dos a tres días laborables y cuesta 4,50 euros.",
    },
    "fr": {
        "paiement": "Nous acceptons Visa, Mastercard et PayPal. Les entreprises peuvent payer par virement.",
        "livraison": "L'expédition prend deux à trois jours ouvrés et coûte 4,50 euros.",
    },
}
LADEN = {
    "zeiten": "Wir haben montags bis freitags von 9 Uhr bis 17 Uhr geöffnet.",
    "kontakt": "Telefonisch erreichen Sie uns unter 030 555 01 02, sonst unter hallo@kessel.example.",
    "ort": "Die Werkstatt liegt in der Mühlenstraße 12 in Potsdam.",
    "versand": "Der Versand dauert zwei bis drei Werktage und kostet 4,50 Euro.",
}


def _asked(agent, question):
    found = searching.search(agent, question, limit=6)
    assessed = answerability.assess(agent, question, found)
    return found[0].external_id, assessed.answerable, quoting.compose(question, found).quotes


@pytest.mark.parametrize(
    ("question", "page", "words"),
    [
        ("What are your opening hours?", "hours", "9:00 to 17:00"),
        ("When are you open?", "hours", "9:00 to 17:00"),
        ("Are you open today?", "hours", "9:00 to 17:00"),
        ("What time do you close?", "hours", "9:00 to 17:00"),
        ("What is your phone number?", "contact", "01225 555 010"),
        ("Can I call you?", "contact", "01225 555 010"),
        ("How can I reach you by phone or e-mail?", "contact", "01225 555 010 or at hello@kettle.example"),
        ("What is your email address?", "contact", "hello@kettle.example"),
        ("How do I contact you?", "contact", "hello@kettle.example"),
        ("Where are you located?", "about", "12 Mill Lane"),
        ("What is your address?", "about", "12 Mill Lane"),
    ],
)
def test_a_basic_question_is_answered_by_the_passage_that_holds_the_fact(agent, question, page, words):
    taught(agent, PAGES)
    name, is_answered, quotes = _asked(agent, question)
    assert (name, is_answered) == (page, True)
    assert [passage.external_id for passage, _words in quotes] == [page] and words in quotes[0][1]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Wie sind eure Öffnungszeiten?", "9 Uhr bis 17 Uhr"),
        ("Wie lautet Ihre Telefonnummer?", "030 555 01 02"),
        ("Wo finde ich euch?", "Mühlenstraße 12"),
    ],
)
def test_a_basic_question_is_answered_in_german_too(agent, question, words):
    taught(agent, LADEN)
    _name, is_answered, quotes = _asked(agent, question)
    assert is_answered and words in quotes[0][1]


@pytest.mark.parametrize(
    "question",
    [
        "What is your fax number?",
        "What is your VAT number?",
        "What is my phone number?",
        "Do you sell phones?",
        "What time is it?",
        "Are you open in Berlin?",
    ],
)
def test_what_only_sounds_like_a_basic_question_is_given_no_fact(agent, question):
    taught(agent, PAGES)
    assert not any(passage.features.get("fact") for passage in searching.search(agent, question, limit=6))


def test_a_fact_that_no_page_holds_is_not_answered(agent):
    taught(agent, {name: text for name, text in PAGES.items() if name != "contact"})
    assert _asked(agent, "What is your phone number?")[1] is False


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Which cards do you take?"),
        ("en", "How can I pay?"),
        ("en", "Can I pay by credit card?"),
        ("en", "What payment methods are there?"),
        ("de", "Welche Karten nehmen Sie?"),
        ("de", "Wie kann ich bezahlen?"),
        ("de", "Welche Zahlungsarten gibt es?"),
        ("es", "¿Qué tarjetas aceptan?"),
        ("es", "¿Cómo puedo pagar?"),
        ("es", "¿Cuáles son las formas de pago?"),
        ("fr", "Quelles cartes prenez-vous ?"),
        ("fr", "Comment puis-je payer ?"),
        ("fr", "Quels sont les moyens de paiement ?"),
    ],
)
def test_how_one_pays_is_answered_by_the_passage_that_lists_it(agent, language, question):
    taught(agent, PAYING[language])
    _name, is_answered, quotes = _asked(agent, question)
    assert is_answered and len(quotes) == 1 and "Visa, Mastercard" in quotes[0][1]


@pytest.mark.parametrize(
    "question",
    [
        "Do you have a loyalty card?",
        "Can I get a business card?",
        "Can I pay in instalments?",
        "When do I have to pay?",
        "Why did my payment fail?",
        "Do you take dogs?",
    ],
)
def test_what_only_sounds_like_paying_is_not_answered_with_it(agent, question):
    taught(agent, PAGES)
    assert not _asked(agent, question)[1]


WAYS_TO_PAY = {
    "policy": "Checkout is encrypted. PayPal refunds take up to 5 days.",
    "terms": "You can pay with Visa, Apple Pay and PayPal. PayPal payments are captured when the parcel is handed over. "
    "If you pay by PayPal, the refund goes to your PayPal account.",
    "delivery": "We ship within 2 days. PayPal orders ship to the address in your PayPal account.",
    "engraving": "Engraved items cannot be returned. Engraving takes 20 days.",
}


@pytest.mark.parametrize(
    "question",
    ["Do you take PayPal?", "do you accept paypal", "PayPal?", "Can I use PayPal?", "Is PayPal possible?"],
)
def test_a_named_way_to_pay_is_answered_by_the_sentence_on_ways_to_pay(agent, question):
    taught(agent, WAYS_TO_PAY)
    name, is_answered, quotes = _asked(agent, question)
    assert (name, is_answered) == ("terms", True)
    assert quotes[0][1].startswith("You can pay with Visa, Apple Pay and PayPal.")
    assert [passage.external_id for passage, _words in quotes] == ["terms"]


def test_the_sentence_on_ways_to_pay_is_found_among_others_of_its_paragraph(agent):
    text = "All data are encrypted. Payment is by card or PayPal. Our mugs are made by hand. PayPal refunds take five days."
    taught(agent, {"all": text})
    _name, is_answered, quotes = _asked(agent, "Do you take PayPal?")
    assert is_answered and quotes[0][1].startswith("Payment is by card or PayPal.")


def test_what_else_is_asked_about_paying_stays_in_the_quote(agent):
    taught(agent, {"all": "Treatments above £300 can be paid in twelve instalments. We take cards and cash."})
    _name, is_answered, quotes = _asked(agent, "Can I pay in instalments?")
    assert is_answered and quotes[0][1].startswith("Treatments above £300 can be paid in twelve instalments.")


def test_a_way_to_pay_that_no_page_names_is_given_no_fact(agent):
    taught(agent, WAYS_TO_PAY)
    found = searching.search(agent, "Do you take Klarna?", limit=6)
    assert not any(passage.features.get("fact") for passage in found)


@pytest.mark.parametrize(
    "question",
    ["How long do PayPal refunds take?", "When do you capture PayPal payments?", "What is PayPal?"],
)
def test_another_question_about_a_way_to_pay_is_not_answered_with_the_list(agent, question):
    taught(agent, WAYS_TO_PAY)
    assert not any(passage.features.get("fact") for passage in searching.search(agent, question, limit=6))
