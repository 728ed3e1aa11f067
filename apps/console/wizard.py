"""What every page of the set-up shows: steps from facts, and the real widget as the preview."""

import functools

from django.shortcuts import redirect, render
from django.urls import reverse

from apps.channels.web import serving, verify, visiting
from apps.console import progress
from apps.console.entering import find_agent
from apps.workspaces.access import Role, open_to

SETUP, PAGE = "setup", "page"
"""A step stands in the wizard or, later, as a page of its own in the frame: the same templates."""

FRAMED = ("model", "train")
"""Steps without an address of their own in the frame: once the agent is live, the set-up's is a page of the frame."""


def preview_of(agent):
    """What the live preview needs: where the widget's module lies, and the signed value that opens it."""
    return {
        "module": f"/widget/{serving.fingerprint()}/panel.js",
        "agent": agent.public_id,
        "token": verify.preview_for(agent),
        "look": visiting.look(agent),
    }


def context_of(agent, step, shape=SETUP):
    """The context of a step's page, in the wizard (``setup``) or in the frame (``page``)."""
    steps = progress.steps(agent, step)
    at = progress.STEPS.index(step) if step in progress.STEPS else len(steps)
    is_framed = shape == PAGE or (agent.is_live and step in FRAMED)
    return {
        "agent": agent,
        "shape": shape,
        "is_framed": is_framed,
        "layout": "console/page.html" if is_framed else "console/wizard.html",
        "steps": steps,
        "step": step,
        "place": {"model": "models", "train": "knowledge", "brand": "look"}.get(step, step),
        "back": steps[at - 1].url if at > 0 else "",
        "forward": steps[at + 1].url
        if at + 1 < len(steps)
        else reverse("console:finish", args=[agent.public_id]),
        "knows": progress.learned(agent),
        "preview": preview_of(agent),
        "here": address_of(agent, step, shape) if step in progress.STEPS else "",
    }


def address_of(agent, step, shape=SETUP):
    """Where the page of this step is."""
    if shape == PAGE:
        return reverse({"brand": "console:look"}.get(step, f"console:{step}"), args=[agent.public_id])
    return reverse(f"console:setup_{step}", args=[agent.public_id])


def opened_shows(name):
    """Whoever opens the address that a form is sent to, as by a reload, is shown the form: a step, or a page's name."""

    def guard(view):
        @functools.wraps(view)
        def guarded(request, public_id, *args, **kwargs):
            if request.method not in ("GET", "HEAD"):
                return view(request, public_id, *args, **kwargs)
            agent = find_agent(request, public_id)
            if name in progress.STEPS:
                return redirect(address_of(agent, name, kwargs.get("shape", SETUP)))
            return redirect(f"console:{name}", agent.public_id)

        guarded.takes_posts_only = True
        return guarded

    return guard


def answer(request, template, context, *, problem=None, form=None):
    """The page; 422 when something typed cannot be taken, so that it comes back at its field."""
    wrong = problem is not None or bool(form is not None and form.errors)
    return render(
        request, template, {**context, "problem": problem, "form": form}, status=422 if wrong else 200
    )


@open_to(Role.ADMIN)
def begin(request, public_id, step=""):
    """The first step that is not done yet."""
    agent = find_agent(request, public_id)
    unfinished = next((step.key for step in progress.steps(agent) if not step.is_done), None)
    return redirect(f"console:setup_{unfinished}" if unfinished else "console:finish", agent.public_id)
