"""Settings act when they change, whoever changed them: this window, another one, another program on the same file.

Runs on: GUI thread. What the video room judges by is told to it by app.station.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.commands.dispatcher import Ran
from app.model.pane import Fit
from app.runtime import language
from app.runtime.settings import Value
from widgets.common import hop_to_gui
from widgets.wall import Strips
from widgets.window.shell import Shell
from widgets.window.title_bar import zone_in_force


class LiveSettings:
    """Holds the values that are in force in the windows; only differences are acted on."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._known: Mapping[str, Value] = MappingProxyType(dict(shell.station.registry.settings))
        self._act("pane.header", self._known.get("pane.header", "always"))
        shell.station.dispatcher.ran.connect(self._ran)
        self._hop = hop_to_gui(shell.station.registry.settings_changed, self._changed, shell.owner)

    def close(self) -> None:
        self._hop.stop()
        self._shell.station.dispatcher.ran.disconnect(self._ran)

    def _ran(self, done: Ran) -> None:
        """A new window begins with the fit of the settings."""
        if done.command == "window.new":
            newest = self._shell.station.wall.state.windows[-1]
            fit = Fit(str(self._known.get("pane.fit", Fit.FIT)))
            if newest.fit is not fit:
                self._shell.station.dispatcher.run(f"fit.{fit}", window=newest.id)

    def _changed(self, settings: Mapping[str, Value]) -> None:
        before, self._known = self._known, settings
        for key, value in settings.items():
            if before.get(key) != value:
                self._act(key, value)

    def _act(self, key: str, value: Value) -> None:
        shell = self._shell
        match key:
            case "window.language":
                language.set_language("" if value == "system" else str(value))
            case "window.theme":
                shell.theme.switch(str(value))
            case "window.zone":
                shell.desk.set_zone(zone_in_force(str(value)))
            case "pane.header":
                shell.desk.set_strips(Strips(str(value)))
            case "pane.fit":
                for window in shell.station.wall.state.windows:
                    shell.station.dispatcher.run(f"fit.{Fit(str(value))}", window=window.id)


def install(shell: Shell) -> LiveSettings:
    """For widgets.features."""
    return LiveSettings(shell)
