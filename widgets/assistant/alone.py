"""A small window before the wall is there: shown alone in the middle of the first monitor until it has its answer.

Runs on: GUI thread, before the program's own windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from widgets.application import make_application
from widgets.theme import Theme
from widgets.window.closing import ClosingSignals


class Alone(QWidget):
    """A window of this kind: ``finished`` when the operator has chosen; Esc and closing it choose nothing."""

    finished = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.finished.emit()


@contextmanager
def standing_alone[W: Alone](make: Callable[[], W]) -> Iterator[W]:
    """Shows what ``make`` makes until its ``finished`` is emitted, or the program is told to end.

    Gives it, still whole, to be asked for the answer.
    """
    application = make_application()
    theme = Theme()
    theme.install(application)
    window = make()
    loop = QEventLoop()
    window.finished.connect(loop.quit)
    signals = ClosingSignals(loop.quit, window)
    window.show()
    area = QGuiApplication.primaryScreen().availableGeometry()
    window.move(area.center().x() - window.width() // 2, area.center().y() - window.height() // 2)
    window.activateWindow()
    loop.exec()
    try:
        yield window
    finally:
        signals.restore()
        window.hide()
        window.deleteLater()
        theme.deleteLater()
