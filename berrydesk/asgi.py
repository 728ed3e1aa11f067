"""The web process."""

import logging
import os
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
os.environ.setdefault("BERRYDESK_PROCESS", "web")

from django.core.asgi import get_asgi_application

from berrydesk.db import units

_django = get_asgi_application()

PROBES = ("/healthz", "/readyz")


async def application(scope, receive, send):
    """Django, which answers under its own names only; whoever watches may ask under any, such as a pod's address."""
    units.arrive()
    if scope["type"] == "http" and scope["path"] in PROBES:
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope = {**scope, "headers": [*others, (b"host", b"localhost")]}
    await _django(scope, receive, send)


def _warm():
    """What the first answer needs is in memory before it is asked for."""
    from django.db import Error, connections

    from apps.routing import warming
    from berrydesk.settling import settle
    from berrydesk.text import embedding, languages

    languages.detect("The first question should not wait for what it needs.")
    embedding.embed(["warm"])
    try:
        warming.at_start()
    except Error as error:
        logging.getLogger(__name__).warning("Could not look which models are connected: %s", error)
    finally:
        connections.close_all()
    settle()


threading.Thread(target=_warm, name="warm", daemon=True).start()
