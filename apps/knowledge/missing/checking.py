"""Likely questions are asked of the knowledge, and the rows say which of them nothing answers.

A check is due some seconds after the knowledge changed; a worker that dies in it is followed by another.
"""

import asyncio
import logging
import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.knowledge.embeddings import asking as embedded
from apps.knowledge.missing import collecting
from apps.knowledge.models import Document
from apps.knowledge.question_models import LikelyQuestion, Origin, QuestionCheck
from apps.knowledge.retrieval import answerability, searching
from apps.routing import choosing, gateway
from berrydesk.db import leases

log = logging.getLogger(__name__)

LOOKED_AT = 6
MODEL_EVERY = timedelta(days=7)
MODEL_LIMITS = gateway.Limits(first_token_s=20, gap_s=10, total_s=40)
EMBED_S = 20.0
MODEL_TITLES, MODEL_QUESTIONS = 80, 20
_ASK = """You help a business prepare for its customers. Its pages are called:
{titles}

Write {count} short questions that its customers are likely to ask, one a line, in the language of the pages, without \
numbers or other words."""


def check(row):
    """Carry a leased check through: every candidate is on its row with what the knowledge says today."""
    agent, was_due_at = row.agent, row.due_at
    candidates = collecting.candidates(agent)
    known = {one.key for one in candidates}
    candidates += [one for one in _by_model(row, agent) if one.key not in known]
    meant = embedded.of_questions_now(agent, [one.question for one in candidates], limit_s=EMBED_S)
    assessed = [(one, _assess(agent, one.question, meant)) for one in candidates]
    with transaction.atomic():
        if not leases.still_held(row):
            return
        _write(agent, assessed)
        changes = {"checked_at": timezone.now(), "problem": row.problem, "asked_model_at": row.asked_model_at}
        QuestionCheck.objects.filter(pk=row.pk).update(attempts=0, **changes)
        QuestionCheck.objects.filter(pk=row.pk, due_at=was_due_at).update(due_at=None)


def _assess(agent, question, meant):
    found = searching.search(agent, question, limit=LOOKED_AT, meant=meant)
    return answerability.assess(agent, question, found)


def _write(agent, assessed):
    """Rows for what is likely today; what is not any more goes, unless it was dismissed or a model thought of it."""
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
    stale = LikelyQuestion.objects.filter(agent=agent, checked_at__lt=now, dismissed_at=None)
    stale.exclude(origin=Origin.MODEL).delete()


def _by_model(row, agent):
    """What a model thinks customers may ask, once a week; earlier ones are kept and asked again."""
    kept = LikelyQuestion.objects.filter(agent=agent, origin=Origin.MODEL, dismissed_at=None)
    found = [collecting.Candidate(one.question, Origin.MODEL, one.language) for one in kept]
    choice = choosing.choose(agent).choice
    is_time = row.asked_model_at is None or row.asked_model_at < timezone.now() - MODEL_EVERY
    if choice is None or not is_time:
        return found
    titles = Document.objects.filter(agent=agent).learned().exclude(title="").order_by("-learned_at")
    said = "\n".join(
        f"- {' '.join(t.split())[:120]}" for t in titles.values_list("title", flat=True)[:MODEL_TITLES]
    )
    if not said:
        return found
    prompt = [{"role": "user", "content": _ASK.format(titles=said, count=MODEL_QUESTIONS)}]
    row.asked_model_at, row.problem = timezone.now(), None
    try:
        text, _usage = asyncio.run(gateway.complete(choice, prompt, max_tokens=800, limits=MODEL_LIMITS))
    except gateway.ModelFailed as failure:
        log.info("No questions by a model for agent %s: %s", agent.pk, failure)
        row.problem = failure.as_dict()
        return found
    return found + _read(text, agent.language)


def _read(text, fallback):
    """Questions, one a line; whatever else a model says is passed over."""
    lines = (re.sub(r"^[\s\d.)*\-•]+", "", line).strip() for line in text.splitlines())
    asked = (line for line in lines if line.endswith(("?", "？", "؟")))
    read = (collecting.from_words(line, Origin.MODEL, fallback=fallback) for line in asked)
    return [one for one in read if one][:MODEL_QUESTIONS]
