"""Scenes in the windows: their commands, the choice in each title bar, the popover under it, the palette's offers.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from app.model.errors import OperatorError
from app.model.wall import WallState, WindowKind
from app.registry.ids import new_id
from app.runtime.language import gettext as _
from app.runtime.language import language_changed
from app.scenes.book import SceneBook
from app.scenes.handlers import KIND, SceneHandlers
from widgets.cameras.tree_view import CameraTreeView
from widgets.common import hop_to_gui
from widgets.common.later import Later
from widgets.palette.offers import Offer, OfferGroup
from widgets.scenes.form import Window
from widgets.scenes.popover import ScenePopover
from widgets.screens.miniature import Miniature
from widgets.theme import Weight, font
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell

_TITLE_PX = 200             # "Pasar Sentral Makassar pagi" is 170
_GAP_PX = 4                 # between the title bar and the popover


class SceneDesk(QObject):
    """Everything about scenes that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell = shell
        station = shell.station
        self._later = Later(self)
        self.book = SceneBook(station.registry.submit, self._later)
        numbers = shell.handlers.call_up.numbers
        self.handlers = SceneHandlers(station.wall, self.book, numbers, shell.handlers.current, self._known, new_id)
        numbers.register(KIND, self.book.names, self.handlers.call_number)
        self.handlers.bind(station.dispatcher)
        self._popovers: dict[str, ScenePopover] = {}
        dispatcher = station.dispatcher
        dispatcher.bind("scene.list", lambda: self._open(ScenePopover.open_list))
        dispatcher.bind("scene.save_as", lambda: self._open(ScenePopover.open_save))
        dispatcher.bind("window.go", lambda window: shell.windows.go(window))
        dispatcher.bind("miniature.focus", self._walk_miniature)
        shell.overlays.offers.append(OfferGroup(lambda: _("Scenes"), self._offers))
        self.book.changed.connect(self._scenes_changed)
        self.book.refused.connect(self._refused)
        self.handlers.told.connect(shell.tell)
        self.handlers.done.connect(shell.done)
        self.handlers.now_changed.connect(self._show_title)
        station.wall.changed.connect(self._wall_changed)
        shell.windows.opened.connect(self._opened)
        shell.windows.closed.connect(self._closed)
        hop_to_gui(station.registry.tables_changed, self._tables_changed, self)
        hop_to_gui(station.directory.changed, lambda _ids: self.handlers.look(), self)
        hop_to_gui(language_changed, self._retranslate, self)
        self.book.refresh()

    def close(self) -> None:
        """Before the windows close."""
        self._later.close()
        self._shell.handlers.call_up.numbers.forget(KIND)
        self._shell.station.wall.changed.disconnect(self._wall_changed, missing_ok=True)
        for popover in self._popovers.values():
            popover.end()
        self._popovers.clear()

    # --- windows ---

    def _opened(self, frame: Frame) -> None:
        if isinstance(frame, Console):
            frame.bar.set_scene(_short(self.handlers.title))
            frame.bar.scenes.clicked.connect(lambda: self._toggle(frame))

    def _closed(self, frame: Frame) -> None:
        popover = self._popovers.pop(frame.window_id, None)
        if popover is not None:
            popover.end()

    def _toggle(self, frame: Frame) -> None:
        popover = self._popovers.get(frame.window_id)
        if popover is not None and popover.isVisible():
            popover.shut()
            frame.take_keyboard()
        else:
            self._open(ScenePopover.open_list, frame)

    def _open(self, how: Callable[..., None], frame: Frame | None = None) -> None:
        frame = frame or self._shell.windows.active
        if frame is None:
            return
        popover = self._popovers.get(frame.window_id)
        if popover is None:
            popover = self._popovers[frame.window_id] = ScenePopover(frame, self.handlers, self._shell.theme, self._run)
            popover.closed.connect(frame.take_keyboard)
        how(popover, _anchor(frame), self._windows, frame.window_id)

    def _walk_miniature(self) -> None:
        """The keyboard to the wall in small, with the list's current camera when it comes from there."""
        frame = self._shell.windows.active
        panels = frame.panels.values() if isinstance(frame, Console) else ()
        miniature = next((m for panel in panels if (m := panel.findChild(Miniature)) is not None), None)
        if miniature is None or not miniature.isVisible():
            raise OperatorError(_("The wall in small is in a console's docks; F10 shows them."))
        focus = QApplication.focusWidget()
        camera = focus.current_camera() if isinstance(focus, CameraTreeView) else None
        miniature.take_keyboard(camera.id if camera is not None else "")

    def _windows(self) -> Sequence[Window]:
        return tuple(Window(w.id, number, _("Console") if w.kind is WindowKind.CONSOLE else _("Wall"))
                     for number, w in enumerate(self._shell.station.wall.state.windows, 1))

    def _run(self, command: str, **arguments: Any) -> str:
        outcome = self._shell.station.dispatcher.run(command, **arguments)
        return "" if outcome else outcome.reason

    # --- what is told ---

    def _show_title(self) -> None:
        for frame in self._shell.windows.frames.values():
            if isinstance(frame, Console):
                frame.bar.set_scene(_short(self.handlers.title))

    def _scenes_changed(self) -> None:
        self.handlers.look(recognise=True)

    def _wall_changed(self, _state: WallState) -> None:
        self.handlers.look()

    def _tables_changed(self, tables: Iterable[str]) -> None:
        if "scenes" in tables:
            self.book.refresh()

    def _refused(self, error: OperatorError) -> None:
        self._shell.tell(str(error))

    def _retranslate(self, _language: str) -> None:
        for popover in self._popovers.values():
            popover.retranslate()

    def _known(self, camera: str) -> bool:
        return self._shell.station.directory.by_id(camera) is not None

    def _offers(self) -> Iterable[Offer]:
        return (Offer(scene.name, "scene.call", {"scene": scene.id}, also=f"*{scene.number}",
                      key=f"Ctrl+{scene.number}" if scene.number <= 9 else "", symbol="squares-four")
                for scene in self.book.all())


def install(shell: Shell) -> SceneDesk:
    """The row of widgets/features.py."""
    return SceneDesk(shell)


def _short(title: str) -> str:
    """As much as the title bar has room for on a narrow console; the star at the end stays."""
    return QFontMetrics(font(12, Weight.MEDIUM)).elidedText(title, Qt.TextElideMode.ElideMiddle, _TITLE_PX)


def _anchor(frame: Frame) -> QPoint:
    """Under the choice in the title bar; in a window without one, in its upper left corner."""
    if isinstance(frame, Console) and frame.bar.isVisible():
        choice = frame.bar.scenes
        return choice.mapTo(frame, QPoint(0, choice.height())) + QPoint(0, _GAP_PX)
    return QPoint(16, 16)
