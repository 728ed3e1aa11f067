"""Prices as the console says them: a dollar sign and as many digits as help; unknown is said, never zero."""

from django.utils.translation import gettext as _

from apps.routing import catalogue, prices


def dollars(amount):
    """``$85``, ``$8.40``, ``$0.002``."""
    if amount >= 10:
        return f"${amount:,.0f}"
    if amount >= 0.01:
        return f"${amount:.2f}"
    return f"${amount:.4f}".rstrip("0").rstrip(".") if amount else "$0"


def per_thousand(service, model):
    """The price of 1,000 conversations in words."""
    if service == catalogue.CUSTOM:
        return _("your own server")
    estimate = prices.cost_per_1000_conversations(service, model)
    return (
        _("price unknown") if estimate is None else _("{price} per 1,000").format(price=dollars(estimate.usd))
    )


def assumption(service, model):
    """What the price assumes, or "" when there is none."""
    estimate = prices.cost_per_1000_conversations(service, model)
    return estimate.assumption if estimate else ""


REWRITING_TOKENS, REORDERING_TOKENS = (350, 30), (1_800, 20)
"""Read and written where a model makes a follow-up whole, and where it re-orders twelve passages of usual length."""


def thousand_calls(service, model, read, written):
    """What a thousand short calls cost in words; "" where no price is known or none is asked."""
    each = prices.cost(service, model, read, written)
    return "" if each is None else dollars(each * 1000)


TOKENS_A_PAGE = 500
"""A page of a website, roughly: what makes a window of tokens imaginable."""


def window(service, model):
    """How much the model can read at once, in words; "" where the catalogue does not say."""
    tokens = catalogue.model(service, model).context_tokens
    if not tokens:
        return ""
    return _("It can read {tokens} tokens at once, about {pages} pages.").format(
        tokens=f"{tokens:,}", pages=f"{max(1, tokens // TOKENS_A_PAGE):,}"
    )
