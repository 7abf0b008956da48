"""Parts of the PTZ panel: the lens' keys, who holds the camera, the heading tape.

Runs on: GUI thread. What they are asked to do is a command.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from app.commands import Dispatcher
from app.runtime.language import gettext as _
from widgets.theme import Theme
from widgets.wall.compass import Looks, heading_text, on_panel, paint_tape
from widgets.wall.words import span

_GAP_PX, _TAPE_HIGH_PX, _PER_DEGREE = 4, 36, 3.0    # the dock is 240 wide: 80 degrees of the circle


class LensKeys(QWidget):
    """Focus and iris: held keys move for as long as they are held, the middle ones give it back to the camera."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = {command: QPushButton() for command in (
            "ptz.near", "ptz.autofocus", "ptz.far", "ptz.iris_close", "ptz.iris_auto", "ptz.iris_open")}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP_PX)
        for place, button in enumerate(self._keys.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            grid.addWidget(button, place // 3, place % 3)

    def attach(self, dispatcher: Dispatcher) -> None:
        for command, button in self._keys.items():
            if dispatcher.table[command].hold:
                button.pressed.connect(lambda command=command: dispatcher.run(command, down=True))
                button.released.connect(lambda command=command: dispatcher.run(command, down=False))
            else:
                button.clicked.connect(lambda _on=False, command=command: dispatcher.run(command))

    def set_enabled(self, on: bool) -> None:
        for button in self._keys.values():
            button.setEnabled(on)

    def retranslate(self) -> None:
        for command, words, name, tip in (
                ("ptz.near", _("Near"), _("Focus nearer"), _("Focus nearer while held (Shift+A)")),
                ("ptz.autofocus", _("AF"), _("Focus by itself"), _("Focus by itself (A)")),
                ("ptz.far", _("Far"), _("Focus farther"), _("Focus farther while held (Shift+F)")),
                ("ptz.iris_close", _("Iris \N{MINUS SIGN}"), _("Close the iris"),
                 _("Close the iris while held (Shift+O)")),
                ("ptz.iris_auto", _("Auto"), _("Iris by itself"), _("Iris by itself")),
                ("ptz.iris_open", _("Iris +"), _("Open the iris"), _("Open the iris while held (Shift+I)"))):
            self._keys[command].setText(words)
            self._keys[command].setAccessibleName(name)
            self._keys[command].setToolTip(tip)


class HolderRow(QWidget):
    """Who holds the camera and for how long yet; keys to let it go, to hold it longer, and to take it over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)       # who holds it calls himself as he likes
        self._longer, self._free, self._take = QPushButton(), QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP_PX)
        row.addWidget(self.words, 1)
        for button in (self._longer, self._free, self._take):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)

    def attach(self, dispatcher: Dispatcher) -> None:
        self._longer.clicked.connect(lambda _on=False: dispatcher.run("ptz.extend"))
        self._free.clicked.connect(lambda _on=False: dispatcher.run("ptz.release"))
        self._take.clicked.connect(lambda _on=False: dispatcher.run("ptz.take_over"))

    def show_holder(self, turns: bool, risky: bool, name: str | None, left: float, mine: bool) -> None:
        """``name`` "" is this station's own hand, None nobody; ``left`` seconds of the lease."""
        if risky:
            tone, text = "red", _("May still be moving: the stop is not answered")
        elif name is not None:
            tone = "cyan"
            text = (_("Held by you {time}") if mine else _("Held by {name} {time}")).format(name=name, time=span(left))
        else:
            tone, text = "quiet", _("Free") if turns else _("This camera does not turn.")
        self.words.setText(text)
        if self.words.property("tone") != tone:
            self.words.setProperty("tone", tone)
            self.words.style().polish(self.words)
        self._longer.setVisible(mine)
        self._free.setVisible(mine)
        self._take.setVisible(name is not None and not mine)

    def retranslate(self) -> None:
        self._longer.setText(_("+ 1 min"))
        self._longer.setAccessibleName(_("Hold the camera a minute longer"))
        self._longer.setToolTip(_("Hold the camera a minute longer without an input"))
        self._free.setText(_("Let go"))
        self._free.setAccessibleName(_("Let the camera go"))
        self._free.setToolTip(_("The camera is free for others at once"))
        self._take.setText(_("Take over"))
        self._take.setAccessibleName(_("Take the camera over, with a reason"))
        self._take.setToolTip(_("Take the camera over, with a reason (Shift+H)"))


class HeadingTape(QWidget):
    """The compass of the panel; not there for a camera that tells no position."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._looks = theme, Looks(0, 0)
        self.setFixedHeight(_TAPE_HIGH_PX)

    def show_looks(self, looks: Looks | None) -> None:
        self.setVisible(looks is not None)
        if looks is not None and looks != self._looks:
            self._looks = looks
            self.setAccessibleName(_("Heading {heading}").format(heading=heading_text(looks)))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, inks = QPainter(self), on_panel(self._theme.tokens)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.tokens.raised)
        paint_tape(painter, QRectF(self.rect()), self._looks, inks, _PER_DEGREE, 1.0)
