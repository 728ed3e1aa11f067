"""The address of a provider as an admin types it: checked, and brought into one form."""

import ipaddress
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from apps.routing.errors import AddressMalformed
from berrydesk.http import addresses as http_addresses

_ENDINGS = re.compile(r"/(chat/completions|completions|models|messages)/?$")
"""What people copy along from an example call."""

LONGEST = 500


def clean(address, *, private=True):
    """The address without spaces, a last slash or the path of a single call. Raises AddressMalformed.

    ``private``: it may lie in one's own network, as a model server of one's own does. Metadata servers of clouds
    are refused however they are spelled; what a name resolves to is checked when it is connected to.
    """
    typed = address.strip()
    if "://" not in typed and typed:
        typed = ("http://" if _is_local(typed) else "https://") + typed
    try:
        parts = urlsplit(typed)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise AddressMalformed(address=address, why=_("it cannot be read.")) from None
    why = _wrong(parts, port_is_fine, typed) or _not_permitted(parts, private)
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
    return ""


def _not_permitted(parts, private):
    host = parts.hostname.rstrip(".")
    literal = http_addresses.spelled_out(host)
    if http_addresses.is_metadata_name(host) or (literal and http_addresses.is_bookkeeping(literal)):
        return _("this network address is reserved for the machine's own bookkeeping, not for model servers.")
    if private:
        return ""
    if literal is None and (host == "localhost" or host.endswith(".localhost")):
        literal = ipaddress.IPv4Address("127.0.0.1")
    allowance = http_addresses.Allowance(settings.BERRYDESK_FETCH_ALLOW)
    port = parts.port or http_addresses.DEFAULT_PORT[parts.scheme]
    if literal is None or http_addresses.is_public(literal) or allowance.has_address(literal, port):
        return ""
    return _("it lies in your own network. For a server there choose Run your own.")


def _is_local(typed):
    host = re.split(r"[:/]", typed)[0].lower()
    return (
        host == "localhost"
        or "." not in host
        or bool(re.match(r"(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.", host))
    )
