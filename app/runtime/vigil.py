"""Holds off the desktop's screen saver while somebody's wall is on a screen: it may not go dark for want of a mouse.

Only what the desktop does by itself after a while is held off. A session that is locked by hand, monitors that are
switched off, and what a power key does stay as they are; app.runtime.darkness sees them. When the program ends, killed
or not, its connections close and the desktop goes on as before.

Runs on: a thread of its own ("vigil"), the only one that waits for a desktop; ``want`` on any.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

log = logging.getLogger("lawang.runtime")

RENEW_SECONDS = 60.0        # a saver that was started anew has forgotten us; none is set to less than a minute
CLOSE_SECONDS = 3.0         # longer than any of them waits for an answer


class Hold(Protocol):
    """Holds from its making until ``close``. ``renew`` raises OSError when nobody is there to be held off any more."""

    def renew(self) -> None: ...

    def close(self) -> None: ...


class Vigil:
    """Holds off with all of ``openers`` while it is wanted. ``start`` it, and ``close`` it with its owner."""

    def __init__(self, openers: Sequence[Callable[[], Hold]], renew_s: float = RENEW_SECONDS) -> None:
        """Each opener makes a hold, on the thread; raises OSError when it cannot."""
        self.holding = False                # as it is, not as it is wanted: whether anything is held off
        self._openers = openers
        self._renew_s = renew_s
        self._wanted = False
        self._ends = False
        self._wake = threading.Condition()
        self._held: dict[int, Hold] = {}
        self._thread = threading.Thread(target=self._run, name="vigil", daemon=True)

    def start(self) -> None:
        """Begins to listen to ``want``; returns at once."""
        if self._openers:
            self._thread.start()

    def want(self, wanted: bool) -> None:
        """From now on, or no more; returns at once."""
        with self._wake:
            if wanted is not self._wanted:
                self._wanted = wanted
                self._wake.notify()

    def close(self) -> bool:
        """Lets go and ends the thread; False when a desktop did not answer in time."""
        with self._wake:
            self._ends = True
            self._wake.notify()
        if self._thread.ident is None:
            return True
        self._thread.join(CLOSE_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        done = False                        # what was wanted when it was looked last
        try:
            while True:
                with self._wake:
                    if not self._ends and self._wanted is done:
                        self._wake.wait(self._renew_s if done else None)
                    if self._ends:
                        return
                    done = self._wanted
                if done:
                    self._hold()
                else:
                    self._let_go()
        finally:
            self._let_go()

    def _hold(self) -> None:
        for place, opener in enumerate(self._openers):
            try:
                if (held := self._held.get(place)) is not None:
                    held.renew()
                else:
                    self._held[place] = opener()
            except OSError as error:
                log.debug("%s cannot hold off a screen saver: %s", opener, error)
                self._drop(place)
            except Exception:
                log.exception("holding off a screen saver failed")
                self._drop(place)
        self._say(bool(self._held))

    def _let_go(self) -> None:
        for place in tuple(self._held):
            self._drop(place)
        self._say(False)

    def _drop(self, place: int) -> None:
        if (held := self._held.pop(place, None)) is not None:
            with suppress(OSError):
                held.close()

    def _say(self, holding: bool) -> None:
        if holding is not self.holding:
            log.info("the desktop's screen saver is %s", "held off" if holding else "let go")
            self.holding = holding


def holds_of_this_desktop() -> Sequence[Callable[[], Hold]]:
    """Openers of what can be held off here; none but on Linux and other systems with X."""
    if not sys.platform.startswith("linux"):
        return ()
    from app.runtime.bus_darkness import Inhibition
    from app.runtime.x_darkness import Suspension
    found: list[Callable[[], Hold]] = [Inhibition]
    display = os.environ.get("DISPLAY", "")
    if display:
        found.append(lambda: Suspension(display))
    return found
