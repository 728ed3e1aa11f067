"""What a model is given to read: the best passages, whole documents, or everything the agent was taught.

Decided per question by size, by what the model can take in and by what reading it costs; the owner may fix it.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone

from apps.knowledge.models import Document
from apps.knowledge.retrieval import audiences
from apps.knowledge.retrieval.quoting import readable
from apps.knowledge.retrieval.searching import Found
from apps.routing import catalogue, prices
from apps.routing.models import ContextMode, RoutingPolicy
from berrydesk.db.scopes import in_workspace
from berrydesk.text.sizes import tokens_of

ROOM_SHARE = 0.5
"""Of a model's window: models read worse what fills them, and the conversation needs its place."""

UNKNOWN_WINDOW = 8_192
"""Tokens of a model whose window the catalogue does not know."""

MOST_WHOLE, MOST_DOCUMENTS = 60_000, 99
"""Tokens and documents of a whole knowledge base in context; marks have two digits."""

MOST_CHARACTERS_A_TOKEN = 5
"""No text is read in fewer tokens than this many characters each: what is longer need not be counted."""

HITS, HITS_TOKENS = 3, 6_000
"""Whole documents of this many best hits, if they are no longer than this together."""

PAYS_USD = Decimal("0.002")
"""What better reading may cost more per question: a fifth of a cent."""

OWN_TOKENS = 3_000
"""A server of one's own costs no money but time: what it reads in a second or two."""

UNKNOWN_PRICE_TOKENS = 6_000
"""Where no price is known, no more than this is read."""

PINNED_TOKENS = 8_000

SETTLED = timedelta(minutes=10)
"""Knowledge that changed later than this is not in a provider's cache yet."""

QUOTE_CHARACTERS = 300


@dataclass(frozen=True)
class Context:
    """``sources`` are what the model reads, numbered from 1; ``reason`` says why these, in words."""

    mode: ContextMode
    tokens: int
    reason: str
    sources: list = field(default_factory=list)


@dataclass(frozen=True)
class Sizes:
    """What a decision looks at: tokens of each choice (None: not possible), the smallest window, the price of one
    token read and of one read again from the provider's cache (None: unknown)."""

    passages: int
    documents: int | None
    whole: int | None
    window: int
    price: Decimal | None = None
    price_again: Decimal | None = None
    is_own: bool = False


def context(workspace_id, agent, found, choices, audience=audiences.PUBLIC, *, wanted=None):
    """The Context of one question for the models in ``choices``, asked first to last.

    ``wanted``: the ContextMode that the owner chose, where it is known already.
    ``audience`` sees only what is meant for it: ``visible(documents)`` narrows a queryset.
    """
    with in_workspace(workspace_id):
        documents = Document.objects.filter(agent=agent).in_use()
        documents = audience.visible(documents)
        wanted = wanted or _wanted(agent)
        is_open = wanted != ContextMode.PASSAGES  # else no whole text need be read to know how long it is
        hits = _of_hits(documents, found) if is_open else []
        whole = _everything(documents) if is_open else None
        sizes = _sizes(found, hits, whole, choices)
        mode, reason = decide(wanted, sizes)
        chosen = {ContextMode.WHOLE: whole, ContextMode.DOCUMENTS: hits}.get(mode)
        sources = list(found) if chosen is None else [_as_found(row, found) for row in chosen]
        sources = [*_pinned(documents, sources, found), *sources]
    return Context(mode, sum(tokens_of(one.text) for one in sources), reason, sources)


def decide(wanted, sizes):
    """(mode, reason): what the owner fixed, if it fits, else the fullest reading that fits and pays."""
    room = min(MOST_WHOLE, int(sizes.window * ROOM_SHARE))
    fits = {
        ContextMode.WHOLE: sizes.whole is not None and sizes.whole <= room,
        ContextMode.DOCUMENTS: sizes.documents is not None and sizes.documents <= room,
    }
    if wanted == ContextMode.PASSAGES:
        return ContextMode.PASSAGES, "The owner chose the best passages."
    if wanted in fits:
        if fits[wanted]:
            return wanted, "The owner chose this."
        return ContextMode.PASSAGES, "What the owner chose does not fit into the model; the best passages do."
    for mode, tokens in ((ContextMode.WHOLE, sizes.whole), (ContextMode.DOCUMENTS, sizes.documents)):
        if fits[mode] and _pays(tokens, sizes, again=mode == ContextMode.WHOLE):
            what = "Everything" if mode == ContextMode.WHOLE else "The documents that were found, whole,"
            return mode, f"{what} is about {tokens:,} tokens: it fits, and reading it costs little more."
    return ContextMode.PASSAGES, _why_passages(sizes, fits)


