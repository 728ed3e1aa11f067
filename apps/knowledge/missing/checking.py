"""Likely questions are asked of the knowledge, and the rows say which of them nothing answers.

A check is due some seconds after the knowledge changed; a worker that dies in it is followed by another.
"""

from django.db import transaction
from django.utils import timezone

from apps.knowledge.embeddings import asking as embedded
from apps.knowledge.missing import collecting, imagining
from apps.knowledge.question_models import LikelyQuestion, QuestionCheck
from apps.knowledge.retrieval import answerability, searching
from berrydesk.db import leases

LOOKED_AT = 6
EMBED_S = 20.0


def check(row):
    """Carry a leased check through: every candidate is on its row with what the knowledge says today."""
    agent, was_due_at = row.agent, row.due_at
    candidates = collecting.candidates(agent)
    known = {one.key for one in candidates}
    candidates += [one for one in imagining.imagined(row, agent, candidates) if one.key not in known]
    meant = embedded.of_questions_now(agent, [one.question for one in candidates], limit_s=EMBED_S)
    assessed = [(one, _assess(agent, one.question, meant)) for one in candidates]
    with transaction.atomic():
        if not leases.still_held(row):
            return
        _write(agent, assessed)
        changes = {name: getattr(row, name) for name in ("problem", "asked_model_at", "asked_model", "cost")}
        changes["checked_at"] = timezone.now()
        QuestionCheck.objects.filter(pk=row.pk).update(attempts=0, **changes)
        QuestionCheck.objects.filter(pk=row.pk, due_at=was_due_at).update(due_at=None)


def _assess(agent, question, meant):
    found = searching.search(agent, question, limit=LOOKED_AT, meant=meant)
    return answerability.assess(agent, question, found)


def _write(agent, assessed):
    """Rows for what is likely today; what is not any more, or no model need think of again, goes unless dismissed."""
    now = timezone.now()
    rows = [
        LikelyQuestion(
            workspace_id=agent.workspace_id,
            agent=agent,
            key=one.key,
            question=one.question[:500],
            language=one.language,
            origin=one.origin,
            times=one.times,
            confidence=said.confidence,
            is_answerable=said.answerable,
            checked_at=now,
        )
        for one, said in assessed
    ]
    LikelyQuestion.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["agent", "key"],
        update_fields=["question", "origin", "times", "confidence", "is_answerable", "checked_at"],
    )
    LikelyQuestion.objects.filter(agent=agent, checked_at__lt=now, dismissed_at=None).delete()
