"""At the start of a web process: LiteLLM's three seconds pass before the first visitor asks, where it is needed."""

import logging

from django.db import DatabaseError

from apps.routing import gateway, providers
from berrydesk.db.scopes import every_workspace

log = logging.getLogger(__name__)


def at_start():
    """LiteLLM is being imported in the background if any workspace has a provider; else it costs nothing.

    Synchronous, one short query. A database that is not there yet is no reason not to start.
    """
    try:
        with every_workspace("One provider of any workspace is worth LiteLLM's memory."):
            wanted = providers.any_connected()
    except DatabaseError as problem:
        log.warning("Models are not warmed: %s", problem)
        return
    if wanted:
        gateway.warm()
