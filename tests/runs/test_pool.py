"""A child of the worker's pool that is killed stops no work."""

import psutil

from tests.runs.live import Live


def test_a_worker_whose_child_was_killed_starts_again(tmp_path):
    with Live(home=tmp_path) as live:
        worker = live.child("worker")
        live.wait_for(lambda: len(worker.children()) == 2, 90, "two children")
        for child in worker.children():  # one of them holds the lock of the queue that they share
            child.kill()
        live.wait_for(lambda: _another(live, worker.pid), 90, "a new worker")
        live.wait_for(lambda: live.status("/readyz") == 200, 90, "ready again")
        assert "a process of the worker was killed" in live.log.lower()


def _another(live, before):
    try:
        return live.child("worker").pid != before
    except (StopIteration, psutil.NoSuchProcess):
        return False
