"""The end of the set-up: the agent answers three of its own questions, and waits for the owner's site."""

import hashlib

from django.http import Http404
from django.shortcuts import render

from apps.answering import running
from apps.console import channels, progress, wizard
from apps.console.entering import find_agent
from apps.conversations import opening, receiving
from apps.conversations.models import Author, Conversation, Turn
from apps.knowledge.models import Document, Passage
from apps.knowledge.question_models import LikelyQuestion
from apps.knowledge.retrieval import audiences
from apps.routing.models import RoutingPolicy
from apps.workspaces.access import Role, open_to
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

HOW_MANY = 3


@open_to(Role.ADMIN)
def page(request, public_id):
    """Questions with answers where they were asked already; the others are asked from the page."""
    agent = find_agent(request, public_id)
    asked = [asked_before(agent, n, question) for n, question in enumerate(questions(agent))]
    facts = channels.facts_of(agent) | progress.still_open(agent)
    context = wizard.context_of(agent, "finish") | facts | {"asked": asked}
    return wizard.answer(request, "console/finish.html", context)


@open_to(Role.ADMIN)
async def ask(request, public_id, number):
    """Ask one of the agent's own questions as the owner's try-out, and show the answer with its sources."""
    if request.method != "POST":
        raise Http404
    agent, question, turn_id = await database_unit(_begin, request, public_id, number)
    if turn_id:
        await running.run_in_order(agent.workspace_id, turn_id)
    return await database_unit(_show, request, agent, number, question)


def questions(agent):
    """Three questions: the owner's first ones, what the pages themselves ask, likely ones, then what pages tell about."""
    found = [text for text in agent.questions if text.strip()]
    if len(found) < HOW_MANY:
        shown = audiences.PUBLIC.visible(Document.objects.filter(agent=agent).in_use())
        heads = Passage.objects.filter(document__in=shown, heading__endswith="?").order_by("number")
        found += [head.split(" › ")[-1] for head in heads.values_list("heading", flat=True)[:HOW_MANY]]
    if len(found) < HOW_MANY:
        likely = LikelyQuestion.objects.filter(agent=agent, is_answerable=True, dismissed_at=None)
        found += list(likely.order_by("-confidence", "pk").values_list("question", flat=True)[:HOW_MANY])
    if len(found) < HOW_MANY:
        shown = audiences.PUBLIC.visible(Document.objects.filter(agent=agent).in_use())
        titles = shown.exclude(title="").order_by("created_at")
        found += list(titles.values_list("title", flat=True)[:HOW_MANY])
    return list(dict.fromkeys(found))[:HOW_MANY]


def asked_before(agent, number, question):
    """``{number, question, answer}``; the answer is None when it was not asked since the last change."""
    conversation = (
        Conversation.objects.filter(agent=agent, visitor_key=_key(agent, question)).latest_first().first()
    )
    answer = None
    if conversation:
        answer = conversation.messages.filter(author=Author.AGENT, is_streaming=False).in_order().last()
    return {"number": number, "question": question, "answer": answer}


def _key(agent, question):
    """The visitor of this try-out; another one when the agent has learned since, or answers by another model."""
    learned = (
        Document.objects.filter(agent=agent)
        .kept()
        .learned()
        .order_by("-learned_at")
        .values_list("learned_at", flat=True)
    )
    model = RoutingPolicy.objects.filter(agent=agent).values_list("connection_id", "model").first()
    facts = f"{agent.pk}|{question}|{learned.first()}|{model}"
    return "finish." + hashlib.sha256(facts.encode()).hexdigest()[:40]


def _begin(request, public_id, number):
    with in_workspace(request.workspace):
        agent = find_agent(request, public_id)
        found = questions(agent)
        if number >= len(found):
            raise Http404
        conversation = opening.open_conversation(
            agent, visitor_key=_key(agent, found[number]), is_preview=True
        )
        received = receiving.receive(conversation, text=found[number])
        return agent, found[number], received.turn and received.turn.pk


def _show(request, agent, number, question):
    with in_workspace(request.workspace):
        one = asked_before(agent, number, question)
        turn = Turn.objects.filter(pk=one["answer"].turn_id).first() if one["answer"] else None
        return render(
            request, "console/_asked.html", {"agent": agent, "one": one, "turn": turn, "is_fresh": True}
        )
