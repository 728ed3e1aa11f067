"""Questions that visitors are likely to ask, and which of them nothing answers yet."""

from typing import Annotated, Literal

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page, Text
from apps.api.v1.agents import find as find_agent
from apps.knowledge.missing import closing
from apps.knowledge.question_models import LikelyQuestion, Origin

router = Router(tags=["Knowledge"])


class QuestionOut(Schema):
    id: str
    question: str
    language: str
    origin: Literal[tuple(Origin.values)]
    times: int = Field(description="How often visitors asked it without an answer in the last 90 days")
    answerable: bool
    confidence: float


class AnswerIn(Schema):
    answer: Annotated[Text, Field(min_length=1, max_length=50_000)]


def _show(row):
    return {
        "id": str(row.pk),
        "question": row.question,
        "language": row.language,
        "origin": row.origin,
        "times": row.times,
        "answerable": row.is_answerable,
        "confidence": row.confidence,
    }


@router.get("/agents/{agent_id}/questions", response=Page[QuestionOut])
def list_questions(
    request, agent_id: str, answerable: bool | None = None, cursor: Cursor = "", limit: Limit = 50
):
    """Likely questions, as the last check found them; dismissed ones are left out."""
    rows = LikelyQuestion.objects.filter(agent=find_agent(agent_id), dismissed_at=None)
    if answerable is not None:
        rows = rows.filter(is_answerable=answerable)
    return page(rows, _show, cursor=cursor, limit=limit)


@router.post("/agents/{agent_id}/questions/{question_id}/answer", response=QuestionOut)
def answer_question(request, agent_id: str, question_id: str, body: AnswerIn):
    """Teach the agent the answer, word for word."""
    rows = LikelyQuestion.objects.filter(agent=find_agent(agent_id))
    row = one(rows, question_id, "question")
    closing.answer(row, body.answer, by=request.caller.member)
    row.refresh_from_db()
    return _show(row)


@router.delete("/agents/{agent_id}/questions/{question_id}", response={204: None})
def dismiss_question(request, agent_id: str, question_id: str):
    """It is no question for this agent: it is not listed any more."""
    rows = LikelyQuestion.objects.filter(agent=find_agent(agent_id))
    closing.dismiss(one(rows, question_id, "question"), by=request.caller.member)
    return Status(204, None)
