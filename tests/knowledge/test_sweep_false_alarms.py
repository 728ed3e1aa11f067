"""What looks like a contradiction, an old page or a note among colleagues, and is none."""

import pytest

from apps.knowledge.sweep import drafts, jargon, outdated
from apps.knowledge.sweep.values import values
from tests.knowledge.test_sweep_paraphrased import a_page, around, differ


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            ("Plans", "Further users cost €6 a month on Team and €5 on Scale."),
            ("Notes from the webinar", "Further users: Team €6, Scale €5, a month."),
        ),
        (
            ("Day tickets, Leeds", "A swim for an adult costs £5.80. In York it is cheaper."),
            ("Day tickets, York", "A swim for an adult costs £5.20."),
        ),
        (
            ("Red eyes", "Rinse your eyes with clean water after a swim and do not rub them."),
            ("Sore eyes", "Rinse your eyes with clean water after a swim, and don't rub them."),
        ),
        (
            ("Disability", "Quiet hours without music are Mondays from 14:00 to 16:00 in all gyms."),
            ("Handbook", "Quiet hours without music are on Monday from two to four in all gyms."),
        ),
        (
            ("Currencies", "The currency is chosen when you sign up and cannot be changed later."),
            ("Questions", "**Can I change the currency?** No, that is fixed when you sign up."),
        ),
        (
            ("Pool rules", "No diving where the water is 1.8 metres deep or less."),
            ("Main pool", "The water of the pool is 1.1 metres deep."),
        ),
        (
            ("Pool rules", "The pools close 30 minutes before the club does."),
            ("Tickets", "The last tickets are sold 45 minutes before the pool closes."),
        ),
        (
            ("Gift cards", "A gift card is valid for two years. It cannot be exchanged for cash."),
            ("Ways to pay", "In the shop we accept cards and cash. Points expire after 12 months."),
        ),
        (
            ("Borrowing an instrument", "Instruments cannot be renewed."),
            ("Questions", "Each item can be renewed up to four times."),
        ),
        (
            ("Peace lily: care guide", "In summer water the plant twice a week."),
            ("Snake plant: care guide", "In summer water the plant every three weeks."),
        ),
        (
            ("Staff", "Under-18s may come in staffed hours only."),
            ("Safety", "Outside staffed hours we ask everybody to take a pendant."),
        ),
    ],
)
def test_what_agrees_or_is_about_something_else_is_no_contradiction(one, other):
    assert differ(one, other) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            ("Returns", "You can send back a parcel within 30 days; we refund within 5 days."),
            ("Help", "You can send back a parcel within 14 days; we refund within 5 days."),
        ),
        (
            ("Winter orders: quick answers", "A heat pack costs £2.50 and stays warm for about 72 hours."),
            ("How we pack in the cold months", "A heat pack costs £2 and stays warm for about 72 hours."),
        ),
        (
            ("Delivery", "Delivery is free on orders of £60 or more."),
            (
                "Delivery: questions",
                "The standard service is £4.95. Delivery is free on orders of £50 or more.",
            ),
        ),
        (
            ("Reading club", "The reading club meets on the second Thursday of each month."),
            ("News of the club", "The reading club meets on the first Tuesday of each month."),
        ),
        (
            ("Fees", "A change of address is free for members only."),
            ("Moving", "A change of address costs members £5."),
        ),
        (
            ("Combining", "The student rate cannot be combined with a voucher."),
            ("Vouchers", "The voucher and the student rate may be combined."),
        ),
    ],
)
def test_what_differs_is_still_a_contradiction(one, other):
    assert differ(one, other)


@pytest.mark.parametrize(
    "text",
    [
        "Valid from 1 September 2026. A swim costs £5.80.",
        "Gültig ab 1. September 2026.",
        "Adopted by the board on 2 September 2026.",
        "These terms apply to orders from 1 February 2025; for older orders the earlier ones hold.",
        "On 13 June 2026 seventeen teams swam for twelve hours.",
    ],
)
def test_what_has_begun_or_was_done_is_not_over(text):
    page = a_page(text, "Prices and policy", "de" if text.startswith("G") else "en")
    assert list(outdated.find(page, around())) == []


@pytest.mark.parametrize(
    "text",
    [
        "Valid until 1 September 2026.",
        "From 1 September to 30 September 2026 every swim is half price.",
        "From the second quarter of 2025, the app will read bills by itself.",
        "In Q1 2026 the studio will open.",
    ],
)
def test_what_was_to_end_or_to_come_is_over(text):
    assert [found.kind for found in outdated.find(a_page(text, "Studio"), around())] == ["outdated"]


def test_the_latest_version_of_a_named_program_is_compared_with_its_releases():
    releases = a_page("## 9.4\n\nFaster.\n\n## 7.2\n\nNew colours.", "Release notes", number=2)
    page = a_page("The latest version of Tallynote is 7.2.", "Folder sync")
    assert [found.kind for found in outdated.find(page, around(releases))] == ["outdated"]


@pytest.mark.parametrize(
    "text",
    [
        "Desk: pull the arrears report every Tuesday and chase the oldest accounts first.",
        "CS only: hold the refund until Risk has cleared it in the queue.",
        "NB staff: refunds go through finance and the journal code has changed.",
        "Für intern: Bei großen Konten bitte vorher unter Ampel nachsehen und Jutta fragen.",
    ],
)
def test_a_paragraph_for_colleagues_is_jargon(text):
    language = "de" if text.startswith("F") else "en"
    assert [f.kind for f in jargon.find(a_page(text, "Payments", language), around())] == ["jargon"]


@pytest.mark.parametrize(
    "text",
    [
        "Reception: 01632 960 411, every day from eight.",
        "If you cannot swim, tell Yvonne, and she will keep you near the steps.",
        "Our coaches are qualified at Level 3.",
        "The customer pays 230 MXN on Start, 640 MXN on Team and 1,690 MXN on Scale.",
    ],
)
def test_what_customers_are_told_is_no_jargon(text):
    assert list(jargon.find(a_page(text, "Payments"), around())) == []


def test_initials_that_the_page_spells_out_are_no_placeholder():
    page = a_page("TBC, Thornby Boxing Club, uses the back room. TBC has its own fees.", "Thornby")
    assert list(drafts.find(page, around())) == []


def test_a_note_in_double_braces_is_a_placeholder():
    page = a_page("Hinweis: {{Screenshot der Einstellungen, TODO Lena}}", "Steuern", "de")
    assert [found.kind for found in drafts.find(page, around())] == ["draft"]


def test_hours_in_words_may_be_of_either_half_of_the_day():
    [said] = values("Quiet hours are on Mondays from two to four.", "en")
    [written] = values("Quiet hours are on Mondays from 14:00 to 16:00.", "en")
    assert said.equals(written)


def test_things_with_two_names_are_counted_as_one():
    [rows], [lines] = values("at most 10,000 rows", "en"), values("up to 50,000 lines", "en")
    assert rows.dimension == lines.dimension and not rows.equals(lines)
