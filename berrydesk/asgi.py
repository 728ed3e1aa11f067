"""The web process."""

import logging
import os
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
os.environ.setdefault("BERRYDESK_PROCESS", "web")

from django.core.asgi import get_asgi_application

application = get_asgi_application()


def _warm():
    """What the first answer needs is in memory before it is asked for."""
    from django.db import Error, connections

    from apps.routing import warming
    from berrydesk.text import embedding, languages

    languages.detect("The first question should not wait for what it needs.")
    embedding.embed(["warm"])
    try:
        warming.at_start()
    except Error as error:
        logging.getLogger(__name__).warning("Could not look which models are connected: %s", error)
    finally:
        connections.close_all()


threading.Thread(target=_warm, name="warm", daemon=True).start()
