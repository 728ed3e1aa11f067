"""Each worker's pulse: it shows that it is alive and sends the sweeps.

There is no scheduler to run or to lose: sweeps may come from every worker, because each takes only rows
that nobody holds.
"""

import logging
import os
import signal
import socket
import threading
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

EVERY_S = 5
DEAD_AFTER_S = 30
ONE_TRY = {"max_retries": 0, "socket_connect_timeout": 3}
"""The next beat is the next try: a broker that is away must not make the worker look dead."""

log = logging.getLogger(__name__)


def start(app):
    """Beat in a thread of this process until it ends."""
    threading.Thread(target=_beat, args=(app, threading.Event()), name="pulse", daemon=True).start()


def age_s():
    """Seconds since any worker was last seen; infinite when none ever was."""
    from berrydesk.db.heartbeats import WorkerHeartbeat

    newest = WorkerHeartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    return (timezone.now() - newest).total_seconds() if newest else float("inf")


def _beat(app, stop):
    while True:
        _end_with_the_run()
        _show()
        _send_sweeps(app)
        if stop.wait(EVERY_S):
            return


def _end_with_the_run():
    """Nobody is left to stop this worker when the run that started it was killed: it ends with all its children."""
    run = os.environ.get("BERRYDESK_RUN_PID")
    if run and os.getppid() != int(run):
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _show():
    """Others see that this worker is alive, if the database can be reached."""
    from berrydesk.db.heartbeats import WorkerHeartbeat

    now = timezone.now()
    name = f"{socket.gethostname()}:{os.getpid()}"
    try:
        WorkerHeartbeat.objects.update_or_create(name=name, defaults={"seen_at": now})
        WorkerHeartbeat.objects.filter(seen_at__lt=now - timedelta(hours=1)).delete()
    except Error as error:
        log.warning("The worker's pulse could not reach the database: %s", error)
    except Exception:  # whatever it was: the next beat tries again
        log.exception("The worker's pulse could not be written")
    finally:
        connection.close()


def _send_sweeps(app):
    for sweep in settings.SWEEPS:
        try:
            with app.connection_for_write(transport_options=ONE_TRY) as queue:
                # A sweep that waited longer than this is followed by a fresh one anyway.
                app.send_task(sweep, expires=EVERY_S * 2, retry=False, connection=queue)
        except Exception:  # a broker may fail in any way, and the pulse must outlive all of them
            log.exception("The sweep %s could not be sent", sweep)
