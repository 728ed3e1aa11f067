"""The web process."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
os.environ.setdefault("BERRYDESK_PROCESS", "web")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
