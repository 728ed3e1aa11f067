"""For whom a source is, as its owner says it."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.knowledge import curating_errors, sweeping
from apps.knowledge.models import Source
from apps.workspaces import auditing

MOST_ATTRIBUTES, MOST_VALUES, LONGEST = 10, 50, 60


def share(source, *, is_internal=False, signed_in=False, attributes=None, by=None):
    """The source is for everyone, for signed-in customers, for those with ``attributes``, or internal.

    ``attributes``: {name: [values]}; a customer must have one of the values of each. Raises NoSuchAudience.
    """
    kept = _cleaned(attributes or {})
    audience = {}
    if not is_internal and (signed_in or kept):
        audience = {"signed_in": True} | ({"attributes": kept} if kept else {})
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if (row.is_internal, row.audience) == (bool(is_internal), audience):
            return row
        if row.is_internal != bool(is_internal):
            sweeping.look_anew(row)
        row.is_internal, row.audience = bool(is_internal), audience
        row.save(update_fields=["is_internal", "audience"])
        said = _("%(source)s is for: %(whom)s") % {"source": row.name, "whom": words(row)}
        auditing.record(row.workspace_id, by, "source.audience", row, said)
    return row


def words(source):
    """Who may see what the source holds, as a part of a sentence."""
    if source.is_internal:
        return _("your team alone")
    if not source.audience:
        return _("everyone")
    found = [
        f"{name}: {', '.join(values)}" for name, values in (source.audience.get("attributes") or {}).items()
    ]
    if not found:
        return _("signed-in customers")
    return _("signed-in customers with %s") % "; ".join(found)


def parsed(text):
    """{name: [values]} of lines such as "tier: gold, platinum". Raises NoSuchAudience."""
    found = {}
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        name, colon, values = line.partition(":")
        if not colon:
            raise curating_errors.NoSuchAudience(what=line.strip()[:60])
        found[name.strip()] = [value.strip() for value in values.split(",") if value.strip()]
    return _cleaned(found)


def typed(source):
    """The lines that ``parsed`` would read the source's attributes from."""
    wanted = source.audience.get("attributes") or {}
    return "\n".join(f"{name}: {', '.join(values)}" for name, values in wanted.items())


def _cleaned(attributes):
    if not isinstance(attributes, dict) or len(attributes) > MOST_ATTRIBUTES:
        raise curating_errors.NoSuchAudience(what=str(attributes)[:60])
    if "\\x00" in repr(attributes):  # PostgreSQL keeps no such character
        raise curating_errors.NoSuchAudience(what="?")
    for name, values in attributes.items():
        is_list = isinstance(values, list) and 0 < len(values) <= MOST_VALUES
        if not str(name).strip() or len(str(name)) > LONGEST or not is_list:
            raise curating_errors.NoSuchAudience(what=str(name)[:60])
        if any(not isinstance(v, str) or not v.strip() or len(v) > LONGEST for v in values):
            raise curating_errors.NoSuchAudience(what=str(name)[:60])
    return {str(name).strip(): [value.strip() for value in values] for name, values in attributes.items()}
