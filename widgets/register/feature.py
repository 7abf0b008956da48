"""Binds the commands of the register page, and records availability for as long as the windows live.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer

from app.availability.recorder import Recorder, seen
from app.model.availability import Span
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from widgets.register.page import RegisterPage
from widgets.window.console import Console
from widgets.window.shell import Shell

_LOOK_MS = 1000         # ages and states are told five times a second; availability is counted in seconds


class RegisterFeature:
    """One for all windows."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        dispatcher = shell.station.dispatcher
        does: dict[str, Callable[[RegisterPage], None]] = {
            "register.find": RegisterPage.take_search, "register.add": RegisterPage.add,
            "register.edit": RegisterPage.edit, "register.all": RegisterPage.mark_all,
            "register.delete": RegisterPage.delete, "register.undo": RegisterPage.undo,
            "register.import": RegisterPage.bring, "register.discover": RegisterPage.discover,
            "register.export": RegisterPage.give, "register.show": RegisterPage.show_on_wall}
        for command, do in does.items():
            dispatcher.bind(command, lambda do=do: do(self._page()))
        self._recorder = Recorder(self._keep)
        self._look = QTimer(shell.owner, interval=_LOOK_MS)
        self._look.timeout.connect(self._observe)
        self._look.start()

    def close(self) -> None:
        """The last spans are written; the registry lane closes after the windows."""
        self._look.stop()
        self._recorder.close()

    def _observe(self) -> None:
        self._recorder.observe(seen(self._shell.station.wall.state, self._shell.desk.reports))

    def _keep(self, spans: Sequence[Span]) -> bool:
        return self._shell.station.registry.submit(lambda registry: registry.availability.keep(spans))

    def _page(self) -> RegisterPage:
        frame = self._shell.windows.active
        page = frame.cover.built("cameras") if isinstance(frame, Console) and frame.cover is not None else None
        if not isinstance(page, RegisterPage):
            raise OperatorError(_("Open the page Cameras first."))
        return page


def install(shell: Shell) -> RegisterFeature:
    """The row of widgets/features.py."""
    return RegisterFeature(shell)
