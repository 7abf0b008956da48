"""The console: the operator's own wall with a title bar and docks around it; it composes and knows no commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.model.wall import WindowState
from app.runtime.language import gettext as _
from widgets.panels import Edge, Moment, Panel, PanelWidget
from widgets.theme import Theme
from widgets.wall import WallView
from widgets.wall.measures import Style
from widgets.window.cover import Cover
from widgets.window.dock import Dock
from widgets.window.frame import Frame
from widgets.window.title_bar import TitleBar

_GRIP_PX = 4            # a frameless window is resized by this rim


class Console(Frame):
    """``panels`` are built widgets by panel; docks without panels take no room."""

    def __init__(self, window_id: str, view: WallView, theme: Theme, bar: TitleBar,
                 panels: Mapping[Panel, QWidget], cover: Callable[[QWidget], Cover] | None = None) -> None:
        """``cover`` makes the pages; without it the console has only its wall."""
        super().__init__(window_id, view, theme)
        self.bar, self.panels = bar, panels
        self._docks: dict[Edge, Dock] = {}
        self._folded = False
        self._changes_style = view.style_shown is not Style.BARE
        self.setMouseTracking(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(bar)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        rows.addLayout(middle, 1)
        left, right, bottom = (self._dock(edge) for edge in (Edge.LEFT, Edge.RIGHT, Edge.BOTTOM))
        if left is not None:
            middle.addWidget(left)
        centre = QVBoxLayout()
        centre.setSpacing(0)
        centre.addWidget(view, 1)
        if bottom is not None:
            centre.addWidget(bottom)
        middle.addLayout(centre, 1)
        if right is not None:
            middle.addWidget(right)
        bar.close_asked.connect(self.close)
        self._cover = cover(self) if cover is not None else None
        self._bare = False
        self.retranslate()

    def show_state(self, state: WindowState, _number: int) -> None:
        self.bar.set_layout_name(state.layout)
        self._folded = state.docks_folded
        bare = self._bare = state.docks_folded and state.fullscreen
        self.bar.setVisible(not bare or bool(self.page))
        # With bar and docks folded away it is a wall like any other: strips over the pictures, counts in the corner.
        if self._changes_style:
            self.view.set_style(Style.WALL if bare else Style.CONSOLE)
        self.settle_docks()
        self.view.show_state(state)

    def settle_docks(self) -> None:
        """A dock is there unless it is folded, or none of its panels has anything to do (``wanted``)."""
        for edge, dock in self._docks.items():
            wanted = any(getattr(widget, "wanted", True) for panel, widget in self.panels.items() if panel.edge is edge)
            dock.setVisible(wanted and not self._folded)

    @property
    def docks(self) -> Mapping[Edge, Dock]:
        """The docks that have panels."""
        return self._docks

    # --- pages ---

    @property
    def page(self) -> str:
        return self._cover.page if self._cover is not None else ""

    @property
    def cover(self) -> Cover | None:
        """The pages of this console."""
        return self._cover

    def show_page(self, name: str) -> None:
        """The wall below keeps its streams and its size, so that nothing starts anew when it is uncovered."""
        if self._cover is None or name == self.page:
            return
        covered = bool(name)
        self._cover.show_page(name)
        self.bar.show_page(name)
        self.bar.setVisible(not self._bare or covered)
        # Neither painted nor reached by Tab below the page; disabled widgets take no keyboard.
        for widget in (self.view, *self._docks.values()):
            widget.setUpdatesEnabled(not covered)
            widget.setEnabled(not covered)
        self._place_cover()
        if not covered:
            self.take_keyboard()

    def take_keyboard(self) -> None:
        if self._cover is not None and self._cover.page:
            self._cover.take_keyboard()
        else:
            super().take_keyboard()

    def show_moment(self, moment: Moment) -> None:
        """The truth for what is seen: the docks around the wall, or the page that covers both."""
        if self._cover is not None and self._cover.page:
            self._cover.show_moment(moment)
            return
        for widget in self.panels.values():
            cast(PanelWidget, widget).show_moment(moment)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for dock in self._docks.values():
            dock.refit()
        self._place_cover()

    def _place_cover(self) -> None:
        if self._cover is not None and self._cover.page:
            top = self.bar.height()
            self._cover.setGeometry(0, top, self.width(), self.height() - top)

    def tell(self, text: str, *, done: bool = False) -> None:
        """In the title bar; where that has no room for the sentence (200 % on a small monitor), over what is below."""
        self.bar.notice.clear()
        self.over_picture.clear()
        if self.bar.isVisible() and self.bar.notice.holds(text):
            self.bar.notice.tell(text, done=done)
        else:
            self.over_picture.stand_in(self._cover if self._cover is not None and self._cover.page else self.view)
            super().tell(text, done=done)

    def retranslate(self) -> None:
        self.setWindowTitle(_("Lawang · console"))
        self.setAccessibleName(_("Console"))
        self.bar.retranslate()
        if self._cover is not None:
            self._cover.retranslate()

    def _dock(self, edge: Edge) -> Dock | None:
        inside = [(panel, widget) for panel, widget in self.panels.items() if panel.edge is edge]
        if not inside:
            return None
        dock = Dock(edge, self._theme)
        for panel, widget in inside:
            dock.add(panel.name, widget, panel.stretch)
        self._docks[edge] = dock
        return dock

    # --- the rim of a frameless window ---

    def _edges(self, at: QPoint) -> Qt.Edge:
        edges = Qt.Edge(0)
        if at.x() < _GRIP_PX:
            edges |= Qt.Edge.LeftEdge
        if at.x() >= self.width() - _GRIP_PX:
            edges |= Qt.Edge.RightEdge
        if at.y() < _GRIP_PX:
            edges |= Qt.Edge.TopEdge
        if at.y() >= self.height() - _GRIP_PX:
            edges |= Qt.Edge.BottomEdge
        return edges

    def mousePressEvent(self, event: QMouseEvent) -> None:
        edges = self._edges(event.position().toPoint())
        handle = self.windowHandle()
        if edges and handle is not None and not self.isFullScreen() and event.button() is Qt.MouseButton.LeftButton:
            handle.startSystemResize(edges)
