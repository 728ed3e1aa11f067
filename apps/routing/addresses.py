"""The address of a provider as an admin types it: checked, and brought into one form."""

import ipaddress
import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.routing.errors import AddressMalformed

_ENDINGS = re.compile(r"/(chat/completions|completions|models|messages)/?$")
"""What people copy along from an example call."""

LONGEST = 500


def clean(address):
    """The address without spaces, a last slash or the path of a single call. Raises AddressMalformed.

    Loopback and private addresses are allowed: a model server of one's own is what they are for. Link-local
    ones are not: metadata servers of clouds live there.
    """
    typed = address.strip()
    if "://" not in typed and typed:
        typed = ("http://" if _is_local(typed) else "https://") + typed
    try:
        parts = urlsplit(typed)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise AddressMalformed(address=address, why=_("it cannot be read.")) from None
    why = _wrong(parts, port_is_fine, typed)
    if why:
        raise AddressMalformed(address=address, why=why)
    return f"{parts.scheme}://{parts.netloc}{_ENDINGS.sub('', parts.path).rstrip('/')}"


def _wrong(parts, port_is_fine, typed):
    if parts.scheme not in ("http", "https"):
        return _("it must begin with http:// or https://.")
    if not parts.hostname or re.search(r"[\s\\\x00-\x1f]", typed) or not port_is_fine:
        return _("the name of the server cannot be read.")
    if parts.username or parts.password:
        return _("a password does not belong into an address; the key has its own field.")
    if parts.query or parts.fragment:
        return _("it must end before any ? or #.")
    if len(typed) > LONGEST:
        return _("it is too long.")
    if _is_link_local(parts.hostname):
        return _("this network address is reserved for the machine's own bookkeeping, not for model servers.")
    return ""


def _is_link_local(host):
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".").lower() in ("metadata.google.internal", "metadata")
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_link_local or found.is_multicast


def _is_local(typed):
    host = re.split(r"[:/]", typed)[0].lower()
    return (
        host == "localhost"
        or "." not in host
        or bool(re.match(r"(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.", host))
    )
