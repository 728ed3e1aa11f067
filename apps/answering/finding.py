"""Between understanding and answering: the question made whole, the pages searched, what a model reads decided.

A model helps where there is one and its owner lets it; the search itself never needs one.
"""

from dataclasses import replace

from apps.answering import contextual, gathering, ordering, rewriting
from apps.answering.aside import Aside
from apps.knowledge.embeddings import asking
from apps.knowledge.retrieval.spaces import BUILT_IN
from apps.routing.assembling import sum_of
from apps.routing.models import ContextMode
from berrydesk.db.units import database_unit


async def find(workspace_id, admitted, understood, ways, trace):
    """What the question's answer may be made of, as ``Gathered``; each step is written into ``trace``.

    ``ways``: the Route, and the embeddings of the owner's choice or None.
    """
    route, space = ways
    aside = Aside(workspace_id, route.choices)
    rewritten = None
    if route.rewrites:
        rewritten = await rewriting.rewrite(workspace_id, admitted, understood, aside, trace)
    meant = await _embed(space, gathering.readings(admitted, rewritten), trace)
    with trace.step("gather", question=admitted.question) as step:
        gathered, read = await database_unit(_gather, workspace_id, admitted, route, rewritten, meant)
        step.output.update(_told(gathered))
        if read is None:
            return gathered
        step.output.update(context=_told_context(read))
    if route.reorders and read.mode != ContextMode.WHOLE and len(gathered.found) > 1:
        ordered = await ordering.order(gathered, aside, trace)
        if ordered != gathered.found:
            read = await database_unit(_context, workspace_id, admitted, ordered, route)
            step.output.update(context=_told_context(read))
    return replace(gathered, sources=read.sources)


async def _embed(space, readings, trace):
    """The question's readings in embeddings of the owner's choice; the built-in ones need no step of their own."""
    if space is None:
        return BUILT_IN
    with trace.step("embed", model=space.name) as step:
        meant, usages = await asking.of_questions(space, readings)
        step.output.update(problem=meant.problem)
        if usage := sum_of(usages):
            step.prompt_tokens, step.cost = usage.prompt_tokens, usage.cost
    return meant


def _gather(workspace_id, admitted, route, rewritten, meant):
    """What was found, and what a model reads of it; None where there is no model."""
    gathered = gathering.gather(
        workspace_id,
        admitted,
        rewritten=rewritten,
        with_guidance=bool(route.choices),
        further=ordering.ASKED_ABOUT - gathering.PASSAGES if route.reorders else 0,
        meant=meant,
    )
    return gathered, _context(workspace_id, admitted, gathered.found, route) if route.choices else None


def _context(workspace_id, admitted, found, route):
    audience = gathering.audience_of(admitted.conversation)
    reads = {"audience": audience, "wanted": route.reads}
    return contextual.context(workspace_id, admitted.agent, found, route.choices, **reads)


def _told_context(read):
    return {"mode": str(read.mode), "tokens": read.tokens, "reason": read.reason}


def _told(gathered):
    return {
        "query": gathered.query,
        "confidence": gathered.confidence,
        "answerable": gathered.answerable,
        "passages": [
            {"title": f.title, "heading": f.heading, "url": f.url, "score": f.score, "text": f.text[:300]}
            for f in gathered.found
        ],
        "internal": [{"title": g.title, "text": g.text[:300]} for g in gathered.guidance],
    }
