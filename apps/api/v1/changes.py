"""Changes that a sync found and that wait until somebody accepts them."""

from datetime import datetime
from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page
from apps.api.v1.sources import find as find_source
from apps.knowledge import reviewing, sources
from apps.knowledge.review_models import ChangeKind, PendingChange

router = Router(tags=["Knowledge"])

DECISIONS = {"accept": reviewing.accept, "decline": reviewing.decline}


class ChangeOut(Schema):
    id: str
    document_id: str
    kind: Literal[tuple(ChangeKind.values)]
    title: str
    url: str
    text: str = Field(description="What the document would say; empty where it is gone")
    found_at: datetime


class CountOfChanges(Schema):
    changes: int = Field(description="How many were decided; accepted ones go live one after the other")


@router.get("/agents/{agent_id}/sources/{source_id}/changes", response=Page[ChangeOut])
def list_changes(request, agent_id: str, source_id: str, cursor: Cursor = "", limit: Limit = 50):
    """What waits, the newest first."""
    return page(find_source(agent_id, source_id).changes.waiting(), _show, cursor=cursor, limit=limit)


@router.post("/agents/{agent_id}/sources/{source_id}/changes/accept", response=CountOfChanges)
def accept_all_changes(request, agent_id: str, source_id: str):
    """Everything that waits now goes live."""
    count = sources.accept_changes(find_source(agent_id, source_id), by=request.caller.member)
    return {"changes": count}


@router.post("/agents/{agent_id}/sources/{source_id}/changes/decline", response=CountOfChanges)
def decline_all_changes(request, agent_id: str, source_id: str):
    """Nothing of what waits now goes live."""
    count = reviewing.decline_all(find_source(agent_id, source_id), by=request.caller.member)
    return {"changes": count}


@router.post("/agents/{agent_id}/sources/{source_id}/changes/{change_id}/{decision}", response=ChangeOut)
def decide_change(
    request, agent_id: str, source_id: str, change_id: str, decision: Literal[tuple(DECISIONS)]
):
    """One change goes live, or what is live stays; the change as it was."""
    rows = PendingChange.objects.filter(source=find_source(agent_id, source_id)).select_related("source")
    change = one(rows, change_id, "change")
    told = _show(change)
    DECISIONS[decision](change, by=request.caller.member)
    return told


def _show(row):
    return {
        "id": str(row.pk),
        "document_id": str(row.document_id),
        "kind": row.kind,
        "title": row.title,
        "url": row.url,
        "text": row.text,
        "found_at": row.found_at,
    }
