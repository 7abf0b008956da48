"""The real program, which tells besides where on the screen its controls stand: a hand on a mouse sees that.

A control is asked for by the words that a screen reader says of it, in English; they are looked for in the language in
force. One line of JSON is asked on a socket, one line is answered.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QPoint, QRect
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QMenu,
    QWidget,
)

import main  # the folder of the program is not on the path of a script elsewhere
import widgets.application
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.wall.view import WallView

_MOST_ROWS = 60             # of a list in sight


def here(widget: QWidget, area: QRect) -> list[int]:
    """Left, top, width and height on the screen."""
    at = widget.mapToGlobal(area.topLeft())
    return [at.x(), at.y(), area.width(), area.height()]


def in_sight[T: QWidget](kind: type[T]) -> Iterator[T]:
    for widget in QApplication.allWidgets():
        if isinstance(widget, kind) and widget.isVisible() and not widget.visibleRegion().isEmpty():
            yield widget


def controls(words: str) -> list[list[int]]:
    """What is pressed or typed into: of that name, else of a name that begins with these words."""
    named = [(widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else ""), widget)
             for kind in (QAbstractButton, QLineEdit, QAbstractSpinBox) for widget in in_sight(kind)
             if widget.isEnabled()]
    exact = [widget for name, widget in named if name == words]
    begun = [widget for name, widget in named if name.startswith(f"{words} ")]
    return [here(widget, widget.rect()) for widget in exact or begun]


def rows(words: str) -> list[list[int]]:
    """Rows of lists and trees in which these words stand."""
    found = []
    for view in in_sight(QAbstractItemView):
        y, area = 0, view.viewport().rect()
        for _row in range(_MOST_ROWS):
            index = view.indexAt(QPoint(min(24, area.width() // 2), y))
            if not index.isValid():
                break
            place = view.visualRect(index)
            if words.casefold() in str(index.data()).casefold() and area.contains(place.center()):
                found.append(here(view.viewport(), place))
            y = place.bottom() + 1
    return found


def entries(words: str) -> list[list[int]]:
    """Entries of menus that can be chosen."""
    return [here(menu, menu.actionGeometry(action)) for menu in in_sight(QMenu) for action in menu.actions()
            if action.isEnabled() and action.text().partition("\t")[0].casefold() == words.casefold()]


def panes(key: str) -> list[list[int]]:
    """The pane of a key such as "w1/0"."""
    window, _slash, pane = key.partition("/")
    return [here(view, view.logical_rect(int(pane)).toRect()) for view in in_sight(WallView)
            if view.window_id == window]


def answer(asked: dict[str, Any]) -> list[list[int]]:
    """Every place of what was asked for; empty while it is not there."""
    values = {key: _(value) if isinstance(value, str) else value for key, value in asked["values"].items()}
    words, many = asked["words"], asked["many"]
    match asked["kind"]:
        case "pane":
            return panes(words)
        case "row":
            return rows(words)
        case kind:
            said = (ngettext(words, many, values["count"]) if many else _(words)).format(**values)
            return entries(said) if kind == "entry" else controls(said)


def serve(app: QApplication) -> None:
    server = QLocalServer(app)

    def asked(line: QLocalSocket) -> None:
        while line.canReadLine():
            line.write(json.dumps(answer(json.loads(bytes(line.readLine().data())))).encode() + b"\n")

    def came() -> None:
        line = server.nextPendingConnection()
        line.readyRead.connect(lambda: asked(line))
        line.disconnected.connect(line.deleteLater)
    server.newConnection.connect(came)
    assert server.listen(os.environ["LAWANG_TEST_PLACES"]), server.errorString()


if __name__ == "__main__":
    made = widgets.application.make_application

    def with_places() -> QApplication:
        app = made()
        if app.findChild(QLocalServer) is None:
            serve(app)
        return app
    widgets.application.make_application = with_places
    sys.exit(main.main())
