"""Every background task survives a killed worker."""

import inspect

from celery import current_app
from django.conf import settings

from berrydesk.db.tasks import DURABLE
from tests.guards.allowing import judge

VISIBILITY_TIMEOUT_S = 3600


def our_tasks():
    import berrydesk.celery

    berrydesk.celery.app.loader.import_default_modules()
    found = {
        name: task for name, task in current_app.tasks.items() if name.startswith(("apps.", "berrydesk."))
    }
    assert found, "No task was found: is Celery's autodiscovery broken?"
    return found


def test_every_task_is_durable():
    wrong = [
        name
        for name, task in our_tasks().items()
        if any(getattr(task, option) != value for option, value in DURABLE.items() if "limit" not in option)
        or not task.time_limit
        or not task.soft_time_limit
    ]
    judge(wrong, allowed={}, remedy="Declare these with @shared_task(**DURABLE), from berrydesk.db.tasks:")


def test_every_limit_lies_below_the_visibility_timeout():
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", VISIBILITY_TIMEOUT_S) > max(
        task.time_limit for task in our_tasks().values()
    )


def test_a_task_takes_ids():
    wrong = [
        f"{name}({parameter})"
        for name, task in our_tasks().items()
        for parameter in inspect.signature(task.run).parameters
        if not parameter.endswith(("_id", "_ids"))
    ]
    judge(wrong, allowed={}, remedy="The row is the truth: pass its id, named …_id:")


def test_every_sweep_exists():
    judge(
        set(settings.SWEEPS) - set(our_tasks()),
        allowed={},
        remedy="settings.SWEEPS names tasks that do not exist:",
    )
