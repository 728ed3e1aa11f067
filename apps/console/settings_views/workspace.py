"""The workspace itself, and moving between workspaces."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.settings_views.forms import WorkspaceForm
from apps.workspaces import describing, membership
from apps.workspaces.access import Role, open_to, open_to_signed_in, switch_to


@open_to(Role.VIEWER)
def index(request):
    """Name, website and time zone for admins; everyone finds their way to their own security."""
    may = request.member.may(Role.ADMIN)
    workspace = request.workspace
    initial = {"name": workspace.name, "website": workspace.website, "time_zone": workspace.time_zone}
    form = WorkspaceForm(request.POST if may and request.method == "POST" else None, initial=initial)
    if form.is_valid():
        describing.describe(workspace, by=request.member, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings:index")
    context = {
        "form": form,
        "may": may,
        "places": membership.places(request.user),
        "place": "settings",
        "tab": "workspace",
    }
    return render(request, "settings/workspace.html", context, status=422 if form.errors else 200)


@open_to_signed_in
@require_POST
def switch(request):
    """Work in another workspace that this person belongs to."""
    wanted = request.POST.get("workspace", "")
    for member in membership.places(request.user):
        if str(member.workspace_id) == wanted:
            switch_to(request, member)
            return redirect("/")
    raise Http404
