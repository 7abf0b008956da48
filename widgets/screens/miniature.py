"""The wall in small: every window with its panes, where a click, a drag or the arrow keys reach each of them.

Runs on: GUI thread. Painted by one widget; repainted only when something that it shows has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from app.model.camera import Camera
from app.model.pane import NO_REPORT, PaneReport
from app.model.wall import WallState
from app.runtime.language import gettext as _
from layouts import Rect, named, place
from widgets.common.plain import tip
from widgets.screens import walking
from widgets.screens.arrangement import Arrangement, arrange
from widgets.screens.miniature_paint import NUMBER_PX, Cell, Drawn, paint
from widgets.screens.monitors import present_ids
from widgets.theme import Theme
from widgets.wall.asks import Runs
from widgets.wall.drag_label import drag_label
from widgets.wall.dropping import PANE_MIME, carries, drop
from widgets.wall.words import state_texts

_MARGIN_PX = 8
_LESS_PX = 4                                # the rows below have air of their own
_LEAST_HEIGHT, _MOST_HEIGHT = 56, 150       # two monitors side by side are flat, three above each other would be high
_GAP_PX = 1


@dataclass(frozen=True, slots=True)
class Hand:
    """What the keyboard holds until Enter puts it down: a camera of the list, or a pane that was picked up."""

    camera: str = ""
    pane: tuple[str, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.camera) or self.pane is not None


class Miniature(QWidget):
    """``find`` gives the camera of an id. ``hint`` carries what Enter would do, "" when nothing is to be said; ``left``
    that the wall may have the keyboard back."""

    hint = Signal(str)
    left = Signal()

    def __init__(self, runs: Runs, find: Callable[[str], Camera | None], theme: Theme,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs, self._find, self._theme = runs, find, theme
        self._state = WallState()
        self._active = ""
        self._arrangement = Arrangement()
        self._drawn: tuple[Drawn, ...] = ()
        self._reports: Mapping[str, PaneReport] = {}
        self._cursor: tuple[str, int] = ("", 0)
        self._landing: tuple[str, int] | None = None
        self._pressed: tuple[str, int] | None = None
        self._origin = QPointF()
        self.hand = Hand()
        self.setProperty("walked", ["Delete"])       # its own keys, see widgets.window.keys
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAcceptDrops(True)
        self.setFixedHeight(_LEAST_HEIGHT + 2 * _MARGIN_PX - _LESS_PX)
        theme.changed.connect(self.update)
        self.retranslate()

    # --- what is shown ---

    def show_wall(self, state: WallState, active: str, reports: Mapping[str, PaneReport]) -> None:
        """``active``: the window with the keyboard. Five times a second; cheap when nothing changed."""
        self._state, self._active, self._reports = state, active, reports
        arrangement = arrange(state, present_ids(), self.width() - 2 * _MARGIN_PX, _MOST_HEIGHT)
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            below = NUMBER_PX if len(state.windows) > 1 else 0
            self.setFixedHeight(max(arrangement.height, _LEAST_HEIGHT) + 2 * _MARGIN_PX + below - _LESS_PX)
            self.update()
        drawn = tuple(self._draw(number, window.id) for number, window in enumerate(state.windows, 1))
        if drawn != self._drawn:
            self._drawn = drawn
            self.update()
        if self._cell(*self._cursor) is None:
            self._move_cursor(self._home())

    def retranslate(self) -> None:
        self.setAccessibleName(_("The wall in small"))
        self.setAccessibleDescription(_("Arrows walk the panes, Enter puts the camera or picks up and drops a pane"))
        self._tell()

    def take_keyboard(self, camera: str = "") -> None:
        """The keyboard to the miniature; ``camera``: the list's current one, which Enter then puts."""
        self.hand = Hand(camera=camera if self._find(camera) is not None else "")
        self._cursor = self._home()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._tell()
        self.update()

    # --- places ---

    def pane_at(self, point: QPoint) -> tuple[str, int] | None:
        """(window id, pane) under a point of the widget; windows that are drawn later lie above."""
        for drawn in reversed(self._drawn):
            for cell in drawn.cells:
                if cell.box.contains(point):
                    return drawn.window_id, cell.index
        return None

    def rect_of(self, window_id: str, pane: int) -> QRect:
        """Where a pane is drawn; empty when it is not."""
        cell = self._cell(window_id, pane)
        return QRect(cell.box) if cell is not None else QRect()

    def _cell(self, window_id: str, pane: int) -> Cell | None:
        return next((c for d in self._drawn if d.window_id == window_id for c in d.cells if c.index == pane), None)

    def _home(self) -> tuple[str, int]:
        """The selected pane of the window with the keyboard, or the first there is."""
        here = next((w for w in self._state.windows if w.id == self._active), None) or next(
            iter(self._state.windows), None)
        return (here.id, here.selected) if here is not None else ("", 0)

    def _draw(self, number: int, window_id: str) -> Drawn:
        window = next(w for w in self._state.windows if w.id == window_id)
        tile = self._arrangement.tile(window_id) or Rect(0, 0, 1, 1)
        tile = tile.moved(_MARGIN_PX, _MARGIN_PX + max(_LEAST_HEIGHT - self._arrangement.height, 0) // 2)
        if window.alone is not None:
            boxes = [(window.alone, Rect(0, 0, tile.width, tile.height))]
        else:
            inside = place(named(window.layout), max(tile.width - 2, 0), max(tile.height - 2, 0), _GAP_PX)
            boxes = [(index, rect.moved(1, 1)) for index, rect in enumerate(inside)]
        cells = []
        for index, rect in boxes:
            camera_id = window.panes[index].camera if index < len(window.panes) else ""
            report = self._reports.get(f"{window_id}/{index}", NO_REPORT) if camera_id else NO_REPORT
            camera = self._find(camera_id) if camera_id else None
            rect = rect.moved(tile.x, tile.y)
            cells.append(Cell(index, QRect(rect.x, rect.y, rect.width, rect.height), bool(camera_id),
                              camera.label if camera is not None else "", report.state, index == window.selected))
        return Drawn(window_id, number, QRect(tile.x, tile.y, tile.width, tile.height), window_id == self._active,
                     tuple(cells))

    def _words(self, window_id: str, pane: int) -> str:
        """"2.3 · 0107 Jl Ahmad Yani · Frozen 00:07": what the pointer or the cursor is on."""
        number = next((d.number for d in self._drawn if d.window_id == window_id), 0)
        window = next((w for w in self._state.windows if w.id == window_id), None)
        camera = self._find(window.panes[pane].camera) if window is not None and pane < len(window.panes) else None
        parts = [f"{number}.{pane + 1}", f"{camera.label} {camera.name}" if camera is not None else _("empty")]
        state = state_texts(self._reports.get(f"{window_id}/{pane}", NO_REPORT))[0] if camera is not None else ""
        return " · ".join([*parts, *([state] if state else [])])

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = _MARGIN_PX + max(_LEAST_HEIGHT - self._arrangement.height, 0) // 2
        monitors = [QRect(m.x + _MARGIN_PX, m.y + top, m.width, m.height) for m in self._arrangement.monitors]
        cursor = self._cell(*self._cursor) if self.hasFocus() else None
        landing = self._cell(*self._landing) if self._landing is not None else None
        held = self._cell(*self.hand.pane) if self.hand.pane is not None else None
        paint(painter, monitors, self._drawn, self._theme.tokens, cursor.box if cursor is not None else None,
              landing.box if landing is not None else None, held.box if held is not None else None)

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        ways = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
        if key in ways:
            self._move_cursor(walking.step(self._boxes(), self._cursor, ways[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._enter()
        elif key == Qt.Key.Key_Delete:
            self._run("pane.put", self._cursor, camera="")       # pane.clear asks about the window with the keyboard
        elif key == Qt.Key.Key_Home:
            self._move_cursor(self._home())
        elif key == Qt.Key.Key_Escape:
            if self.hand:
                self._take(Hand())
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._take(Hand())
        self.hint.emit("")

    def _enter(self) -> None:
        hand, cell = self.hand, self._cell(*self._cursor)
        if cell is None:
            return
        if hand.camera:
            self._run("pane.put", self._cursor, camera=hand.camera)
            self._take(Hand())
        elif hand.pane is not None:
            if hand.pane != self._cursor:
                window, pane = self._cursor
                self._run("pane.swap", hand.pane, to_window=window, to_pane=pane)
            self._take(Hand())
        elif cell.occupied:
            self._take(Hand(pane=self._cursor))

    def _take(self, hand: Hand) -> None:
        if hand != self.hand:
            self.hand = hand
            self._tell()
            self.update()

    def _move_cursor(self, to: tuple[str, int]) -> None:
        if to != self._cursor:
            self._cursor = to
            self._tell()
            self.update()

    def _boxes(self) -> dict[tuple[str, int], Rect]:
        return {(d.window_id, c.index): Rect(c.box.x(), c.box.y(), c.box.width(), c.box.height())
                for d in self._drawn for c in d.cells}

    def _tell(self) -> None:
        """Where the cursor is and what Enter would do, for the line above and for a screen reader."""
        if not self.hasFocus():
            return
        where = self._words(*self._cursor)
        if self.hand.camera:
            camera = self._find(self.hand.camera)
            text = _("Put {camera} on {pane}").format(camera=camera.label if camera is not None else "",
                                                      pane=where.partition(" ·")[0])
        elif self.hand.pane is not None:
            text = _("Swap with {pane}").format(pane=where)
        else:
            text = where
        self.hint.emit(text)
        self.setAccessibleName(f"{_('The wall in small')}: {text}")
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    # --- mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed, self._origin = self.pane_at(event.position().toPoint()), event.position()
        if self._pressed is not None:
            self._cursor = self._pressed
            self._run("pane.select", self._pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        source = self._pressed
        far = (event.position() - self._origin).manhattanLength() >= QApplication.startDragDistance()
        if source is None or not far or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        cell = self._cell(*source)
        if cell is not None and cell.occupied:
            self._drag(source)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        # On the release: the other window comes to the front, and a drag or double click has begun here by then.
        if self._pressed is not None and self._pressed[0] != self._active:
            self._runs.run("window.go", window=self._pressed[0])
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        where = self.pane_at(event.position().toPoint())
        self._pressed = None
        if event.button() is Qt.MouseButton.LeftButton and where is not None:
            self._run("pane.alone", where)

    def _drag(self, source: tuple[str, int]) -> None:
        data = QMimeData()
        data.setData(PANE_MIME, QByteArray(f"{source[0]}/{source[1]}".encode()))
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(drag_label(self._words(*source), self._theme.tokens, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-12, 8))
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(carries(event.mimeData()))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._land(self.pane_at(event.position().toPoint()) if carries(event.mimeData()) else None)
        event.setAccepted(self._landing is not None)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._land(None)

    def dropEvent(self, event: QDropEvent) -> None:
        where = self.pane_at(event.position().toPoint())
        self._land(None)
        if where is not None and drop(event.mimeData(), *where, self._runs):
            event.acceptProposedAction()

    def _land(self, where: tuple[str, int] | None) -> None:
        if where != self._landing:
            self._landing = where
            self.hint.emit(self._words(*where) if where is not None else "")
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            where = self.pane_at(event.pos())
            if where is not None:
                QToolTip.showText(event.globalPos(), tip(self._words(*where)), self, self.rect_of(*where))
                return True
        return super().event(event)

    def _run(self, command: str, where: tuple[str, int], **arguments: object) -> None:
        self._runs.run(command, window=where[0], pane=where[1], **arguments)
