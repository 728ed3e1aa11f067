"""Amounts as an owner types them, and the minor units that limits are kept in."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
"""ISO 4217; every other currency has two."""

LONGEST = 20
MOST_MINOR = 10**12
"""Ten billion euros: what is larger was mistyped, and would not fit where runs keep their amounts."""


def places(currency):
    """How many digits follow the point."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def shown(minor, currency):
    """8000 of EUR is ``80.00``; None is nothing."""
    return "" if minor is None else f"{Decimal(minor).scaleb(-places(currency)):.{places(currency)}f}"


def minor(text, currency):
    """``80`` or ``80,50`` in minor units; nothing is None. Raises ValidationError."""
    text = text.strip().replace(" ", "").replace(",", ".")
    if not text:
        return None
    if len(text) > LONGEST:
        raise ValidationError(_("Write an amount like 80 or 80.00."))
    try:
        amount = Decimal(text).scaleb(places(currency))
    except ArithmeticError:
        raise ValidationError(_("Write an amount like 80 or 80.00.")) from None
    if not amount.is_finite() or amount > MOST_MINOR or amount != amount.to_integral_value() or amount < 0:
        raise ValidationError(_("Write an amount like 80 or 80.00."))
    return int(amount)
