"""What a workspace says about itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.workspaces import auditing


def describe(workspace, *, name, website, time_zone, by):
    """The workspace has this name, website and time zone. What did not change is not recorded."""
    new = {"name": name, "website": website, "time_zone": time_zone}
    changed = [field for field, value in new.items() if getattr(workspace, field) != value]
    if not changed:
        return workspace
    for field in changed:
        setattr(workspace, field, new[field])
    with transaction.atomic():
        workspace.save(update_fields=changed)
        words = _("Changed the workspace: {fields}.").format(fields=", ".join(changed))
        auditing.record(workspace, by, "workspace.changed", workspace, words)
    return workspace
