"""The first visit: a person, a business and its first agent, in one page."""

from django import forms
from django.core.validators import URLValidator
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.agents import making
from apps.knowledge import sources
from apps.knowledge.errors import InvalidConfig
from apps.workspaces import founding, signing_in
from apps.workspaces.access import open_to_everyone, switch_to
from apps.workspaces.errors import AlreadyFounded
from apps.workspaces.forms import NewPersonForm
from berrydesk.db.scopes import in_workspace
from berrydesk.errors import OwnerError


class SignUpForm(NewPersonForm):
    """Everything the first visit asks for."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    business = forms.CharField(
        label=gettext_lazy("Business name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    website = forms.CharField(
        label=gettext_lazy("Website"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("If you give it, your agent starts learning from it at once."),
        widget=forms.TextInput(
            attrs={"autocomplete": "url", "inputmode": "url", "placeholder": "www.shop.example"}
        ),
    )

    field_order = ["name", "email", "password", "business", "website"]

    def clean_website(self):
        address = self.cleaned_data["website"].strip()
        if not address:
            return ""
        # A business on its own network may have a name without a dot; what may be fetched is decided there.
        validate = URLValidator(
            ["http", "https"], message=_("Write the address as it stands in the browser.")
        )
        validate(_with_scheme(address))
        return address


@open_to_everyone("The first person has no account yet.")
@never_cache
@sensitive_post_parameters("password")
def sign_up(request):
    """Found the workspace, make its first agent, begin to learn, and go on to the first step."""
    if request.user.is_authenticated:
        return redirect("/")
    if not founding.installation_is_empty():
        return render(request, "account/signup_closed.html", status=403 if request.method == "POST" else 200)
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            member, agent = _begin(form.cleaned_data)
        except AlreadyFounded:
            return render(request, "account/signup_closed.html", status=409)
        except InvalidConfig as problem:
            form.add_error("website", problem.errors.get("url") or str(problem))
        except OwnerError as problem:
            form.add_error(None, f"{problem.message} {problem.remedy}")
        else:
            response = signing_in.sign_in(request, member.user, then=f"/setup/{agent.public_id}/model/")
            switch_to(request, member)
            return response
    return render(request, "account/signup.html", {"form": form}, status=422 if form.errors else 200)


def _with_scheme(address):
    return f"https://{address}" if address and "://" not in address else address


def _begin(typed):
    """The owner's member row and the first agent."""
    with transaction.atomic():
        member = founding.found(
            name=typed["business"],
            person=typed["name"],
            email=typed["email"],
            password=typed["password"],
            website=_with_scheme(typed["website"]),
            only_if_empty=True,
        )
        with in_workspace(member.workspace):
            agent = making.make(member.workspace, name=typed["business"][:60], by=member)
            if typed["website"]:
                config = {"url": typed["website"], "mode": "crawl"}
                sources.add_source(agent, kind="website", name=typed["website"], config=config, by=member)
    return member, agent
