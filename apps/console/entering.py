"""The first steps into the console: the root address, an agent's page, a new agent."""

import uuid

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from apps.agents import making
from apps.agents.errors import AgentInvalid
from apps.agents.models import Agent
from apps.console import framing
from apps.workspaces import founding
from apps.workspaces.access import Role, open_to, open_to_everyone


class NewAgentForm(forms.Form):
    """What a new agent needs: everything else is asked in the set-up."""

    name = forms.CharField(
        label=_("What is the agent called?"),
        max_length=60,
        help_text=_("Customers see this name. You can change it on any day."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


def find_agent(request, reference):
    """The agent of this workspace with this public id (or id), and the frame shows it. Raises Http404."""
    found = Agent.objects.filter(public_id=reference).first() or _by_id(reference)
    if found is None:
        raise Http404
    framing.remember_agent(request, found)
    return found


@open_to_everyone("It sends everybody to where they belong.")
def root(request):
    """A stranger goes to sign-up or sign-in, a member to the agent whose pages they opened last."""
    if request.member is None:
        return redirect("account_signup" if founding.installation_is_empty() else "account_login")
    agent = framing.current_agent(request)
    if agent:
        return redirect("console:home", agent.public_id)
    return redirect("console:new_agent" if request.member.may(Role.ADMIN) else "conversations")


@open_to(Role.ADMIN)
def new_agent(request):
    """Name an agent and go on to its first step."""
    form = NewAgentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            agent = making.make(request.workspace, name=form.cleaned_data["name"], by=request.member)
        except AgentInvalid as problem:
            form.add_error("name", " ".join(words for _field, words in problem.fields))
        else:
            return redirect("console:setup_model", agent.public_id)
    return render(request, "console/new_agent.html", {"form": form}, status=422 if form.errors else 200)


def _by_id(reference):
    try:
        return Agent.objects.filter(pk=uuid.UUID(str(reference))).first()
    except ValueError:
        return None
