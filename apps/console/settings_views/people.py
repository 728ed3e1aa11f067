"""Members and invitations."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.settings_views.forms import InviteForm, RoleForm
from apps.workspaces import inviting, mailing, membership, signing_in
from apps.workspaces.access import Role, open_to
from apps.workspaces.models import Invitation, Member
from berrydesk.errors import OwnerError


@open_to(Role.ADMIN)
def members(request):
    """Everyone in the workspace; invite somebody and get the link to pass on."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    invited = None
    if form.is_valid():
        try:
            invited = _invite(request, form.cleaned_data)
            form = InviteForm()
        except OwnerError as problem:
            form.add_error("email", f"{problem.message} {problem.remedy}")
    return _page(request, form=form, invited=invited, status=422 if form.errors else 200)


@open_to(Role.ADMIN)
@require_POST
def change_role(request, member_id):
    """The member has another role."""
    member = get_object_or_404(Member.objects.select_related("user"), pk=member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, problem={"message": form.errors["role"][0], "remedy": ""}, status=422)
    try:
        member = membership.change_role(member, form.cleaned_data["role"], by=request.member)
    except OwnerError as problem:
        return _page(request, problem=problem, status=422)
    role = Role(member.role).label
    messages.success(request, _("{name} is {role} now.").format(name=member, role=role))
    return redirect("settings:members")


@open_to(Role.ADMIN)
@require_POST
def remove(request, member_id):
    """The member is out; removing oneself leaves the workspace."""
    member = get_object_or_404(Member.objects.select_related("user"), pk=member_id)
    try:
        membership.remove(member, by=request.member)
    except OwnerError as problem:
        return _page(request, problem=problem, status=422)
    if member_id == request.member.pk:
        return redirect("account_logout")
    messages.success(request, _("{name} is no longer a member.").format(name=member))
    return redirect("settings:members")


@open_to(Role.ADMIN)
@require_POST
def withdraw(request, invitation_id):
    """The invitation's link opens nothing any more."""
    invitation = get_object_or_404(Invitation.objects.all(), pk=invitation_id)
    inviting.withdraw(invitation, by=request.member)
    messages.success(request, _("The invitation of {email} is withdrawn.").format(email=invitation.email))
    return redirect("settings:members")


def _invite(request, typed):
    """What the page says about the new invitation: the link, shown once, and whether a letter went out."""
    invitation, token = inviting.invite(request.workspace, by=request.member, **typed)
    link = settings.BASE_URL + reverse("invitation", args=[token])
    sent = mailing.send_invitation(invitation, link) and signing_in.mail_is_sent()
    return {"email": invitation.email, "link": link, "is_sent": sent}


def _page(request, *, form=None, invited=None, problem=None, status=200):
    context = {
        "form": form or InviteForm(),
        "invited": invited,
        "problem": problem,
        "members": Member.objects.select_related("user").order_by("created_at", "pk"),
        "invitations": Invitation.objects.open().order_by("-created_at", "-pk"),
        "roles": Role.choices,
        "place": "settings",
        "tab": "members",
    }
    return render(request, "settings/members.html", context, status=status)
