"""Members change their role or leave; a workspace never loses its last owner."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.workspaces import auditing, tokens
from apps.workspaces.errors import LastOwner, RoleTooLow
from apps.workspaces.models import ApiToken, Member, Role, Workspace
from berrydesk.db.scopes import every_workspace


def of(user, preferred=None):
    """The member row of ``user`` in the workspace ``preferred`` (an id), else in their oldest one, else None."""
    with every_workspace("A person may belong to several workspaces."):
        rows = (
            Member.objects.select_related("workspace", "user").filter(user=user).order_by("created_at", "pk")
        )
        places = list(rows)
    return next((m for m in places if str(m.workspace_id) == str(preferred)), places[0] if places else None)


def places(user):
    """Every member row of ``user``, by the workspace's name."""
    with every_workspace("A person may belong to several workspaces."):
        rows = Member.objects.select_related("workspace").filter(user=user).order_by("workspace__name", "pk")
        return list(rows)


def change_role(member, role, *, by):
    """``member`` has ``role``; below an admin their API tokens are revoked. Raises RoleTooLow, LastOwner."""
    role = Role(role)
    with transaction.atomic():
        member = _locked(member)
        _may_touch(member, by, role)
        if member.role == role:
            return member
        if member.role == Role.OWNER:
            _not_the_last(member)
        member.role = role
        member.save(update_fields=["role"])
        if not member.may(Role.ADMIN):
            _revoke_tokens(member, by)
        words = _("Made {name} {role}.").format(name=member, role=role.label)
        auditing.record(member.workspace_id, by, "member.role_changed", member, words)
    return member


def remove(member, *, by):
    """``member`` is no longer in the workspace, nor are their API tokens valid; what they did stays.

    Raises RoleTooLow, LastOwner.
    """
    with transaction.atomic():
        member = _locked(member)
        if by.pk != member.pk:
            _may_touch(member, by)
        if member.role == Role.OWNER:
            _not_the_last(member)
        words = _("Removed {name} from the workspace.").format(name=member)
        auditing.record(member.workspace_id, by, "member.removed", member, words)
        _revoke_tokens(member, by)
        member.delete()


def _revoke_tokens(member, by):
    """Who may make no API tokens (any more) keeps none: a token opens everything an admin may do."""
    for token in ApiToken.objects.valid().filter(created_by=member):
        tokens.revoke(token, by=by)


def _locked(member):
    # The workspace's row first: two owners who remove each other at the same time wait for one another.
    Workspace.objects.select_for_update().get(pk=member.workspace_id)
    return Member.objects.select_related("user").get(pk=member.pk)


def _may_touch(member, by, role=None):
    if Role.OWNER in (member.role, role) and not by.may(Role.OWNER):
        raise RoleTooLow()


def _not_the_last(member):
    if not Member.objects.filter(role=Role.OWNER).exclude(pk=member.pk).exists():
        raise LastOwner(name=str(member))
