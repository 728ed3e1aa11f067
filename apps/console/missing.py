"""Questions that customers are likely to ask and that nothing answers yet, each with a box to write the answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.console import framing, why
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.missing import asking, closing
from apps.knowledge.question_models import LikelyQuestion, Origin, QuestionCheck
from apps.workspaces.access import Role, open_to

SHOWN = 100


@open_to(Role.VIEWER)
@require_GET
def index(request):
    """The unanswered questions of the agent in the frame, the most asked first."""
    return _page(request, part="live" if request.GET.get("part") == "live" else None)


@open_to(Role.ADMIN)
@require_POST
def answer(request, question_id):
    """The owner's answer is learned."""
    question = get_object_or_404(LikelyQuestion.objects.select_related("agent"), pk=question_id)
    typed = request.POST.get("answer", "").strip()
    try:
        closing.answer(question, typed, by=request.member)
    except InvalidConfig as problem:
        return _page(request, open_question=question, typed=typed, problem=problem)
    messages.success(request, _("Your answer is being learned."))
    return redirect("knowledge_questions")


@open_to(Role.ADMIN)
@require_POST
def dismiss(request, question_id):
    """The question is not shown any more."""
    closing.dismiss(get_object_or_404(LikelyQuestion, pk=question_id), by=request.member)
    return redirect("knowledge_questions")


@open_to(Role.ADMIN)
@require_POST
def bring_back(request, question_id):
    """A question that was said to be none of ours is shown again, while nothing answers it."""
    closing.bring_back(get_object_or_404(LikelyQuestion, pk=question_id))
    return redirect("knowledge_questions")


@open_to(Role.ADMIN)
@require_POST
def look_again(request):
    """The questions are checked soon, whether anything changed or not."""
    agent = framing.current_agent(request)
    if agent:
        asking.ask(agent, in_s=0)
        messages.success(request, _("Looking again."))
    return redirect("knowledge_questions")


def _imagined(agent):
    """Who thought of the questions of a model, when and for how much, in words; "" where none was asked."""
    row = QuestionCheck.objects.filter(agent=agent).exclude(asked_model="").first() if agent else None
    if row is None or row.problem:
        return ""
    told = _("Thought of by %(model)s on %(day)s. It is asked at most once a week.") % {
        "model": row.asked_model,
        "day": date_format(row.asked_model_at, "j F"),
    }
    return (
        f"{told} " + _("So far that cost %(price)s.") % {"price": why.money(row.cost)} if row.cost else told
    )


def _page(request, *, open_question=None, typed="", problem=None, part=None):
    agent = framing.current_agent(request)
    check = QuestionCheck.objects.filter(agent=agent).first() if agent else None
    known = LikelyQuestion.objects.filter(agent=agent) if agent else LikelyQuestion.objects.none()
    rows = list(known.unanswered().most_asked_first()[:SHOWN])
    context = {
        "place": "knowledge",
        "agent": agent,
        "groups": [
            (label, [r for r in rows if r.origin == key], key == Origin.MODEL)
            for key, label in Origin.choices
        ],
        "missing": known.unanswered().count(),
        "answered": known.filter(is_answerable=True).count(),
        "shown": len(rows),
        "dismissed": list(known.dismissed().most_asked_first()[:SHOWN]),
        "imagined": _imagined(agent),
        "check": check,
        "is_at_work": check is not None and check.due_at is not None,
        "is_part": part is not None,
        "may_change": request.member.may(Role.ADMIN),
        "open_question": open_question,
        "typed": typed,
        "problem": problem,
    }
    page = f"knowledge/questions.html#{part}" if part else "knowledge/questions.html"
    return render(request, page, context, status=422 if problem else 200)
