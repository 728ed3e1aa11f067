"""Amounts as people write them, and as Stripe counts them."""

from decimal import Decimal

from berrydesk_sdk import VisitorError

# docs.stripe.com/currencies: zero-decimal and three-decimal currencies; all others have two.
NO_DECIMALS = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}


def decimals(currency):
    """How many digits follow the point."""
    currency = currency.lower()
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def to_minor(text, currency):
    """``"25.50"`` as 2550. Raises VisitorError for what the currency cannot say, and for nothing at all."""
    places = decimals(currency)
    amount = Decimal(text.replace(",", ".")).scaleb(places)
    if amount != amount.to_integral_value():
        raise VisitorError(f"{text} has more decimals than {currency.upper()} knows.")
    if amount <= 0:
        raise VisitorError("An amount to refund must be more than zero.")
    return int(amount)


def in_words(minor, currency):
    """2550 of EUR as ``€25.50``; of a currency without a sign here as ``25.50 CHF``."""
    places = decimals(currency)
    number = f"{Decimal(minor).scaleb(-places):,.{places}f}"
    sign = SYMBOLS.get(currency.lower())
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"
