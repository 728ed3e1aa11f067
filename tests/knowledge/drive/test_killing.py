"""A worker that is killed at any moment of a Drive sync: the next one goes on, nothing is lost, nothing doubled."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection as database

from apps.knowledge import sources
from apps.knowledge.models import Passage, Source
from tests.knowledge.drive.conftest import a_word_file, carry, connected
from tests.peers.google_drive import DOCX, Drive

WORKER = """
import sys
import django
django.setup()
from django.conf import settings
settings.BERRYDESK_SERVICE_URLS = {"google": sys.argv[4]}
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[3]
from apps.knowledge import syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
with in_workspace(sys.argv[1]):
    with leases.claim(Source, sys.argv[2], for_s=60) as row:
        syncing.sync(row)
"""


def a_shop(drive):
    drive.page_size = 3
    top = drive.put_folder("Help")
    for n in range(3):
        below = drive.put_folder(f"Part {n}", parent=top)
        for m in range(4):
            drive.put(f"{n}-{m}.txt", f"The number is {n}{m}.", parent=below, id=f"file-{n}{m}")
    drive.put_doc("Warranty", {DOCX: a_word_file("Warranty", "Two years.")}, parent=top, id="warranty")
    return top


@pytest.mark.django_db(transaction=True)
def test_killing_the_worker_at_any_request_loses_and_doubles_nothing(agent, settings):
    """The worker dies while its n-th request is being answered, for each n that comes, until one comes through."""
    with Drive() as drive:
        settings.BERRYDESK_SERVICE_URLS = {"google": drive.url}
        top = a_shop(drive)
        connected(agent.workspace_id, drive.secrets())
        source = sources.add_source(agent, kind="drive", config={"roots": [top]})
        children, kills = [], 0

        def kill_at(number):
            def kill(_asked):
                nonlocal number, kills
                number -= 1
                if not number:
                    os.kill(children[-1].pid, signal.SIGKILL)
                    kills += 1

            return kill

        for number in (4, 9, 14, 0):
            drive.before_each = kill_at(number)
            children.append(a_worker(source, drive))
            children[-1].wait(90)
            Source.objects.filter(pk=source.pk).update(lease_until=None)  # it has run out
        source.refresh_from_db()
        assert kills == 3
        assert (source.status, source.found, source.learned, source.failed) == ("ready", 13, 13, 0)
        assert sorted(source.documents.values_list("external_id", flat=True)) == sorted(
            [f"file-{n}{m}" for n in range(3) for m in range(4)] + ["warranty"]
        )
        assert Passage.objects.filter(document__source=source).count() == 13
        # What was read was not read again for every worker: at most the file at hand was.
        assert drive.times_asked("alt=media") <= 13 + kills
        drive.before_each = None
        drive.delete("file-00")
        drive.asked.clear()
        source = carry(sources.sync_again(source))
        assert (source.status, source.learned, drive.times_asked("alt=media")) == ("ready", 12, 0)


def a_worker(source, drive):
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            WORKER,
            str(source.workspace_id),
            str(source.pk),
            database.settings_dict["NAME"],
            drive.url,
        ],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "berrydesk.settings"},
    )