def _why_passages(sizes, fits):
    if sizes.whole is None:
        return "There is far more than a model could read at once, so it reads the best passages."
    if not fits[ContextMode.WHOLE]:
        return f"Everything would be about {sizes.whole:,} tokens, too much for the model at once."
    return f"Reading everything, about {sizes.whole:,} tokens, would cost too much for each question."


def _pays(tokens, sizes, *, again):
    """True when reading ``tokens`` instead of the passages costs little more; ``again``: the same at each question."""
    if sizes.is_own:
        return tokens <= OWN_TOKENS
    if sizes.price is None:
        return tokens <= UNKNOWN_PRICE_TOKENS
    price = sizes.price_again if again and sizes.price_again is not None else sizes.price
    return tokens * price - sizes.passages * sizes.price <= PAYS_USD


def _wanted(agent):
    mode = RoutingPolicy.objects.filter(agent=agent).values_list("context_mode", flat=True).first()
    return mode or ContextMode.AUTO


def _sizes(found, hits, whole, choices):
    first = choices[0]
    windows = [catalogue.model(one.provider, one.model).context_tokens or UNKNOWN_WINDOW for one in choices]
    price, again = prices.of_reading(first.provider, first.model)
    changed = max((row.learned_at for row in whole), default=None) if whole else None
    is_settled = changed is not None and changed < timezone.now() - SETTLED
    return Sizes(
        passages=sum(tokens_of(one.text) for one in found),
        documents=sum(tokens_of(row.text) for row in hits) if hits else None,
        whole=sum(tokens_of(row.text) for row in whole) if whole is not None else None,
        window=min(windows),
        price=price,
        price_again=again if is_settled else None,
        is_own=first.provider == catalogue.CUSTOM,
    )


def _of_hits(documents, found):
    """The documents of the best hits in their order, or an empty list when they are too long together."""
    ids = list(dict.fromkeys(one.document_id for one in found))[:HITS]
    rows = {str(row.pk): row for row in documents.filter(pk__in=ids)}
    hits = [rows[one] for one in ids if one in rows]
    return hits if sum(tokens_of(row.text) for row in hits) <= HITS_TOKENS else []


def _everything(documents):
    """Every document in a lasting order, so that a provider's cache knows the beginning; None when there are too many."""
    if documents.order_by()[: MOST_DOCUMENTS + 1].count() > MOST_DOCUMENTS:
        return None
    length = documents.order_by().aggregate(n=Sum(Length("text")))["n"] or 0
    if length > MOST_WHOLE * MOST_CHARACTERS_A_TOKEN:
        return None
    return list(documents.order_by("created_at", "pk"))


def _pinned(documents, sources, found):
    """What the owner pinned and is not among the sources already, up to a limit."""
    there, chosen, tokens = {one.document_id for one in sources}, [], 0
    for row in documents.filter(is_pinned=True).order_by("created_at", "pk"):
        tokens += tokens_of(row.text)
        if tokens > PINNED_TOKENS:
            break
        if str(row.pk) not in there:
            chosen.append(_as_found(row, found))
    return chosen


def _as_found(row, found):
    """A whole document as a source; cited by its best window where it was found, else by its beginning."""
    hit = next((one for one in found if one.document_id == str(row.pk)), None)
    if hit:
        return replace(hit, text=row.text, heading="")
    return Found(
        passage_id=0,
        document_id=str(row.pk),
        external_id=row.external_id,
        title=row.title,
        url=row.url,
        heading="",
        text=row.text,
        language=row.language,
        score=0.0,
        quote=readable(row.text)[:QUOTE_CHARACTERS],
    )
