"""Step 3, and the page Look: name, logo, colour, greeting, first questions, position. Saved as one types."""

from django import forms
from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.agents import making
from apps.agents.errors import AgentInvalid
from apps.agents.models import Position, Theme
from apps.console import contrast, logos, progress, wizard
from apps.console.entering import find_agent
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

SWATCHES = ("#0b5a55", "#0e2a35", "#b5532a", "#8a1c4a", "#1f4fa3", "#f2c14e")
MOST_QUESTIONS = 6
LONGEST_QUESTION = 120


class LookForm(forms.Form):
    """What customers see of the agent."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    greeting = forms.CharField(label=gettext_lazy("Greeting"), max_length=300, required=False)
    color = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Colour"),
        error_messages={
            "invalid": gettext_lazy("A colour is written like #0b5a55: a # and six digits or letters a to f.")
        },
    )
    position = forms.ChoiceField(label=gettext_lazy("Where it sits"), choices=Position.choices)
    theme = forms.ChoiceField(label=gettext_lazy("Light or dark"), choices=Theme.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.AGENT_LANGUAGES)

    def __init__(self, data, agent):
        self.agent = agent
        initial = {name: getattr(agent, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        self.questions = (
            [text[:1000] for text in data.getlist("questions")] if data else list(agent.questions)
        )

    def clean_color(self):
        return self.cleaned_data["color"].lower()

    def clean(self):
        cleaned = super().clean()
        kept = [text.strip() for text in self.questions if text.strip()]
        if len(kept) > MOST_QUESTIONS:
            self.add_error(None, _("Up to {n} first questions fit. Remove one.").format(n=MOST_QUESTIONS))
        if any(len(text) > LONGEST_QUESTION for text in kept):
            self.add_error(
                None, _("A first question has up to {n} characters. Shorten it.").format(n=LONGEST_QUESTION)
            )
        cleaned["questions"] = kept
        return cleaned


@open_to(Role.ADMIN)
def page(request, public_id, shape=wizard.SETUP):
    """The look; a POST saves it. htmx gets only what is to be said about it, so that typing goes on."""
    agent = find_agent(request, public_id)
    form = LookForm(request.POST if request.method == "POST" else None, agent)
    if "do" in request.POST and not request.htmx:
        return change_questions(request, public_id, shape)
    if "keep" in request.POST:
        making.keep_look(agent)
        forward = wizard.address_of(agent, "actions")
        return HttpResponseClientRedirect(forward) if request.htmx else redirect(forward)
    if request.method == "POST":
        _save(form, agent, by=request.member)
        if request.htmx and not request.htmx.boosted:
            context = _context(agent, form, shape)
            return render(request, "console/_look_said.html", context, status=422 if form.errors else 200)
        if not form.errors:
            return redirect(wizard.address_of(agent, "brand", shape))
    return wizard.answer(request, "console/step_brand.html", _context(agent, form, shape), form=form)


@open_to(Role.ADMIN)
@wizard.opened_shows("brand")
@require_POST
def change_questions(request, public_id, shape=wizard.SETUP):
    """Add a line, take one away, move one up: ``do`` is ``add``, ``remove-2`` or ``up-2``."""
    agent = find_agent(request, public_id)
    form = LookForm(request.POST, agent)
    verb, _dash, at = request.POST.get("do", "").partition("-")
    lines, at = form.questions, int(at) if at.isdecimal() and len(at) < 4 else 0
    if verb == "remove" and at < len(lines):
        lines.pop(at)
    elif verb == "up" and 0 < at < len(lines):
        lines[at - 1], lines[at] = lines[at], lines[at - 1]
    _save(form, agent, by=request.member)
    if verb == "add" and len(lines) < MOST_QUESTIONS:
        lines.append("")
    context = _context(agent, form, shape)
    template = "console/_questions.html" if request.htmx else "console/step_brand.html"
    return render(request, template, context, status=422 if form.errors else 200)


@open_to(Role.ADMIN)
@wizard.opened_shows("brand")
@require_POST
def change_logo(request, public_id, shape=wizard.SETUP):
    """A new logo, or none."""
    agent = find_agent(request, public_id)
    try:
        if "remove" in request.POST:
            logos.remove(agent, by=request.member)
        elif request.FILES.get("logo"):
            logos.keep(agent, request.FILES["logo"], by=request.member)
    except OwnerError as problem:
        context = _context(agent, LookForm(None, agent), shape)
        return wizard.answer(request, "console/step_brand.html", context, problem=problem)
    return redirect(wizard.address_of(agent, "brand", shape))


def _save(form, agent, by):
    """What is right is saved; what is wrong stands at its field."""
    if not form.is_valid():
        return
    changed = {name: value for name, value in form.cleaned_data.items() if getattr(agent, name) != value}
    try:
        if changed:
            making.change(agent, by=by, **changed)
    except AgentInvalid as problem:
        for field, words in problem.fields:
            form.add_error(field if field in form.fields else None, words)


def _context(agent, form, shape):
    typed = form["color"].value() or ""
    color = typed if form.fields["color"].regex.match(typed) else agent.color
    return wizard.context_of(agent, "brand", shape) | {
        "form": form,
        "questions": form.questions,
        "may_add": len(form.questions) < MOST_QUESTIONS,
        "swatches": SWATCHES,
        "color": color.lower(),
        "told": contrast.said(color),
        "steps": progress.steps(agent, "brand"),
    }
