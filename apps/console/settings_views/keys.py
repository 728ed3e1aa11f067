"""API tokens."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.console.settings_views.forms import TokenForm
from apps.workspaces import tokens
from apps.workspaces.access import Role, open_to
from apps.workspaces.models import ApiToken


@open_to(Role.ADMIN)
@never_cache
def index(request):
    """Tokens of the workspace; a new one is shown once, in the answer to making it."""
    form, fresh = TokenForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        _row, fresh = tokens.create(request.workspace, name=form.cleaned_data["name"], by=request.member)
        form = TokenForm()
    context = {
        "form": form,
        "fresh": fresh,
        "tokens": ApiToken.objects.valid().select_related("created_by__user").order_by("-pk"),
        "place": "settings",
        "tab": "tokens",
    }
    return render(request, "settings/tokens.html", context, status=422 if form.errors else 200)


@open_to(Role.ADMIN)
@require_POST
def revoke(request, token_id):
    """The token opens nothing any more."""
    token = tokens.revoke(get_object_or_404(ApiToken.objects.all(), pk=token_id), by=request.member)
    messages.success(request, _("“{name}” is revoked.").format(name=token.name))
    return redirect("settings:tokens")
