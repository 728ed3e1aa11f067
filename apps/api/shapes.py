"""Shapes that several areas of the API share."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from ninja import Query, Schema
from pydantic import AfterValidator, Field, StringConstraints

from berrydesk.text.storable import storable

Row = TypeVar("Row")

Cursor = Annotated[str, Query(description="What next said", max_length=64)]
Limit = Annotated[int, Query(description="Rows per page", ge=1, le=200)]


def _kept(text):
    if text != storable(text):
        raise ValueError("must contain neither the character zero nor half a character")
    return text


Text = Annotated[str, AfterValidator(_kept)]
"""Text that PostgreSQL can keep."""

Name = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Page(Schema, Generic[Row]):
    items: list[Row]
    next: str | None = Field(description="Cursor of the next page; null on the last one")


class ProblemShape(Schema):
    """One thing that went wrong, in words."""

    code: str
    message: str
    remedy: str


class ContactIn(Schema):
    """Who is writing. Your own server says so, and is believed."""

    external_id: Annotated[Text, Field(max_length=200)] = ""
    name: Annotated[Text, Field(max_length=120)] = ""
    email: Annotated[Text, Field(max_length=254)] = ""
    attributes: dict = {}


class ContactOut(Schema):
    id: str
    external_id: str
    name: str
    email: str
    attributes: dict
    rung: str


class CitationOut(Schema):
    n: int
    title: str
    url: str
    external_id: str
    place: str = Field(description="Where in a long document the quote stands, such as page 3; else empty")
    quote: str


class MessageOut(Schema):
    id: str
    author: str
    name: str
    text: str
    citations: list[CitationOut]
    at: datetime


def contact(conversation):
    """The contact of a conversation as the API shows it, as far as it is proved there; None for nobody."""
    row = conversation.contact
    if row is None:
        return None
    return {
        "id": str(row.pk),
        "external_id": row.external_id,
        "name": row.name,
        "email": row.email,
        "attributes": row.attributes,
        "rung": conversation.rung(),
    }


def citations(found):
    """Citations in the shape of the API, whatever an older snapshot lacks."""
    return [
        {
            "n": c.get("n", number),
            "title": c.get("title") or "",
            "url": c.get("url") or "",
            "external_id": c.get("external_id") or "",
            "place": c.get("place") or "",
            "quote": c.get("quote") or "",
        }
        for number, c in enumerate(found, start=1)
    ]


def message(row):
    """A message as the API shows it."""
    return {
        "id": str(row.pk),
        "author": row.author,
        "name": row.name,
        "text": row.text,
        "citations": citations(row.citations),
        "at": row.created_at,
    }


class Money(Schema):
    """``amount`` is in minor units; fractions of a cent are kept."""

    amount: float
    currency: str


def cost(dollars):
    """What a model cost, as the API shows it; None when its price is unknown."""
    return None if dollars is None else {"amount": float(dollars * 100), "currency": "USD"}
