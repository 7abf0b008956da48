"""Memory of a register that is being read: no collector of cycles meanwhile, nothing kept that reading alone needed.

Runs on: any thread.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def unswept() -> Iterator[None]:
    """For reading many cameras: 60,000 of them are 600,000 objects without a single cycle.

    The collector would walk through all of them several times while they are made, and each time something else is
    collected later: 0.1 s with every thread stopped, a gap that is seen on the wall. They are set aside for good;
    reference counts still free them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
        # Rows on their way leave 5 MB of holes at 60,000 cameras; glibc keeps them, and gives them back in 0.3 ms.
        with suppress(OSError, AttributeError, TypeError):
            ctypes.CDLL(None).malloc_trim(0)
