"""What console and wall windows share: their place on a monitor, coming and going, and who is told about it.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QMoveEvent, QResizeEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QWidget

from app.model.wall import WindowState
from widgets.theme import Theme
from widgets.wall import WallView
from widgets.window.look import look
from widgets.window.notice import Notice

_SETTLED_MS = 400           # after the last move of a drag; then the new place is worth remembering
_SMALLEST = (640, 360)      # below this a wall is a mistake of the hand


class Frame(QWidget):
    """A top-level window around one WallView.

    ``moved_by_hand`` carries the window id once the operator has let go; ``close_asked`` instead of closing, because
    closing is a command; ``shown_or_hidden`` when its panes begin or cease to be on a screen.
    """

    moved_by_hand = Signal(str)
    close_asked = Signal(str)
    shown_or_hidden = Signal(str)
    activated = Signal(str)

    def __init__(self, window_id: str, view: WallView, theme: Theme) -> None:
        super().__init__()
        self.window_id, self.view, self._theme = window_id, view, theme
        self.parked = False
        self._placed: tuple[QRect, bool] | None = None
        self._gone = False
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("room", "ground")
        self.setMinimumSize(*_SMALLEST)
        self.setFocusProxy(view)
        self.over_picture = Notice(theme, over_picture=True, parent=view)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(lambda: self.moved_by_hand.emit(self.window_id))
        self._dress()
        theme.changed.connect(self._dress)

    # --- what subclasses say ---

    def show_state(self, state: WindowState, number: int) -> None:
        """The state of this window; ``number`` is how operators call it, from 1."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Texts in the language in force."""
        raise NotImplementedError

    def take_keyboard(self) -> None:
        """The keyboard to what the window shows."""
        self.view.setFocus()

    @property
    def page(self) -> str:
        """The page that covers the wall, "" when none does."""
        return ""

    def show_page(self, name: str) -> None:
        """Cover the wall by a page, or uncover it by ""; a window without pages has only its wall."""

    def tell(self, text: str, *, done: bool = False) -> None:
        """One line about what was refused; ``done``: about what was asked for and has happened."""
        self.over_picture.tell(text, done=done)

    # --- place ---

    def stand(self, area: QRect, fullscreen: bool) -> None:
        """Show the window there; ``area`` in virtual desktop pixels. Repeating the same place does nothing."""
        self.parked = False
        if self._placed == (area, fullscreen) and self.isVisible():
            return
        self._placed = (area, fullscreen)
        self._settled.stop()
        if self.isFullScreen() and not fullscreen:
            self.showNormal()
        # The geometry first: without a window manager nobody else would put a full screen window on its monitor.
        self.setGeometry(area)
        if fullscreen:
            self.showFullScreen()
        else:
            self.show()
        self._settled.stop()

    def park(self) -> None:
        """The monitor is away: out of sight, everything else kept, so that it returns to exactly the same."""
        self.parked = True
        self._placed = None
        self._settled.stop()
        self.hide()

    def forget_place(self) -> None:
        """Monitors changed: the next ``stand`` sets the geometry even if it is the same as before."""
        self._placed = None

    def place(self) -> tuple[QRect, QScreen]:
        """Where the window is now."""
        return self.geometry(), self.screen()

    def accept_place(self) -> None:
        """The place that the operator chose is the one to keep."""
        self._placed = (self.geometry(), self.isFullScreen())

    def close_for_good(self) -> None:
        """Really close; nobody is asked."""
        self._gone = True
        self._settled.stop()
        self.close()
        self.deleteLater()

    # --- Qt's events ---

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._note()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._note()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit(self.window_id)
        elif event.type() is QEvent.Type.WindowStateChange:
            self.shown_or_hidden.emit(self.window_id)      # minimised panes need no pictures

    # Not event(): it would be called in Python for each event of the window, a hundred times a second.
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown_or_hidden.emit(self.window_id)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown_or_hidden.emit(self.window_id)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._gone:
            event.accept()
            return
        event.ignore()
        self.close_asked.emit(self.window_id)

    @property
    def on_screen(self) -> bool:
        """Its panes can be seen; a minimised or parked window wants no pictures."""
        return self.isVisible() and not self.isMinimized() and not self.parked

    def _note(self) -> None:
        if self.isVisible() and self._placed is not None and self._placed[0] != self.geometry():
            self._settled.start()

    def _dress(self, *_tokens: object) -> None:
        self.setStyleSheet(look(self._theme.tokens))
