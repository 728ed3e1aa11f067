"""The worker."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
os.environ.setdefault("BERRYDESK_PROCESS", "worker")

from celery import Celery  # noqa: E402
from celery.signals import worker_ready  # noqa: E402

app = Celery("berrydesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _start_pulse(sender, **_ignored):
    from berrydesk import pulse

    pulse.start(app)
