"""A worker that is killed while it embeds: the next one goes on, nothing is lost, nothing doubled."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection as database

from apps.knowledge.space_models import EmbeddingSpace, SpaceVector
from tests.knowledge.embeddings.conftest import chosen, is_whole, learn_many, wait_is_over

WORKER = """
import sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[3]
from apps.knowledge import tasks
tasks.embed_passages(sys.argv[1], sys.argv[2])
"""


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_at_any_request_loses_and_doubles_nothing(taught, server, peer):
    """The worker dies while its n-th request is being answered, for each n, until one comes through."""
    learn_many(taught, 150)
    space = chosen(taught, server)
    children, peer_texts = [], len(peer.texts)

    def kill_at(number):
        number += len(peer.requests)

        def kill(at):
            if at == number:
                os.kill(children[-1].pid, signal.SIGKILL)

        return kill

    done = []
    for number in (2, 1, 3):
        peer.before = kill_at(number)
        children.append(a_worker(space))
        assert children[-1].wait(90) == -signal.SIGKILL
        wait_is_over(space)
        done.append(SpaceVector.objects.filter(space=space).count())
    assert done == [31, 31, 93]
    assert not EmbeddingSpace.objects.in_use().exists()
    peer.before = None
    children.append(a_worker(space))
    assert children[-1].wait(90) == 0
    space.refresh_from_db()
    assert space.ready_at and is_whole(space)
    # At most the request at hand was sent once more for each worker that died.
    passages = [text for text in peer.texts[peer_texts:] if "The number of this page" in text]
    assert len(passages) <= 150 + 31 * 3


def a_worker(space):
    names = (str(space.workspace_id), str(space.pk), database.settings_dict["NAME"])
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *names],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "berrydesk.settings"},
    )
