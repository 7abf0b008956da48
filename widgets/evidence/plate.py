"""How far the exports are: a small plate at the foot of the wall, with a way to cancel. Runs on: GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.evidence.exporter import Standing, State
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.window.frame import Frame

_WIDTH_PX, _EDGE_PX = 440, 16


class ExportPlate(QWidget):
    """``cancelled`` and ``again`` carry the Standing that is shown; ``closed``: the wall may have the keyboard back."""

    cancelled = Signal(object)
    again = Signal(object)
    closed = Signal()

    def __init__(self, window: Frame) -> None:
        super().__init__(window)
        self._window = window
        self._standing: Standing | None = None
        self._waiting = 0
        self.setProperty("room", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.told = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop, self.leave = QPushButton(), QPushButton()
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self.title.setProperty("tone", "strong")
        self.told.setProperty("tone", "quiet")
        self.told.setWordWrap(True)
        for label in (self.title, self.told):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.title, self.bar, self.told):
            column.addWidget(widget)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.stop)
        foot.addWidget(self.leave)
        column.addLayout(foot)
        self.stop.clicked.connect(self._press)
        self.leave.clicked.connect(self.shut)
        window.installEventFilter(self)
        window.view.installEventFilter(self)
        self.hide()

    def show_standing(self, standing: Standing, waiting: int) -> None:
        """Opens without taking the keyboard. ``waiting``: how many stand behind this one."""
        self._standing, self._waiting = standing, waiting
        self.retranslate()
        self._stand()
        self.show()
        self.raise_()

    def take_keyboard(self) -> None:
        """The first button that there is."""
        (self.stop if self.stop.isVisible() else self.leave).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shut(self) -> None:
        """What runs goes on."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def retranslate(self) -> None:
        standing = self._standing
        if standing is None:
            return
        self.setAccessibleName(_("Export"))
        self.title.setText(_("Export: {case}").format(case=standing.job.request.case))
        self.told.setText(self._words(standing))
        running = standing.state in (State.WAITING, State.RUNNING)
        self.bar.setVisible(running)
        self.bar.setValue(standing.percent)
        self.bar.setAccessibleName(_("Progress"))
        self.stop.setVisible(running or standing.state is State.FAILED)
        self.stop.setText(_("Cancel the export") if running else _("Try again"))
        self.leave.setText(_("Hide") if running else _("Close"))
        for button in (self.stop, self.leave):
            button.setAccessibleName(button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
            event.accept()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched in (self._window, self._window.view) and self.isVisible() and event.type() is QEvent.Type.Resize:
            self._stand()
        return super().eventFilter(watched, event)

    def _words(self, standing: Standing) -> str:
        if standing.state is State.DONE and standing.package is not None:
            text = _("Exported to {folder}.").format(folder=standing.package.folder)
            empty = len(standing.package.empty)
            return text if not empty else text + " " + ngettext(
                "{count} camera gave no picture.", "{count} cameras gave no picture.", empty).format(count=empty)
        if standing.state is State.FAILED:
            return standing.why
        if standing.state is State.CANCELLED:
            return _("Cancelled; nothing is left of it.")
        stages = {"clips": _("copying pictures"), "viewing": _("making the viewing copy"), "papers": _("signing"),
                  "zip": _("writing the ZIP")}
        text = f"{standing.percent} % · {stages[standing.stage]}" if standing.stage in stages else _("waiting")
        if self._waiting:
            text += " · " + ngettext("{count} more waits", "{count} more wait", self._waiting).format(
                count=self._waiting)
        return text

    def _press(self) -> None:
        standing = self._standing
        if standing is not None:
            (self.again if standing.state is State.FAILED else self.cancelled).emit(standing)

    def _stand(self) -> None:
        """Above the timeline, whose hands are used meanwhile."""
        room, wall = self._window.rect(), self._window.view
        foot = wall.mapTo(self._window, wall.rect().bottomLeft()).y() if wall.isVisible() else room.height()
        width = min(_WIDTH_PX, room.width() - 2 * _EDGE_PX)
        self._column.activate()
        height = self._column.totalHeightForWidth(width)
        self.setGeometry(room.width() - width - _EDGE_PX, foot - height - 3 * _EDGE_PX, width, height)
