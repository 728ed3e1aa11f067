"""The worker."""

import ctypes
import logging
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")

from billiard.pool import RUN
from billiard.pool import Pool as SharedQueuePool
from celery import Celery, bootsteps
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


class StartAgain(bootsteps.StartStopStep):
    """A worker that lost a child of its pool to a signal ends, and its run starts it again.

    Without Redis the children read tasks from one queue under one lock. A child that is killed while it waits
    takes the lock with it, and its sisters would wait for ever. What they were doing is claimed from rows, so
    it goes on when its lease has run out.
    """

    requires = {"celery.worker.components:Pool"}

    def start(self, parent):
        pool = getattr(parent.pool, "_pool", None)
        if type(pool) is not SharedQueuePool:
            return

        def lost(child):
            if (child.exitcode or 0) < 0 and pool._state == RUN:
                logging.getLogger(__name__).error(
                    "A process of the worker was killed; the worker starts again."
                )
                os.kill(os.getpid(), signal.SIGKILL)

        pool.on_process_down = lost


app.steps["worker"].add(StartAgain)
