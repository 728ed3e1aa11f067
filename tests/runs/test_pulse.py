"""The worker's pulse beats on whatever happens to the broker, and queues do not fill up with sweeps."""

import threading
from datetime import datetime, timedelta

import pytest
from celery import Celery, current_app
from django.utils import timezone

from apps.answering import tasks
from apps.conversations.models import Turn
from berrydesk import pulse
from berrydesk.db.heartbeats import WorkerHeartbeat
from tests.cast import a_conversation
from tests.runs.live import free_port

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_pulse_survives_a_broker_that_is_away(db):
    away = Celery("away", broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=False)
    stop = threading.Event()
    beating = threading.Thread(target=pulse._beat, args=(away, stop), daemon=True)
    beating.start()
    beating.join(pulse.EVERY_S + 3)
    is_alive = beating.is_alive()
    stop.set()
    beating.join(10)
    assert is_alive
    assert WorkerHeartbeat.objects.exists(), "it shows that the worker lives all the same"


def test_a_sweep_fills_no_queue(agent, vera):
    chat = a_conversation(agent, with_=vera, saying="Hello?")
    Turn.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        channel.queue_purge("celery")
        assert tasks.sweep() == 1
        message = channel.basic_get("celery", no_ack=True)
    assert str(chat.turns.get().pk) in message.headers["argsrepr"]
    expires = datetime.fromisoformat(message.headers["expires"])
    assert expires < timezone.now() + timedelta(seconds=11)
