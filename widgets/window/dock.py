"""One dock of a console: panels in a row, an edge to drag, and a narrow strip with a caret while it is folded.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.runtime.language import gettext as _
from widgets.panels import Edge
from widgets.theme import Theme, icon
from widgets.theme.tokens import colour

FIRST_PX = {Edge.LEFT: 256, Edge.RIGHT: 272, Edge.BOTTOM: 168}      # mock-ups, "Console 1920×1080"
LEAST_PX = {Edge.LEFT: 200, Edge.RIGHT: 272, Edge.BOTTOM: 120}      # below it words of panels are cut
MOST_SHARE = 0.45           # of the console: the wall stays the larger part
STEP_PX = 16                # one press of a key
_FOLDED_PX = 24
_GRIP_PX = 5
_UNFOLD = {Edge.LEFT: "caret-right", Edge.RIGHT: "caret-left", Edge.BOTTOM: "caret-up"}


class Dock(QWidget):
    """``resized`` once the operator has let go of the edge; ``unfold_asked`` from the strip of a folded dock."""

    resized = Signal()
    unfold_asked = Signal()

    def __init__(self, edge: Edge, theme: Theme) -> None:
        super().__init__()
        self.edge, self._theme = edge, theme
        self.px, self.folded = FIRST_PX[edge], False
        self._panels: dict[str, tuple[QWidget, bool]] = {}
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._inside = QWidget()
        self.box: QBoxLayout = QHBoxLayout(self._inside) if edge is Edge.BOTTOM else QVBoxLayout(self._inside)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(0)
        self._caret = QToolButton()
        self._caret.setProperty("flat", True)
        self._caret.setStyleSheet("padding: 0; min-height: 0")      # the sheet's own padding leaves an icon no room
        self._caret.setFixedSize(_FOLDED_PX - 4, 3 * _FOLDED_PX)
        self._caret.clicked.connect(self.unfold_asked)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(self._inside, 1)
        around.addWidget(self._caret, 0, Qt.AlignmentFlag.AlignCenter)
        self.grip = Grip(self)
        theme.changed.connect(self._dress)
        self.retranslate()
        self.set_size(self.px)

    def add(self, name: str, widget: QWidget, stretch: bool) -> None:
        """One more panel; ``stretch``: it takes what room the others leave."""
        self._panels[name] = (widget, stretch)
        self.box.addWidget(widget, 1 if stretch else 0)

    @property
    def order(self) -> tuple[str, ...]:
        """The panels' names, from the top or the left."""
        return tuple(self._panels)

    def set_order(self, names: Sequence[str]) -> None:
        """Panels that are named come first, in that order; the others follow as they stood."""
        wanted = [name for name in names if name in self._panels]
        wanted += [name for name in self._panels if name not in wanted]
        if tuple(wanted) == self.order:
            return
        self._panels = {name: self._panels[name] for name in wanted}
        for widget, _stretch in self._panels.values():
            self.box.removeWidget(widget)
        for widget, stretch in self._panels.values():
            self.box.addWidget(widget, 1 if stretch else 0)

    def panel_of(self, widget: QWidget | None) -> str:
        """The name of the panel that holds this widget, or ""."""
        return next((name for name, (panel, _stretch) in self._panels.items()
                     if widget is not None and (panel is widget or panel.isAncestorOf(widget))), "")

    @property
    def most(self) -> int:
        """As large as the console allows."""
        window = self.window()
        side = window.height() if self.edge is Edge.BOTTOM else window.width()
        return max(round(side * MOST_SHARE), LEAST_PX[self.edge])

    def set_size(self, px: int) -> None:
        """Width (of the lower dock: height) in logical pixels, kept within what words and the wall need."""
        self.px = max(LEAST_PX[self.edge], px)
        self._settle()

    def set_folded(self, folded: bool) -> None:
        self.folded = folded
        self._settle()

    def fits(self, most: int) -> int:
        """What of its size it may take in a console of that most."""
        return _FOLDED_PX if self.folded else min(self.px, most)

    def refit(self) -> None:
        """The console has another size: a dock never takes more than its share, and comes back to its own."""
        self._settle()

    def retranslate(self) -> None:
        names = {Edge.LEFT: (_("Edge of the left dock"), _("Show the left dock")),
                 Edge.RIGHT: (_("Edge of the right dock"), _("Show the right dock")),
                 Edge.BOTTOM: (_("Edge of the lower dock"), _("Show the lower dock"))}[self.edge]
        self.grip.setAccessibleName(names[0])
        self.grip.setToolTip(_("Drag to resize, double click for the first size"))
        self._caret.setAccessibleName(names[1])
        self._caret.setToolTip(names[1])
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.grip.stand()

    def _settle(self) -> None:
        self._inside.setVisible(not self.folded)
        self._caret.setVisible(self.folded)
        self.grip.setVisible(not self.folded)
        size = self.fits(self.most if self.window() is not self else self.px)
        if self.edge is Edge.BOTTOM:
            self.setFixedHeight(size)
        else:
            self.setFixedWidth(size)

    def _dress(self, *_tokens: object) -> None:
        self._caret.setIcon(icon(_UNFOLD[self.edge], self._theme.tokens.quiet))
        self.grip.tokens = self._theme.tokens
        self.grip.update()


class Grip(QAbstractButton):
    """The inner edge of a dock. A button, so that its arrow keys are its own and no command's."""

    def __init__(self, dock: Dock) -> None:
        super().__init__(dock)
        self._dock = dock
        self.tokens = dock._theme.tokens
        self._from: QPoint | None = None
        self._began = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.SizeVerCursor if dock.edge is Edge.BOTTOM else Qt.CursorShape.SizeHorCursor)

    def stand(self) -> None:
        """Along the edge that meets the wall."""
        dock = self._dock
        width, height = dock.width(), dock.height()
        if dock.edge is Edge.BOTTOM:
            self.setGeometry(0, 0, width, _GRIP_PX)
        else:
            self.setGeometry(width - _GRIP_PX if dock.edge is Edge.LEFT else 0, 0, _GRIP_PX, height)
        self.raise_()

    def step(self, by: int) -> None:
        """Larger or smaller by so many pixels."""
        self._dock.set_size(min(self._dock.px + by, self._dock.most))
        self._dock.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._from, self._began = event.globalPosition().toPoint(), self._dock.px

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            far = event.globalPosition().toPoint() - self._from
            by = {Edge.LEFT: far.x(), Edge.RIGHT: -far.x(), Edge.BOTTOM: -far.y()}[self._dock.edge]
            self._dock.set_size(min(self._began + by, self._dock.most))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._from is not None:
            self._from = None
            self._dock.resized.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._dock.set_size(FIRST_PX[self._dock.edge])
        self._dock.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        grow = {Edge.LEFT: (Qt.Key.Key_Right, Qt.Key.Key_Left), Edge.RIGHT: (Qt.Key.Key_Left, Qt.Key.Key_Right),
                Edge.BOTTOM: (Qt.Key.Key_Up, Qt.Key.Key_Down)}[self._dock.edge]
        if event.key() in grow:
            self.step(STEP_PX if event.key() == grow[0] else -STEP_PX)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus() or (self.isEnabled() and (self.underMouse() or self._from is not None)):
            QPainter(self).fillRect(self.rect(), colour(self.tokens.accent if self.hasFocus() else self.tokens.line))
