"""Files are uploaded, not described."""

from django.utils.translation import gettext as _

from apps.knowledge.errors import InvalidConfig


def cleaned(config):
    """Always raises InvalidConfig: ``sources.add_files`` takes files."""
    raise InvalidConfig({"kind": _("Choose the files and upload them instead.")})
