"""A still of a camera on which the parts that viewing copies hide are drawn: by hand, or with the arrow keys.

Runs on: GUI thread. It knows zones and a picture, nothing of cameras and where zones are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.evidence.zones import LEAST, MOST, WHOLE, between, grown, moved
from app.model.clip import Zone
from app.runtime.language import gettext as _
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour
from widgets.wall.words import in_words

_STEP, _FINE = 100, 10          # 1 % of the picture per key, with Ctrl a tenth of it
_GRIP_PX = 8                    # the square at the lower right corner, which a hand takes
_NEW = Zone(4000, 4000, 2000, 2000)
_BLOCKS = 6                     # of the shorter side, as app.evidence.viewing makes them
_SHAPE = 9 / 16                 # until a picture is there
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


@dataclass(frozen=True, slots=True)
class _Held:
    """What the hand does: "draw", "move" or "size"; where it began and the zone as it was then."""

    what: str
    at: QPointF
    zone: Zone | None


class ZoneCanvas(QWidget):
    """``changed``: other zones, or another one is chosen. ``highest_px``: what the window has room for."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.zones: list[Zone] = []
        self.chosen = -1
        self.waiting = ""               # what is said while there is no picture
        self.highest_px = 360
        self._picture: QImage | None = None
        self._hand: _Held | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    # --- what is shown ---

    def show_zones(self, zones: Sequence[Zone]) -> None:
        self.zones, self.chosen, self._hand = list(zones), 0 if zones else -1, None
        self._tell()

    def show_picture(self, picture: QImage | None) -> None:
        """None: there is none, ``waiting`` is said instead."""
        self._picture = picture
        self.updateGeometry()
        self.update()

    @property
    def has_picture(self) -> bool:
        return self._picture is not None

    def add(self) -> None:
        """A new zone in the middle, chosen."""
        if len(self.zones) < MOST:
            self._put(len(self.zones), _NEW)

    def remove(self) -> None:
        """The chosen zone goes, the one before it is chosen."""
        if self.chosen >= 0:
            del self.zones[self.chosen]
            self.chosen = min(self.chosen, len(self.zones) - 1)
            self._tell()

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        step = _FINE if held & Qt.KeyboardModifier.ControlModifier else _STEP
        if key in _ARROWS and self.chosen >= 0:
            right, down = (part * step for part in _ARROWS[key])
            change = grown if held & Qt.KeyboardModifier.ShiftModifier else moved
            self._put(self.chosen, change(self.zones[self.chosen], right, down))
        elif key is Qt.Key.Key_Insert:
            self.add()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and self.zones:
            self.chosen = (self.chosen + (1 if key is Qt.Key.Key_PageDown else -1)) % len(self.zones)
            self._tell()
        elif key not in _ARROWS:
            event.ignore()              # Enter keeps, Esc leaves: the sheet's

    # --- pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        for index in sorted(range(len(self.zones)), key=lambda one: (one != self.chosen, -one)):
            zone = self.zones[index]
            sizes = self._grip(zone).contains(at)
            if sizes or self._rect(zone).contains(at):
                self.chosen, self._hand = index, _Held("size" if sizes else "move", at, zone)
                self._tell()
                return
        if len(self.zones) < MOST:
            self._hand = _Held("draw", at, None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, hand = event.position(), self._hand
        if hand is None:
            return
        x0, y0, x1, y1 = *self._units(hand.at), *self._units(at)
        if hand.what == "draw":
            if max(abs(x1 - x0), abs(y1 - y0)) >= LEAST:        # a click draws nothing
                self._hand = _Held("drawn", hand.at, None)
                self._put(len(self.zones), between(x0, y0, x1, y1))
        elif hand.what == "drawn":
            self._put(self.chosen, between(x0, y0, x1, y1))
        elif hand.zone is not None:
            change = grown if hand.what == "size" else moved
            self._put(self.chosen, change(hand.zone, round(x1 - x0), round(y1 - y0)))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._hand = None

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), colour(tokens.behind))
        area = self._area()
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._picture)
        else:
            painter.setPen(colour(tokens.behind_quiet))
            painter.setFont(font(12))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.waiting)
        for index, zone in enumerate(self.zones):
            rect = self._rect(zone)
            self._hide(painter, zone, rect)
            here = index == self.chosen
            painter.setPen(QPen(colour(tokens.plate_accent if here and self.hasFocus() else tokens.plate_words),
                                2 if here else 1))
            painter.drawRect(rect)
            if here:
                painter.fillRect(self._grip(zone), painter.pen().color())
            number = QRectF(rect.left(), rect.top(), 18, 16)
            painter.fillRect(number, colour(tokens.plate))
            painter.setPen(colour(tokens.plate_words))
            painter.setFont(font(12, Weight.STRONG))
            painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(index + 1))
        painter.end()

    def _hide(self, painter: QPainter, zone: Zone, rect: QRectF) -> None:
        """As the viewing copy will: a few blocks of one colour each."""
        if self._picture is None:
            return
        width, height = self._picture.width(), self._picture.height()
        part = self._picture.copy(zone.left * width // WHOLE, zone.top * height // WHOLE,
                                  max(1, zone.width * width // WHOLE), max(1, zone.height * height // WHOLE))
        block = max(8, min(part.width(), part.height()) // _BLOCKS)
        small = part.scaled(max(1, part.width() // block), max(1, part.height() // block),
                            Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(rect, small)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- sizes ---

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(round(width * self._shape()), self.highest_px)

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def _shape(self) -> float:
        picture = self._picture
        return picture.height() / picture.width() if picture is not None and picture.width() else _SHAPE

    def _area(self) -> QRectF:
        """Where the picture lies: whole, in the middle."""
        width = min(self.width(), self.height() / self._shape())
        height = width * self._shape()
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _rect(self, zone: Zone) -> QRectF:
        area = self._area()
        return QRectF(area.left() + zone.left * area.width() / WHOLE, area.top() + zone.top * area.height() / WHOLE,
                      zone.width * area.width() / WHOLE, zone.height * area.height() / WHOLE)

    def _grip(self, zone: Zone) -> QRectF:
        corner = self._rect(zone).bottomRight()
        return QRectF(corner.x() - _GRIP_PX, corner.y() - _GRIP_PX, _GRIP_PX, _GRIP_PX)

    def _units(self, at: QPointF) -> tuple[float, float]:
        area = self._area()
        return ((at.x() - area.left()) * WHOLE / max(1.0, area.width()),
                (at.y() - area.top()) * WHOLE / max(1.0, area.height()))

    # --- inside ---

    def _put(self, index: int, zone: Zone) -> None:
        self.zones[index:index + 1] = [zone]
        self.chosen = index
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words())
        self.update()
        self.changed.emit()

    def words(self) -> str:
        """Which zone is chosen and where it lies, in the language in force."""
        if self.chosen < 0:
            return _("Nothing is hidden.")
        zone = self.zones[self.chosen]
        left, top, width, height = (f"{in_words(part / 100)} %"
                                    for part in (zone.left, zone.top, zone.width, zone.height))
        return _("Zone {n} of {count}: {width} × {height}, {left} from the left, {top} from the top").format(
            n=self.chosen + 1, count=len(self.zones), width=width, height=height, left=left, top=top)
