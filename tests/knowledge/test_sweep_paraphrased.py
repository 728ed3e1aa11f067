"""What is told by what stands around it, in words of its own, or under a condition; and what an owner forgot to tidy away."""

import itertools
from datetime import date
from types import SimpleNamespace

import pytest

from apps.knowledge.sweep import broken_links, claims, comparing, contradictions, drafts, jargon, outdated
from apps.knowledge.sweep.pages import Page
from apps.knowledge.sweep.values import values

TODAY = date(2026, 11, 26)


def a_page(text, title="Page", language="en", number=1):
    return Page(number, str(number), title, "", language, text)


def differ(one, other, language="en"):
    """The kind of difference that the sweep is sure of between two (title, text), or None."""
    pages = [a_page(text, title, language, n) for n, (title, text) in enumerate((one, other))]
    found = contradictions.between(itertools.product(*(claims.claims(page) for page in pages)))
    return next((d.kind for d in found if d.confidence >= comparing.SURE), None)


def around(*records, missing=()):
    return SimpleNamespace(
        today=TODAY,
        versions=lambda page: [],
        records=lambda: list(records),
        missing=lambda urls: set(urls) & set(missing),
        framed=lambda page: [],
        is_internal=lambda page: False,
    )


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "in a quarter of an hour", "in 15 minutes"),
        ("en", "half an hour", "30 minutes"),
        ("de", "eine halbe Stunde", "30 Minuten"),
        ("es", "tres cuartos de hora", "45 minutos"),
        ("en", "until half past six", "until 18:30"),
        ("es", "hasta las cinco de la tarde", "hasta las 17:00"),
        ("en", "open on weekdays, nine to five", "open on weekdays 9:00–17:00"),
        ("en", "twenty-five kilos", "25 kg"),
        ("de", "fünfundzwanzig Kilo", "25 kg"),
        ("es", "treinta y cinco días", "35 días"),
        ("en", "twice a year", "every six months"),
        ("de", "einmal im Jahr", "alle zwölf Monate"),
        ("en", "it costs a fiver", "it costs £5"),
        ("en", "on 22 December", "on 22 December 2026"),
        ("en", "Call +44 117 496 0143", "Ring 0117 496 0143"),
        ("en", "iPhone: iOS 15 or newer", "at least iOS 15"),
        ("en", "open to sixteen or over", "minimum age 16"),
    ],
)
def test_what_is_said_in_words_is_the_amount_in_figures(language, one, other):
    (a,), (b,) = values(one, language), values(other, language)
    assert a.equals(b)


def test_an_article_before_a_joined_word_counts_nothing():
    assert values("Collect a day-pass bike.", "en") == ()


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (("Phones", "You need at least iOS 17 for our app."), ("Set up the app", "iPhone: iOS 15 or newer"), "version:ios"),
        (("Breakdown help", "For breakdown help call 0161 496 0143."), ("In your glove box", "Breakdown help at any hour: 0161 496 0187."), "phone"),
        (("Vouchers", "Gift vouchers cannot be combined with the family rate."), ("Family rate", "The family rate and gift vouchers may be used together."), "polarity"),
        (("Paying", "We do not accept cash at the counter."), ("At the counter", "Settle up at the counter with card, notes or coins."), "polarity"),
        (("Storage contract", "With the storage contract you commit for six months."), ("Ending a storage contract", "You are never tied in: leave the storage contract whenever you like."), "polarity"),
        (("Exports", "Only admins can export the member list."), ("Member list", "Everyone can export the member list."), "polarity"),
        (("Prams", "| Item | Per day |\n|---|---|\n| Pram | £3 |"), ("At the desk", "Every guest gets a pram at no charge."), "free"),
        (("Winter break", "The studio closes on 22 December 2026 and opens again on 2 January 2027."), ("Studio holidays", "The studio shuts on 22 December as usual, and the studio is back on 5 January 2027."), "date"),
    ],
)  # fmt: skip
def test_a_contradiction_is_found_in_other_words(one, other, kind):
    assert differ(one, other) == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Prices", "The basic membership costs £49 a month."), ("Why prices went up", "The basic membership was £39 until the end of 2023.")),
        (("Maximum load", "Rider and luggage may weigh at most 130 kg on the City."), ("Our models", "| | City |\n|---|---|\n| Weight | 21 kg |")),
        (("Press", "Press: press@shop.example"), ("Jobs", "Jobs: jobs@shop.example")),
        (("Android", "Android 11 or newer"), ("iPhone", "iOS 15 or newer")),
        (("Delivery", "Delivery is free of charge."), ("Membership", "The membership costs £69 a month.")),
        (("Rooms", "Rooms are open to members only."), ("Newsletter", "Everybody gets the newsletter.")),
        (("Hours", "We are open Monday to Friday 8:00–18:00."), ("Maintenance", "On 12 October 2026 the site is closed from 2:00 to 4:00.")),
    ],
)  # fmt: skip
def test_a_look_alike_in_other_words_is_no_contradiction(one, other):
    assert differ(one, other) is None


