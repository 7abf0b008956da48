"""A small window before the wall is there: shown alone in the middle of the first monitor until it has its answer.

Runs on: GUI thread, before the program's own windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from widgets.application import make_application
from widgets.theme import Theme
from widgets.window.closing import ClosingSignals


@contextmanager
def standing_alone[W: QWidget](make: Callable[[], W], finished: Callable[[W], SignalInstance]) -> Iterator[W]:
    """Shows what ``make`` makes until its ``finished`` is emitted, or the program is told to end.

    Gives it, still whole, to be asked for the answer.
    """
    application = make_application()
    theme = Theme()
    theme.install(application)
    window = make()
    loop = QEventLoop()
    finished(window).connect(loop.quit)
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
