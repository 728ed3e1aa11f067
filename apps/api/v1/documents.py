"""Documents: what an agent read, and what its owner decides about each."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page, ProblemShape, Text
from apps.api.v1.agents import find as find_agent
from apps.knowledge import curating
from apps.knowledge.history_models import Correction, DocumentVersion, Origin
from apps.knowledge.models import Document, DocumentStatus, Source

router = Router(tags=["Knowledge"])

Status = Annotated[
    Literal[tuple(DocumentStatus.values)] | None, Query(description="Only documents of this status")
]
SourceId = Annotated[str, Query(description="Only documents of this source", max_length=64)]


class DocumentOut(Schema):
    id: str
    source_id: str
    external_id: str
    title: str
    url: str
    language: str
    status: Literal[tuple(DocumentStatus.values)]
    problem: ProblemShape | None
    learned_at: datetime | None
    set_aside: bool = Field(description="Kept and kept fresh, but never found")
    pinned: bool = Field(description="A model has it before it for every question")


class CorrectionOut(Schema):
    """The owner's text stands instead of the page's."""

    made_at: datetime
    page_changed_at: datetime | None = Field(
        description="When the page's own text changed since; null: it has not"
    )
    page_text: str


class DocumentWhole(DocumentOut):
    text: str
    correction: CorrectionOut | None


class DocumentChange(Schema):
    text: Annotated[Text, Field(max_length=curating.LONGEST_CHARACTERS)] | None = Field(
        None,
        description="Corrects the document: later syncs leave this text as it is; null follows the page again",
    )
    set_aside: bool | None = None
    pinned: bool | None = None


class VersionOut(Schema):
    id: str
    text: str
    origin: Literal[tuple(Origin.values)]
    made_at: datetime


class VersionIn(Schema):
    version_id: Annotated[Text, Field(max_length=64)]


@router.get("/agents/{agent_id}/documents", response=Page[DocumentOut])
def list_documents(
    request,
    agent_id: str,
    source_id: SourceId = "",
    status: Status = None,
    cursor: Cursor = "",
    limit: Limit = 50,
):
    """What the agent read, the newest first, without the texts."""
    agent = find_agent(agent_id)
    rows = Document.objects.filter(agent=agent).kept().defer("text")
    if source_id:
        rows = rows.filter(source=one(Source.objects.filter(agent=agent), source_id, "source"))
    if status:
        rows = rows.filter(status=status)
    return page(rows, show, cursor=cursor, limit=limit)


@router.get("/agents/{agent_id}/documents/{document_id}", response=DocumentWhole)
def get_document(request, agent_id: str, document_id: str):
    """One document with its text, and the page's own where the owner corrected it."""
    return _whole(find(agent_id, document_id))


@router.patch("/agents/{agent_id}/documents/{document_id}", response=DocumentWhole)
def change_document(request, agent_id: str, document_id: str, body: DocumentChange):
    """Correct it, set it aside or take it back, pin it or not; what is left out stays."""
    document, by = find(agent_id, document_id), request.caller.member
    given = body.dict(exclude_unset=True)
    if "text" in given:
        if body.text is None:
            curating.take_page(document, by=by)
        else:
            curating.correct(document, body.text, by=by)
    if given.get("set_aside") is not None:
        (curating.set_aside if body.set_aside else curating.take_back)(document, by=by)
    if given.get("pinned") is not None:
        (curating.pin if body.pinned else curating.unpin)(document, by=by)
    return _whole(find(agent_id, document_id))


@router.get("/agents/{agent_id}/documents/{document_id}/versions", response=Page[VersionOut])
def list_versions(request, agent_id: str, document_id: str, cursor: Cursor = "", limit: Limit = 50):
    """The texts that the document had before, at most the last twenty."""
    rows = DocumentVersion.objects.filter(document=find(agent_id, document_id))
    return page(rows, _version, cursor=cursor, limit=limit)


@router.post("/agents/{agent_id}/documents/{document_id}/restore", response=DocumentWhole)
def restore_document(request, agent_id: str, document_id: str, body: VersionIn):
    """The document says again what it said in that version; what it says now becomes a version."""
    document = find(agent_id, document_id)
    version = one(DocumentVersion.objects.filter(document=document), body.version_id, "version")
    curating.restore(document, version.pk, by=request.caller.member)
    return _whole(find(agent_id, document_id))


def find(agent_id, document_id):
    """The document of the agent. Raises NotFound."""
    return one(Document.objects.filter(agent=find_agent(agent_id)).kept(), document_id, "document")


def show(row):
    """A document as the API shows it in lists."""
    return {
        "id": str(row.pk),
        "source_id": str(row.source_id),
        "external_id": row.external_id,
        "title": row.title,
        "url": row.url,
        "language": row.language,
        "status": row.status,
        "problem": row.problem,
        "learned_at": row.learned_at,
        "set_aside": row.set_aside_at is not None,
        "pinned": row.is_pinned,
    }


def _whole(row):
    correction = Correction.objects.filter(document=row).first()
    told = correction and {
        "made_at": correction.made_at,
        "page_changed_at": correction.page_changed_at,
        "page_text": correction.page_text,
    }
    return show(row) | {"text": row.text, "correction": told}


def _version(row):
    return {"id": str(row.pk), "text": row.text, "origin": row.origin, "made_at": row.made_at}
