"""How often a camera refused our login: two requests with a wrong password, over all threads and lanes, never a third.

Cameras lock out whoever tries more (reference: onvif.md section 4). Thread-safe; one per camera and login.
"""

from __future__ import annotations

import threading

from app.ptz import messages

MOST_REFUSALS = 2


class Gate:
    """A move is sent only while nothing was refused, so that the second try is left to a stop."""

    def __init__(self, device: messages.Device) -> None:
        self._login = _login(device)
        self._lock = threading.Lock()
        self._refusals = min(device.refusals, MOST_REFUSALS)
        self.proven = False                     # this login was let in before: a refusal is then a passing trouble

    def fits(self, device: messages.Device) -> bool:
        """Whether this device is still asked with the login that was refused."""
        return self._login == _login(device)

    def warn(self, device: messages.Device) -> None:
        """Somebody else was refused with the same login: what he spent is spent here."""
        with self._lock:
            self._refusals = max(self._refusals, min(device.refusals, MOST_REFUSALS))

    @property
    def refusals(self) -> int:
        """Tries of this login that were refused."""
        return min(self._refusals, MOST_REFUSALS)

    @property
    def may_move(self) -> bool:
        return self._refusals == 0

    @property
    def may_stop(self) -> bool:
        return self._refusals < MOST_REFUSALS

    def accepted(self) -> bool:
        """Whether it had been refused before."""
        with self._lock:
            before, self._refusals, self.proven = self._refusals, 0, True
        return before > 0

    def refused(self) -> None:
        with self._lock:
            # HTTP digest asks twice for each order: once for the challenge, once with the password.
            self._refusals += MOST_REFUSALS if self._login[0] == "digest" else 1


def _login(device: messages.Device) -> tuple[str, str, str, str, int]:
    return device.login, device.url, device.username, device.password, device.trial
