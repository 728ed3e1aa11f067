"""What people did, kept for good."""

from apps.workspaces.models import AuditEvent


def record(workspace, actor, verb, target=None, words=""):
    """One line in the audit log: ``actor`` (a member, or None for Berrydesk itself) did ``verb`` to ``target``.

    ``words`` is the sentence people read. Secrets never belong into it.
    """
    return AuditEvent.objects.create(
        workspace_id=getattr(workspace, "pk", workspace),
        actor=actor,
        actor_name=str(actor)[:160] if actor else "Berrydesk",
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        words=str(words),
    )
