"""People join: an invitation goes out, and is accepted by whoever holds its link."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.workspaces import auditing, founding
from apps.workspaces.errors import AlreadyMember, InvitationForOther, InvitationGone, RoleTooLow
from apps.workspaces.models import Invitation, Member, Role, User
from berrydesk.db.scopes import every_workspace, in_workspace


def invite(workspace, *, email, role, by):
    """A new invitation and the token of its link, which is stored only as its hash.

    An open invitation to the same address is replaced. Raises AlreadyMember, RoleTooLow.
    """
    email = User.objects.normalize_email(email).strip().lower()
    role = Role(role)
    if role == Role.OWNER and not by.may(Role.OWNER):
        raise RoleTooLow()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        if Member.objects.filter(user__email=email).exists():
            raise AlreadyMember(email=email)
        Invitation.objects.open().filter(email=email).update(withdrawn_at=timezone.now())
        invitation = Invitation.objects.create(
            workspace=workspace, email=email, role=role, token_hash=_digest(token), invited_by=by
        )
        words = _("Invited {email} as {role}.").format(email=email, role=role.label)
        auditing.record(workspace, by, "member.invited", invitation, words)
    return invitation, token


def withdraw(invitation, *, by):
    """The link opens nothing any more."""
    with transaction.atomic():
        if Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
            words = _("Withdrew the invitation of {email}.").format(email=invitation.email)
            auditing.record(invitation.workspace_id, by, "member.invitation_withdrawn", invitation, words)


def find(token):
    """The open invitation behind a link, with its workspace. Raises InvitationGone."""
    with every_workspace("The link says which workspace it opens."):
        row = (
            Invitation.objects.open()
            .select_related("workspace", "invited_by__user")
            .filter(token_hash=_digest(token))
            .first()
        )
    if row is None:
        raise InvitationGone()
    return row


def accept_as_new(token, *, name, password):
    """The invited person has an account and is a member. Raises InvitationGone, EmailTaken, WeakPassword."""
    with transaction.atomic():
        invitation = find(token)
        user = founding.make_user(email=invitation.email, name=name, password=password)
        return _join(invitation, user)


def accept_as(user, token):
    """``user`` is a member. Raises InvitationGone, InvitationForOther."""
    invitation = find(token)
    if user.email != invitation.email:
        raise InvitationForOther(email=invitation.email, other=user.email)
    return _join(invitation, user)


def _join(invitation, user):
    with transaction.atomic(), in_workspace(invitation.workspace_id):
        row = Invitation.objects.select_for_update(of=("self",)).open().filter(pk=invitation.pk).first()
        if row is None:
            raise InvitationGone()
        row.accepted_at = timezone.now()
        row.save(update_fields=["accepted_at"])
        member, is_new = Member.objects.get_or_create(
            user=user, workspace_id=row.workspace_id, defaults={"role": row.role}
        )
        if is_new:
            words = _("Joined as {role}.").format(role=Role(member.role).label)
            auditing.record(row.workspace_id, member, "member.joined", member, words)
    member.workspace = invitation.workspace
    return member


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
