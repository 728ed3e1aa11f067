"""What an owner does about a question without an answer: write it, or say that it is no question for this agent."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.knowledge import sources
from apps.knowledge.connectors import registry
from apps.knowledge.models import Source, SourceKind, SourceStatus
from apps.knowledge.question_models import LikelyQuestion
from apps.knowledge.retrieval import postings
from apps.workspaces import auditing

OWN = "written"
"""Marks the one source of an agent that holds what was written here."""


def answer(question, text, by=None):
    """The question is answered by ``text`` from the next sync on, which begins at once. Raises InvalidConfig."""
    agent = question.agent
    pair = {"question": question.question, "answer": text}
    registry.cleaned(SourceKind.QA, {"pairs": [pair]})
    with transaction.atomic():
        postings.lock(agent)
        own = Source.objects.filter(agent=agent, kind=SourceKind.QA, config__origin=OWN)
        known = own.select_for_update().first()
        pairs = [p for p in (known.config["pairs"] if known else []) if p["question"] != pair["question"]]
        kept = registry.cleaned(SourceKind.QA, {"pairs": [*pairs, pair]})
        config = {**kept.config, "origin": OWN}
        if known:
            Source.objects.filter(pk=known.pk).update(config=config)
        else:
            known = Source.objects.create(
                workspace_id=agent.workspace_id,
                agent=agent,
                kind=SourceKind.QA,
                name=_("Answers you wrote"),
                config=config,
                status=SourceStatus.READY,
            )
        words = _("Answered “{question}”").format(question=question.question[:120])
        auditing.record(agent.workspace_id, by, "question.answered", known, words)
        LikelyQuestion.objects.filter(pk=question.pk).update(is_answerable=True)
    sources.stop(known)
    return sources.sync_again(Source.objects.get(pk=known.pk))


def dismiss(question, by=None):
    """The question is not shown any more."""
    LikelyQuestion.objects.filter(pk=question.pk, dismissed_at=None).update(
        dismissed_at=timezone.now(), dismissed_by=by
    )


def bring_back(question):
    """The question is shown again while nothing answers it."""
    LikelyQuestion.objects.filter(pk=question.pk).update(dismissed_at=None, dismissed_by=None)
