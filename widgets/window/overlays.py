"""Palette and help over the window that has the keyboard: made when first asked for, closed when it loses it.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, Signal

from app.commands import Dispatcher
from app.model.camera import Camera
from app.model.pane import PaneState
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from widgets.help.overlay import Help
from widgets.palette.offers import Note, OfferGroup
from widgets.palette.palette import Palette
from widgets.theme import Theme
from widgets.window.console import Console
from widgets.window.frame import Frame


class Overlays(QObject):
    """At most one palette and one help page are open at a time.

    ``offers``: what features let every palette find besides commands and cameras; ``notes``: what they say of commands
    there. They append to both.
    """

    chosen_camera = Signal(str)

    def __init__(self, dispatcher: Dispatcher, directory: CameraDirectory, theme: Theme,
                 states: Callable[[], Mapping[str, PaneState]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dispatcher, self._directory, self._theme, self._states = dispatcher, directory, theme, states
        self.offers: list[OfferGroup] = []
        self.notes: list[Note] = []
        self.palettes: dict[str, Palette] = {}
        self.helps: dict[str, Help] = {}

    def toggle_palette(self, frame: Frame) -> None:
        palette = self.palettes.get(frame.window_id)
        if palette is None:
            palette = self.palettes[frame.window_id] = self._make_palette(frame)
        if palette.isVisible():
            palette.shut()
            return
        self.shut_help(frame)
        palette.open(self._camera(frame), self._selected(frame), _top(frame))

    def toggle_help(self, frame: Frame) -> None:
        page = self.helps.get(frame.window_id)
        if page is None:
            page = self.helps[frame.window_id] = Help(frame, self._dispatcher, self._theme)
            page.closed.connect(frame.take_keyboard)
        if page.isVisible():
            page.shut()
            return
        if frame.window_id in self.palettes:
            self.palettes[frame.window_id].shut()
        camera = self._camera(frame)
        about = _("Selected: {number} {name}.").format(number=camera.label, name=camera.name) if camera \
            else _("The selected pane is empty.")
        page.open(f"{about} {_('Keys that do nothing here are faded.')}", _top(frame))

    def shut_help(self, frame: Frame) -> None:
        if frame.window_id in self.helps:
            self.helps[frame.window_id].shut()

    def shut_all(self) -> None:
        """Another window has the keyboard now."""
        for palette in self.palettes.values():
            palette.shut()
        for page in self.helps.values():
            page.shut()

    def wall_changed(self, frame: Frame) -> None:
        palette = self.palettes.get(frame.window_id)
        if palette is not None:
            palette.pane_changed(self._camera(frame), self._selected(frame))

    def forget(self, frame: Frame) -> None:
        """The window goes, and its children with it."""
        self.palettes.pop(frame.window_id, None)
        self.helps.pop(frame.window_id, None)

    def retranslate(self) -> None:
        for palette in self.palettes.values():
            palette.retranslate()
        for page in self.helps.values():
            page.retranslate()

    def _make_palette(self, frame: Frame) -> Palette:
        palette = Palette(frame, self._dispatcher, self._directory, self._theme, self._states, self.offers,
                          self.notes)
        palette.chosen_command.connect(partial(self._run, frame))
        palette.chosen_camera.connect(self.chosen_camera)
        palette.refused.connect(frame.tell)
        palette.other_pane.connect(lambda on: self._dispatcher.run("pane.next" if on else "pane.previous"))
        palette.closed.connect(frame.take_keyboard)
        return palette

    def _run(self, frame: Frame, command: str, args: Mapping[str, Any]) -> None:
        row = self._dispatcher.table.get(command)
        # What changes the wall is chosen in order to be seen: the page that covers it gives way.
        if self._dispatcher.run(command, **args) and row is not None and not (row.pages or row.typing):
            frame.show_page("")

    def _camera(self, frame: Frame) -> Camera | None:
        view = frame.view
        panes = view.state.panes
        return self._directory.by_id(panes[view.selected].camera) if view.selected < len(panes) else None

    def _selected(self, frame: Frame) -> QRect:
        """The selected pane in the window's own coordinates."""
        area = frame.view.logical_rect(frame.view.selected).toAlignedRect()
        return area.translated(frame.view.mapTo(frame, QPoint(0, 0)))


def _top(frame: Frame) -> int:
    return frame.bar.height() if isinstance(frame, Console) and frame.bar.isVisible() else 0
