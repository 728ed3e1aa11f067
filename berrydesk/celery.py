"""The worker."""

import ctypes
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")

from celery import Celery
from celery.signals import worker_process_init, worker_ready
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["berrydesk"] = "berrydesk.filequeue:Transport"
app = Celery("berrydesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _start_pulse(sender, **_ignored):
    from berrydesk import pulse

    pulse.start(app)


@worker_process_init.connect
def _end_with_the_worker(**_ignored):
    """Linux ends a child of the pool when its worker dies, however that dies (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
