"""Action runs: what was proposed, who agreed, what became of it."""

from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from apps.actions import running
from apps.actions.models import ActionRun, State
from apps.answering import deciding
from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page
from apps.conversations.models import Conversation

router = Router(tags=["Action runs"])


class RunOut(Schema):
    id: str
    key: str
    state: Literal[tuple(State.values)]
    preview: dict
    outcome: dict | None
    idempotency_key: str
    conversation_id: str
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None
    lost_at: datetime | None = Field(
        description="Since when only a person can find out what became of an unknown run"
    )


class Filters(Schema):
    state: Literal[tuple(State.values)] | None = None
    conversation_id: str | None = None


class SettleIn(Schema):
    happened: bool


def _show(run):
    return {
        "id": str(run.pk),
        "key": run.key,
        "state": run.state,
        "preview": run.preview,
        "outcome": run.outcome,
        "idempotency_key": run.idempotency_key,
        "conversation_id": str(run.conversation_id),
        "created_at": run.created_at,
        "confirmed_at": run.confirmed_at,
        "finished_at": run.finished_at,
        "lost_at": run.lost_at,
    }


def _find(run_id):
    return one(ActionRun.objects.all(), run_id, "action run")


@router.get("/action-runs", response=Page[RunOut])
def list_runs(request, filters: Query[Filters], cursor: Cursor = "", limit: Limit = 50):
    """Every run, the newest first."""
    rows = ActionRun.objects.all()
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.conversation_id:
        rows = rows.filter(
            conversation=one(Conversation.objects.all(), filters.conversation_id, "conversation")
        )
    return page(rows, _show, cursor=cursor, limit=limit)


@router.get("/action-runs/{run_id}", response=RunOut)
def get_run(request, run_id: str):
    """One run."""
    return _show(_find(run_id))


@router.post("/action-runs/{run_id}/confirm", response=RunOut)
def confirm_run(request, run_id: str):
    """The customer agreed: it will be done, once. Confirming twice is confirming once."""
    return _show(running.confirm(_find(run_id), by=request.caller.member))


@router.post("/action-runs/{run_id}/approve", response=RunOut)
def approve_run(request, run_id: str):
    """A teammate agreed to a run that waits for approval."""
    return _show(deciding.approve(_find(run_id), by=request.caller.member))


@router.post("/action-runs/{run_id}/reject", response=RunOut)
def reject_run(request, run_id: str):
    """A teammate declined what was proposed or waits for approval."""
    return _show(deciding.decline(_find(run_id), by=request.caller.member))


@router.post("/action-runs/{run_id}/settle", response=RunOut)
def settle_run(request, run_id: str, body: SettleIn):
    """A person found out what became of a run that stayed ``unknown``; the visitor is told."""
    return _show(deciding.settle(_find(run_id), happened=body.happened, by=request.caller.member))
