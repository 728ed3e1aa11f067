"""Documents handed over, and what is found in them."""

from typing import Annotated, Literal

from ninja import Router, Schema
from pydantic import BeforeValidator, Field

from apps.api.shapes import Text
from apps.api.v1.agents import find as find_agent
from apps.knowledge import batching, wording
from apps.knowledge.embeddings import asking
from apps.knowledge.retrieval import audiences, searching

router = Router(tags=["Knowledge"])


def _clean(text):
    # One document with a stray zero must not refuse the other 999.
    return text.replace("\x00", "") if isinstance(text, str) else text


Loose = Annotated[str | None, BeforeValidator(_clean)]


class DocumentIn(Schema):
    """A document with something missing is named in ``failed``; the others are learned."""

    external_id: Annotated[Loose, Field(max_length=1000)] = None
    title: Loose = None
    text: Loose = None
    url: Annotated[Loose, Field(max_length=2000)] = None


class BatchIn(Schema):
    documents: list[DocumentIn] = Field(description="At most 1,000")


class FailedDocument(Schema):
    external_id: str
    code: str
    message: str
    remedy: str


class BatchOut(Schema):
    added: int
    replaced: int
    unchanged: int
    failed: list[FailedDocument]


class SearchIn(Schema):
    query: Annotated[Text, Field(min_length=1, max_length=8000)]
    limit: int = Field(10, ge=1, le=50)


class FoundDocument(Schema):
    id: str
    external_id: str
    title: str
    url: str


ForWhom = Annotated[
    Literal["everyone", "limited", "internal"],
    Field(description="Who may see it: everyone, only customers its source is for, or nobody but your team"),
]


class OtherDocument(FoundDocument):
    audience: ForWhom


class FoundPassage(Schema):
    text: str
    score: float
    heading: str
    document: FoundDocument
    audience: ForWhom
    others: list[OtherDocument] = Field(
        description="Further documents that say the same, folded into this one"
    )


class SearchOut(Schema):
    passages: list[FoundPassage]


@router.post("/agents/{agent_id}/documents:batch", response=BatchOut)
def batch_documents(request, agent_id: str, body: BatchIn):
    """Add or replace documents by ``external_id``. When this answers they are searchable."""
    agent = find_agent(agent_id)
    documents = [{**d.dict(), "title": (d.title or "")[:500]} for d in body.documents]
    done = batching.batch(agent, documents)
    return {
        "added": done.added,
        "replaced": done.replaced,
        "unchanged": done.unchanged,
        "failed": done.failed,
    }


@router.post("/agents/{agent_id}/search", response=SearchOut)
def search(request, agent_id: str, body: SearchIn):
    """The passages that best answer the query, best first, whoever they are for.

    No model is called, unless the owner chose one for embeddings: then it embeds the query.
    """
    agent = find_agent(agent_id)
    meant = asking.of_questions_now(agent, [body.query])
    found = searching.search(agent, body.query, limit=body.limit, audience=audiences.OWNER, meant=meant)
    shown = [(passage.document_id, *(other[0] for other in passage.others)) for passage in found]
    marks = audiences.marks([key for keys in shown for key in keys])
    return {"passages": [_show(passage, marks) for passage in found]}


def _show(found, marks):
    """``marks``: {document key: for whom it is}; one that was forgotten meanwhile is for nobody else."""
    return {
        "audience": marks.get(found.document_id, "internal"),
        "text": found.text,
        "score": found.score,
        "heading": found.heading,
        "document": {
            "id": str(found.document_id),
            "external_id": found.external_id,
            "title": found.title,
            "url": found.url,
        },
        "others": [
            {"id": key, "external_id": external_id, "title": title, "url": url}
            | {"audience": marks.get(key, "internal")}
            for key, external_id, title, url in found.others
        ],
    }


Wording = Annotated[Text, Field(max_length=wording.LONGEST)]


class Synonyms(Schema):
    """Groups of wordings that mean the same: a question with one of them finds the others."""

    groups: list[Annotated[list[Wording], Field(max_length=wording.MOST_WORDINGS)]] = Field(
        max_length=wording.MOST_GROUPS
    )


@router.get("/agents/{agent_id}/synonyms", response=Synonyms)
def get_synonyms(request, agent_id: str):
    """The owner's own synonyms, besides those that Berrydesk knows."""
    return {"groups": wording.of(find_agent(agent_id))}


@router.put("/agents/{agent_id}/synonyms", response=Synonyms)
def put_synonyms(request, agent_id: str, body: Synonyms):
    """Replace the owner's own synonyms; an empty list removes them. Search follows at once."""
    return {"groups": wording.replace(find_agent(agent_id), body.groups)}
