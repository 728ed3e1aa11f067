"""A plugin is called in a thread of its own and cut off when it hangs."""

import contextvars
import queue
import threading
import time

CUT_OFF_S = 10
"""A call that takes longer is given up; its thread is left behind and its result ignored."""

START_WITHIN_S = 5
"""A process that was stopped for longer before the call must not make it: another may have taken over."""


class CutOff(Exception):
    """The plugin did not come back in time: what it did is not known."""


class TooLate(Exception):
    """The call was not made, because this process was held up before it."""


def call(work, *, not_after=None, cut_off_s=CUT_OFF_S):
    """What ``work()`` returns or raises, within ``cut_off_s``. Raises CutOff, TooLate.

    ``not_after`` is the ``time.monotonic()`` after which the call must not begin.
    """
    box = queue.SimpleQueue()
    context = contextvars.copy_context()

    def carry():
        try:
            if not_after is not None and time.monotonic() > not_after:
                raise TooLate
            box.put((context.run(work), None))
        except BaseException as error:  # handed to the caller, whatever a plugin raises
            box.put((None, error))

    threading.Thread(target=carry, name="plugin", daemon=True).start()
    try:
        result, error = box.get(timeout=cut_off_s)
    except queue.Empty:
        raise CutOff from None
    if isinstance(error, Exception):
        raise error
    if error is not None:  # SystemExit and the like of a plugin end its call, not this process
        raise CutOff from error
    return result
