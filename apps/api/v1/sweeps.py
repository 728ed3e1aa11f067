"""The sweep over the API: start it, and see what it found."""

from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from apps.api.paging import one
from apps.api.v1.agents import find as find_agent
from apps.knowledge import findings, sweeping
from apps.knowledge.finding_models import Finding, FindingKind, Severity, Sweep

router = Router(tags=["Knowledge"])

MOST = 1000


class SweptDocumentOut(Schema):
    id: str
    external_id: str
    title: str
    url: str


class SweptPassageOut(Schema):
    """Where one side stands; ``marks`` are the start and end of the words that matter, in characters of ``text``."""

    document_id: str
    heading: str
    text: str
    marks: list[tuple[int, int]]


class RemedyOut(Schema):
    key: Literal[tuple(findings.REMEDIES)]
    title: str


class FindingOut(Schema):
    id: str
    kind: Literal[tuple(FindingKind.values)]
    severity: Literal[tuple(Severity.values)]
    subject: str
    explanation: str
    confidence: float
    confirmed_by: str | None = Field(
        description="The model that confirmed a doubtful contradiction; else null"
    )
    documents: list[SweptDocumentOut]
    passages: list[SweptPassageOut]
    remedies: list[RemedyOut]


class SweepOut(Schema):
    """``done`` when every change was looked at; until then what was found so far."""

    status: Literal["never", "waiting", "running", "failed", "done"]
    total: int = Field(description="Documents of this run")
    done: int
    findings: list[FindingOut] = Field(description="The weightiest first, at most 1,000")


class SettledOut(Schema):
    set_aside: list[SweptDocumentOut] = Field(description="Documents that the agent no longer reads")


SETTLING = {
    "keep_left": lambda finding, by: findings.keep(finding, 0, by=by),
    "keep_right": lambda finding, by: findings.keep(finding, 1, by=by),
    "set_aside": lambda finding, by: findings.set_aside(finding, by=by),
    "dismiss": lambda finding, by: findings.dismiss(finding, by=by),
    "show_again": lambda finding, by: findings.take_back(finding, by=by),
}
"""What each word of a call does."""

LEAVING = ("keep_left", "keep_right", "set_aside")
"""Those that return the documents they set aside."""


@router.post("/agents/{agent_id}/sweep", response=SweepOut)
def start_sweep(request, agent_id: str):
    """Look at what changed since the last sweep, at once. Ask with GET until the status is done."""
    agent = find_agent(agent_id)
    sweeping.ask(agent, in_s=0)
    return _show(agent)


@router.get("/agents/{agent_id}/sweep", response=SweepOut)
def get_sweep(request, agent_id: str):
    """How far the sweep is, and what stands."""
    return _show(find_agent(agent_id))


@router.post("/agents/{agent_id}/findings/{finding_id}/{remedy}", response=SettledOut)
def settle_finding(request, agent_id: str, finding_id: str, remedy: Literal[tuple(SETTLING)]):
    """Do one of the finding's remedies; ``show_again`` takes a dismissal back. Texts are edited with the document."""
    rows = Finding.objects.filter(agent=find_agent(agent_id)).prefetch_related("places__document__source")
    done = SETTLING[remedy](one(rows, finding_id, "finding"), request.caller.member)
    return {"set_aside": [_document(each) for each in done] if remedy in LEAVING else []}


def _show(agent):
    row = Sweep.objects.filter(agent=agent).first()
    return {
        "status": row.status if row else "never",
        "total": row.total if row else 0,
        "done": row.done if row else 0,
        "findings": [_finding(each) for each in findings.shown(agent)[:MOST]],
    }


def _finding(row):
    places = [place for side in findings.sides(row) for place in side.places]
    documents = {place.document_id: place.document for place in places}
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "severity": row.severity,
        "subject": row.subject,
        "explanation": row.explanation,
        "confidence": round(row.confidence, 3),
        "confirmed_by": (row.judged_by or None) if row.verdict else None,
        "documents": [_document(each) for each in documents.values()],
        "passages": [
            {
                "document_id": str(place.document_id),
                "heading": place.heading,
                "text": place.text,
                "marks": [(a, b) for a, b in place.marks],
            }
            for place in places
        ],
        "remedies": [{"key": key, "title": str(findings.REMEDIES[key])} for key in findings.remedies(row)],
    }


def _document(row):
    return {"id": str(row.pk), "external_id": row.external_id, "title": row.title, "url": row.url}
