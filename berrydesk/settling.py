"""What a process is made of is not searched for garbage again and again.

Hundreds of thousands of objects of modules lie there for good; looking through all of them cost a third of a busy
web process.
"""

import gc

OFTEN = (10_000, 20, 10)
"""A request makes thousands of objects that it leaves behind by itself: only then is it worth looking for rings."""


def settle():
    """What is there now stays out of the search; may be called again after further imports."""
    gc.set_threshold(*OFTEN)
    gc.collect()
    gc.freeze()
