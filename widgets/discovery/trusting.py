"""Certificates and refused logins of devices: kept in the register, told in a line, acted upon when trusted.

Runs on: GUI thread; pins come straight from the registry's thread, so that nobody is asked before they are known.
"""

from __future__ import annotations

import logging
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QObject

from app.commands.dispatcher import Ran
from app.devices.asker import SHOWN, TRUSTED
from app.model.camera import Camera
from app.registry.lane import Outcome
from app.runtime.language import gettext as _
from app.runtime.reasons import reason_for
from widgets.common.hop import Hop, hop_to_gui
from widgets.window.shell import Shell

log = logging.getLogger("lawang.devices")

_SAID = ("unauthorised", "forbidden")       # what an operator has to mend; the rest stands on the panes anyway


class Trusting(QObject):
    """One for all windows. Installed before whoever asks devices."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station, self._asker = shell, shell.station, shell.asker
        self._hops: list[Hop] = []
        self._fresh: SignalInstance = SignalInstance((object,), name="trusted_now")
        self._hops.append(hop_to_gui(self._asker.certificate, self._shown, self))
        self._hops.append(hop_to_gui(self._asker.failed, self._failed, self))
        self._hops.append(hop_to_gui(self._station.registry.tables_changed, self._tables_changed, self))
        self._hops.append(hop_to_gui(self._fresh, self._ask, self))
        self._hops.append(hop_to_gui(self._asker.refusals.noted, self._noted, self))
        self._station.dispatcher.ran.connect(self._ran)
        self._read()

    def close(self) -> None:
        """What the asker still says on its way out is for nobody."""
        for hop in self._hops:
            hop.stop()
        self._station.dispatcher.ran.disconnect(self._ran)

    def _read(self) -> None:
        self._station.registry.submit(lambda registry: registry.device_facts.named(TRUSTED), self._take,
                                      replaces="trusted certificates")
        self._station.registry.submit(lambda registry: registry.refused_logins.all(), self._take_refused,
                                      replaces="refused logins")

    def _take_refused(self, outcome: Outcome[dict[str, tuple[str, int]]]) -> None:
        """On the registry's thread, as the pins."""
        if outcome.value is not None:
            self._asker.refusals.take(outcome.value)

    def _noted(self, camera: Camera, tries: int) -> None:
        self._station.registry.submit(lambda registry: registry.refused_logins.note(camera, tries),
                                      replaces=f"refused login {camera.id}")

    def _ran(self, done: Ran) -> None:
        """The operator's "try again" counts for a refused login, too."""
        if done.command != "pane.retry":
            return
        here = self._station.wall.window(done.args.get("window") or done.window or self._shell.active())
        pane = done.args.get("pane")
        camera = self._station.directory.by_id(here.panes[here.selected if pane is None else pane].camera)
        if camera is not None and self._asker.refusals.tries(camera):
            self._asker.try_again(camera)

    def _take(self, outcome: Outcome[dict[str, Any]]) -> None:
        """On the registry's thread: the pins only."""
        pins = {camera: str(fact.value.get("sha256", "")) for camera, fact in (outcome.value or {}).items()
                if isinstance(fact.value, dict)}
        before, self._asker.pins = self._asker.pins, pins
        fresh = [camera for camera, pin in pins.items() if before.get(camera) != pin and self._asker.waits(camera)]
        if fresh:
            self._fresh.emit(fresh)

    def _ask(self, cameras: list[str]) -> None:
        """Who was refused for the certificate that is trusted now."""
        for camera_id in cameras:
            camera = self._station.directory.by_id(camera_id)
            if camera is not None:
                self._asker.ask(camera, now=True)

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if "device_facts" in tables:
            self._read()

    def _shown(self, camera_id: str, cause: str, pin: str) -> None:
        self._station.registry.submit(lambda registry: registry.device_facts.put(
            camera_id, SHOWN, {"sha256": pin, "cause": cause}), replaces=f"{SHOWN} {camera_id}")
        self._say(camera_id, cause)

    def _failed(self, camera_id: str, cause: str) -> None:
        if cause in _SAID:
            self._say(camera_id, cause)
        log.info("device %s told nothing (%s)", camera_id, cause)

    def _say(self, camera_id: str, cause: str) -> None:
        camera = self._station.directory.by_id(camera_id)
        number = camera.label if camera is not None else "?"
        reason = reason_for(cause)
        what, mend = _(reason.what).format(number=number), _(reason.mend).format(number=number)
        self._shell.tell(f"{what}. {mend}." if number in what else _("Camera {number}: {what}.").format(
            number=number, what=f"{what}. {mend}"))


def install(shell: Shell) -> Trusting:
    """The row of widgets/features.py."""
    return Trusting(shell)
