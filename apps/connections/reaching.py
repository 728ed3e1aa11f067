"""Where an outside service is reached: its public address, unless the operator named another."""

from django.conf import settings


def base_url(service, public):
    """The address of ``service`` without a slash at the end; ``public`` is where everybody reaches it.

    ``BERRYDESK_SERVICE_URLS`` (``notion=https://proxy.example,google=…``) leads through a proxy, or to a
    stand-in while testing. Nobody but the operator can set it.
    """
    return settings.BERRYDESK_SERVICE_URLS.get(service, public).rstrip("/")
