"""What can go wrong with people, workspaces and tokens, in words."""

from berrydesk.errors import OwnerError


class AlreadyFounded(OwnerError):
    code = "already_founded"
    message = "This Berrydesk already has an owner, and new people join by invitation."
    remedy = "Ask a colleague to invite you, or sign in if you have an account."


class EmailTaken(OwnerError):
    code = "email_taken"
    message = "{email} already has an account here."
    remedy = "Sign in with it, or use another e-mail address."


class AlreadyMember(OwnerError):
    code = "already_member"
    message = "{email} is already a member of this workspace."
    remedy = "Change their role in the list of members instead."


class InvitationGone(OwnerError):
    code = "invitation_gone"
    message = "This invitation has run out, was withdrawn, or was used already."
    remedy = "Ask whoever invited you for a new one."


class InvitationForOther(OwnerError):
    code = "invitation_for_other"
    message = "This invitation is for {email}, and you are signed in as {other}."
    remedy = "Sign out, then open the link again."


class LastOwner(OwnerError):
    code = "last_owner"
    message = "{name} is the only owner, and a workspace needs one."
    remedy = "Make somebody else an owner first."


class RoleTooLow(OwnerError):
    code = "role_too_low"
    message = "Only an owner may make, change or remove an owner."
    remedy = "Ask an owner to do it."


class NoPassword(OwnerError):
    code = "no_password"
    message = "There is no password for the new owner."
    remedy = (
        "Set BERRYDESK_OWNER_PASSWORD to a password of at least ten characters, then run the command again."
    )


class WeakPassword(OwnerError):
    code = "weak_password"
    message = "This password cannot be used: {why}"
    remedy = "Choose another one, then try again."


class NotAnEmail(OwnerError):
    code = "not_an_email"
    message = "{email} is not an e-mail address."
    remedy = "Write it like name@example.com, then try again."


class NoSuchWorkspace(OwnerError):
    code = "no_such_workspace"
    message = "There is no workspace {slug}."
    remedy = "Use one of these: {known}."