def test_hours_from_a_weekday_on_are_no_version():
    (hours,) = values("Our shop is open Monday to Friday from 9:00 to 19:00.", "en")
    assert hours.dimension == "hours"


def test_a_table_cell_knows_the_paragraph_before_its_table():
    page = a_page("We block an amount on your card.\n\n| Bike | Deposit |\n|---|---|\n| City | £150 |")
    cell = page.statements[-1]
    assert (cell.row, cell.column, cell.intro) == ("City", "Deposit", "We block an amount on your card.")


def test_a_bare_address_that_a_sync_did_not_find_is_a_broken_link():
    page = a_page("The wording is here: https://shop.example/wording.")
    assert len(list(broken_links.find(page, around(missing=["https://shop.example/wording"])))) == 1
    assert list(broken_links.find(page, around())) == []


@pytest.mark.parametrize("link", ["[join us](http://localhost:3000/join)", "[join us]()", "[join us](#)"])
def test_a_link_to_its_authors_computer_or_to_nothing_is_broken(link):
    assert len(list(broken_links.find(a_page(f"You can {link} at any time."), around()))) == 1


def test_an_address_of_ones_own_computer_that_is_spoken_of_is_no_broken_link():
    text = "Open [http://localhost:3000](http://localhost:3000), or `[a]()` in a file."
    assert list(broken_links.find(a_page(text), around())) == []


def test_a_version_called_current_is_old_where_the_release_notes_name_a_newer_one():
    notes = a_page(
        "**6.2, October 2026.** Faster.\n\n**6.1, June 2026.** Dark mode.", "Release notes", number=2
    )
    assert list(outdated.find(a_page("This tour shows the current version, 4.1."), around(notes)))
    assert not list(outdated.find(a_page("This tour shows the current version, 6.2."), around(notes)))


@pytest.mark.parametrize(
    ("text", "is_old"),
    [
        ("We will open in Leeds in April 2024.", True),
        ("Wir werden im Frühjahr 2025 in Köln eröffnen.", True),
        ("Closed on these days this year (2025): 1 January and 1 May.", True),
        ("We will open in Leeds in April 2027.", False),
        ("We opened in Leeds in April 2024.", False),
    ],
)
def test_what_was_to_come_and_is_past_is_outdated(text, is_old):
    language = "de" if text.startswith("Wir") else "en"
    assert bool(list(outdated.find(a_page(text, language=language), around()))) == is_old


@pytest.mark.parametrize(
    "text",
    [
        "Agents: log it and put the account on hold.",
        "Then ping #shift-leads about it.",
        "It is booked on cost centre 4410.",
        "Never mention to the guest that it was waived.",
    ],
)
def test_what_is_said_to_colleagues_is_jargon(text):
    assert list(jargon.find(a_page(text), around()))


def test_an_abbreviation_of_the_title_is_no_placeholder():
    assert not list(
        drafts.find(a_page("TBD 2026 brought 420 riders together.", "The Big Downhill"), around())
    )
    assert list(drafts.find(a_page("The price is TBD.", "Guided tours"), around()))
