"""Personal data that has a shape is recognised; dates, amounts and product names are not taken for it."""

import pytest

from berrydesk.text import personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to vera.lund+shop@example.co.uk.", "write to [email]."),
        ("visa 4111 1111 1111 1111 please", "visa [card] please"),
        ("pay DE89 3704 0044 0532 0130 00 today", "pay [iban] today"),
        ("call (977) 625-2661", "call [phone]"),
        ("ring +47 912 34 567 or 0800 123456", "ring [phone] or [phone]"),
        ("order W2378156 and #W2378156", "order [number] and [number]"),
        ("my order number is 48211", "my order number is [number]"),
        ("username: cminh730", "username: [number]"),
        ("ticket 7916676427", "ticket [number]"),
        ("meine Bestellnummer 48211-3", "meine Bestellnummer [number]"),
    ],
)
def test_what_has_the_shape_of_personal_data_is_masked(text, masked):
    assert personal.masked(text) == masked
    assert personal.holds(text) and not personal.holds(masked)


@pytest.mark.parametrize(
    "text",
    [
        "From 2024-01-02 on, 1,299.00 EUR for 30 days.",
        "12.50-14.50 EUR, open 10-18, in 2019-2024.",
        "Since 24.12.2023 a tent costs 1.299,00 EUR.",
        "Within 14 days of order 3 items are free.",
        "Write to us about the iPhone 15 or the RTX 4090.",
        "送料は全国一律500円です。",
    ],
)
def test_dates_amounts_and_products_are_not_personal(text):
    assert personal.masked(text) == text


def test_check_digits_decide():
    assert personal.is_card("4111111111111111") and not personal.is_card("4111111111111112")
    assert not personal.is_card("0000000000000000")
    assert personal.is_iban("GB82 WEST 1234 5698 7654 32") and not personal.is_iban("GB83WEST12345698765432")
