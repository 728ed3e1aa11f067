"""A worker in a process of its own, for tests that kill it."""

import json
import os
import subprocess
import sys

from django.conf import settings as own_settings
from django.db import connection

_PROGRAM = """
import json, sys, django
django.setup()
from django.conf import settings
for name, value in json.loads(sys.argv[1]).items():
    setattr(settings, name, value)
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from apps.knowledge import removing, syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
with in_workspace(sys.argv[3]):
    with leases.claim(Source, sys.argv[4], for_s=1, among=Source.also_being_removed) as source:
        print("claimed" if source else "busy", flush=True)
        if source:
            {work}
"""


def at_work(source, work="syncing.sync(source)", **settings):
    """A process that has the source's lease, and does ``work`` under these settings of Berrydesk."""
    told = (json.dumps(settings), connection.settings_dict["NAME"], str(source.workspace_id), str(source.pk))
    child = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.replace("{work}", work), *told],
        cwd=own_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "berrydesk.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline().strip() == "claimed"
    return child
