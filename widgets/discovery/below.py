"""Where the search panel stands: below the list of cameras, made when first asked for.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from app.registry.directory import CameraDirectory
from widgets.discovery.frame import HEIGHT_PX
from widgets.discovery.panel import DiscoveryPanel
from widgets.theme import Theme
from widgets.window.seam import Lane


class Below(QObject):
    """``left`` when the panel has gone and the list may have the keyboard."""

    left = Signal()

    def __init__(self, lane: Lane, directory: CameraDirectory, theme: Theme, parts: QSplitter, page: QWidget) -> None:
        super().__init__(page)
        self._make: Callable[[], DiscoveryPanel] = lambda: DiscoveryPanel(lane, directory, theme)
        self._parts = parts
        self.panel: DiscoveryPanel | None = None

    def open(self) -> None:
        """Shows the panel with the keyboard in it."""
        if self.panel is None:
            self.panel = self._make()
            self.panel.closed.connect(self._close)
            self.panel.setMinimumHeight(HEIGHT_PX)
            self._parts.addWidget(self.panel)
            self._parts.setStretchFactor(0, 1)
        self.panel.show()
        self.panel.open()

    def leave(self) -> None:
        """Another panel takes its place."""
        if self.panel is not None and self.panel.isVisible():
            self.panel.leave()

    def retranslate(self) -> None:
        if self.panel is not None:
            self.panel.retranslate()

    def _close(self) -> None:
        if self.panel is not None:
            self.panel.hide()
        self.left.emit()
