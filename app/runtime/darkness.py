"""Whether anybody can see this desktop at all: a locked session, a screen saver and dark monitors are not watched.

Runs on: a thread of its own ("darkness") asks every two seconds; ``now`` may be read on any. Who answers is a seam:
``x_darkness`` asks the X server, ``bus_darkness`` the desktop over D-Bus. A desktop that tells nothing counts as lit:
what is not known takes no one's watching away.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

log = logging.getLogger("lawang.runtime")

LOOK_SECONDS = 2.0          # who locks a screen has looked away before
RETRY_SECONDS = 60.0        # a display or bus that did not answer
CLOSE_SECONDS = 3.0         # longer than any probe waits for an answer


class Dark(StrEnum):
    """Why nobody sees the screens."""

    LOCKED = "locked"       # the session is locked
    AWAY = "away"           # another session has the screens
    SAVER = "saver"         # a screen saver covers them
    OFF = "off"             # the monitors are in standby or off


class Probe(Protocol):
    """One who can tell. Each call may take a second; raises OSError when there is nobody to ask (any more)."""

    def look(self) -> Dark | None: ...

    def close(self) -> None: ...


class Darkness:
    """Asks all probes; the first that says dark counts. ``start`` it, and ``close`` it with its owner."""

    def __init__(self, openers: Sequence[Callable[[], Probe]], every_s: float = LOOK_SECONDS) -> None:
        """Each opener makes a probe, on the thread; raises OSError when it cannot."""
        self.now: Dark | None = None
        self._openers = openers
        self._every_s = every_s
        self._open: dict[int, Probe] = {}
        self._rests: dict[int, float] = {}          # seconds until a silent one is tried again
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="darkness", daemon=True)

    def start(self) -> None:
        """Begins to ask; returns at once."""
        if self._openers:
            self._thread.start()

    def close(self) -> bool:
        """Ends the thread; False when a probe did not come back in time."""
        self._ends.set()
        if self._thread.ident is None:
            return True
        self._thread.join(CLOSE_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while True:
                found = self._look()
                if found is not self.now:
                    log.info("the screens are %s", "lit" if found is None else f"not seen: {found}")
                    self.now = found
                if self._ends.wait(self._every_s):
                    return
        finally:
            for probe in self._open.values():
                _shut(probe)

    def _look(self) -> Dark | None:
        for place, opener in enumerate(self._openers):
            rest = self._rests.pop(place, 0.0) - self._every_s
            if rest > 0:
                self._rests[place] = rest
                continue
            try:
                probe = self._open.get(place)
                if probe is None:
                    probe = self._open[place] = opener()
                found = probe.look()
            except OSError as error:
                log.debug("%s cannot tell whether the screens are lit: %s", opener, error)
                self._rests[place] = RETRY_SECONDS
                if (failed := self._open.pop(place, None)) is not None:
                    _shut(failed)
            except Exception:
                log.exception("a probe of darkness failed")
                self._rests[place] = RETRY_SECONDS
            else:
                if found is not None:
                    return found
        return None


def probes_of_this_desktop() -> Sequence[Callable[[], Probe]]:
    """Openers of what can be asked here; none but on Linux and other systems with X."""
    if not sys.platform.startswith("linux"):
        return ()
    from app.runtime.bus_darkness import ScreenSavers, Session
    from app.runtime.x_darkness import XScreen
    found: list[Callable[[], Probe]] = [Session, ScreenSavers]
    display = os.environ.get("DISPLAY", "")
    if display:
        found.append(lambda: XScreen(display))
    return found


def _shut(probe: Probe) -> None:
    with suppress(OSError):
        probe.close()
