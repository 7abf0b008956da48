"""The presets of the PTZ panel: pictures in two columns with number and name; click goes there, F2 names, Delete takes
away, the menu does the same.

Runs on: GUI thread. What it is asked to do it hands to its owner; it keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLineEdit, QMenu, QWidget

from app.model.device import Preset
from app.runtime.language import gettext as _
from widgets.common.plain import tip
from widgets.theme import Theme
from widgets.theme.tokens import colour

# Mock-ups, README, right dock: presets 116 x 65, gap 8, caption 22.
PICTURE = QSize(116, 65)
_GAP_PX, _CAPTION_PX, _COLUMNS, _ROUND_PX = 8, 22, 2, 3
_LONGEST_NAME = 64              # ONVIF's own bound of a preset's name


class PresetButton(QAbstractButton):
    """One preset. ``asks``: the next Delete takes it away."""

    renaming, removing, patrolling = Signal(), Signal(), Signal()

    def __init__(self, theme: Theme, place: int, preset: Preset, picture: QPixmap | None, patrolled: bool) -> None:
        super().__init__()
        self._theme, self.place, self.preset = theme, place, preset
        self._picture, self._patrolled, self._asks = picture, patrolled, False
        self.setFixedSize(PICTURE.width(), PICTURE.height() + _CAPTION_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(_("Preset {number}: {name}").format(number=place, name=preset.name))
        self.setAccessibleDescription(_("Enter goes there, F2 names it, Delete takes it away."))
        self.setToolTip(tip(preset.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_F2:
                self.renaming.emit()
            case Qt.Key.Key_Delete if self._asks:
                self._asks = False
                self.removing.emit()
            case Qt.Key.Key_Delete:
                self._ask(True)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ask(False)
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        for words, act in ((_("Go there"), self.click), (_("Rename (F2)"), self.renaming.emit),
                           (_("Remove"), self.removing.emit)):
            menu.addAction(words, act)
        patrol = QAction(_("On the patrol"), menu, checkable=True, checked=self._patrolled)
        patrol.triggered.connect(self.patrolling)
        menu.addAction(patrol)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def _ask(self, on: bool) -> None:
        if on != self._asks:
            self._asks = on
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(0, 0, PICTURE.width(), PICTURE.height())
        shape = QPainterPath()
        shape.addRoundedRect(area, _ROUND_PX, _ROUND_PX)
        painter.fillPath(shape, colour(tokens.raised))
        if self._picture is not None:
            painter.setClipPath(shape)
            painter.drawPixmap(area, self._picture, QRectF(self._picture.rect()))
            painter.setClipping(False)
        else:
            painter.setPen(colour(tokens.quiet))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(self.place))
        if self.hasFocus() or self.underMouse() or self.isDown():
            painter.setPen(QPen(colour(tokens.accent), 2))
            painter.drawPath(shape)
        caption = QRectF(0, PICTURE.height(), self.width(), _CAPTION_PX)
        if self._asks:
            painter.setPen(colour(tokens.red_words))
            words = _("Delete again")
        else:
            painter.setPen(colour(tokens.text))
            words = f"{self.place}  {self.preset.name}"
        room = caption.width() - (12 if self._patrolled else 0)
        painter.drawText(caption, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                         self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room)))
        if self._patrolled:
            painter.setPen(QPen(colour(tokens.quiet), 1.5))
            painter.drawEllipse(QPointF(caption.right() - 5, caption.center().y()), 3, 3)


class _NameField(QLineEdit):
    """Enter is its own, not the button's below; Esc leaves it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = self.parentWidget()
        if event.key() == Qt.Key.Key_Escape and button is not None:
            button.setFocus()
        else:
            super().keyPressEvent(event)
        event.accept()


class PresetGrid(QWidget):
    """``go``, ``rename`` (token, name), ``remove`` and ``patrol`` (token: on it or not) are what its owner does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.go: Callable[[str], None] = lambda _token: None
        self.rename: Callable[[str, str], None] = lambda _token, _name: None
        self.remove: Callable[[str], None] = lambda _token: None
        self.patrol: Callable[[str], None] = lambda _token: None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP_PX)
        self._grid.setColumnStretch(_COLUMNS, 1)
        self.buttons: list[PresetButton] = []

    def show_presets(self, presets: Sequence[Preset], pictures: Mapping[str, QPixmap],
                     patrolled: frozenset[str]) -> None:
        """These, in their order; pictures by token."""
        focus = next((button.preset.token for button in self.buttons if button.hasFocus()), "")
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._grid.setRowStretch(self._grid.rowCount() - 1, 0)
        self.buttons = []
        for index, preset in enumerate(presets):
            button = PresetButton(self._theme, index + 1, preset, pictures.get(preset.token), preset.token in patrolled)
            button.clicked.connect(lambda _on=False, token=preset.token: self.go(token))
            button.renaming.connect(lambda button=button: self._ask_name(button))
            button.removing.connect(lambda token=preset.token: self.remove(token))
            button.patrolling.connect(lambda token=preset.token: self.patrol(token))
            self._grid.addWidget(button, index // _COLUMNS, index % _COLUMNS)
            self.buttons.append(button)
            if preset.token == focus:
                button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._grid.setRowStretch(len(presets) // _COLUMNS + 1, 1)

    def _ask_name(self, button: PresetButton) -> None:
        """A field over the caption: Enter keeps it, Esc and leaving do not."""
        field = _NameField(button.preset.name, button)
        field.setMaxLength(_LONGEST_NAME)
        field.setAccessibleName(_("Name of preset {number}").format(number=button.place))
        field.setGeometry(0, PICTURE.height() - 6, button.width(), _CAPTION_PX + 6)
        field.selectAll()

        def done() -> None:
            name = " ".join(field.text().split())
            button.setFocus()               # first: a new name makes the buttons anew, and this one's heir has it then
            if name and name != button.preset.name:
                self.rename(button.preset.token, name)
        field.returnPressed.connect(done)
        field.editingFinished.connect(field.deleteLater)
        field.show()
        field.setFocus()
