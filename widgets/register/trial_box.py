"""Try first on one camera: what was typed is tested by really opening the streams, before anything is kept.

Runs on: GUI thread; each trial on a thread of its own named "trial", which waits for the process that opens streams.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.model.camera import Camera, StreamRole
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.video.trying import Attempt, Trying
from widgets.register.combo import Combo
from widgets.register.fields import BadField, edited
from widgets.theme import Theme, icon_pixmap
from widgets.wall.words import decimal, how_to_mend, what_happened

_MOST_OFFERED = 200         # cameras in the drop-down; one of them is as good as another


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the outcome: good, in words, with a time or size at the right."""

    good: bool
    words: str
    figure: str = ""


def lines_of(role: StreamRole, attempt: Attempt, number: str) -> list[Line]:
    """An attempt in words."""
    main = role is StreamRole.MAIN
    found = []
    if attempt.opened_s is not None:
        words = _("Main stream opened, login accepted") if main else _("Small stream opened")
        found.append(Line(True, words, took(attempt.opened_s)))
    if attempt.picture_s is not None:
        kind = {"h264": "H.264", "hevc": "H.265"}.get(attempt.codec, attempt.codec)
        found.append(Line(True, f"{attempt.width}×{attempt.height} {kind}", took(attempt.picture_s)))
    if attempt.cause:
        what, mend = what_happened(attempt.cause, number), how_to_mend(attempt.cause, number)
        where = _("Main stream") if main else _("Small stream")
        found.append(Line(False, f"{where}: {what}." + (f" {mend}." if mend else "")))
    return found


def took(seconds: float) -> str:
    """"0.4 s"; below a tenth of a second in milliseconds."""
    if seconds < 0.1:
        return _("{count} ms").format(count=round(seconds * 1000))
    return _("{seconds} s").format(seconds=decimal(seconds))


class TrialBox(QWidget):
    """``draft`` gives the cameras of the form and what was typed at this moment."""

    _told = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.draft: Callable[[], tuple[Sequence[Camera], Mapping[str, str]]] = lambda: ((), {})
        self._title, self.which, self.go = QLabel(), Combo(theme), QPushButton()
        self._list = QGridLayout()
        self._turn: object = None
        self._count = 0
        self._build()
        self.go.clicked.connect(self.start)
        self._told.connect(self._arrive, Qt.ConnectionType.QueuedConnection)
        holder = self._holder           # the box has gone by then; its process must not outlive the window
        self.destroyed.connect(lambda: _stop(holder))
        self.retranslate()

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """Other cameras: what was tried before says nothing about them."""
        self.stop()
        self.which.clear()
        for camera in cameras[:_MOST_OFFERED]:
            self.which.addItem(f"{camera.label}  {camera.name}", camera.id)
        self.which.setVisible(len(cameras) > 1)
        self.setVisible(bool(cameras))

    def start(self) -> None:
        """Try the camera that is chosen, with what was typed."""
        self.stop()
        cameras, draft = self.draft()
        chosen = self.which.currentIndex()
        if not 0 <= chosen < len(cameras):
            return
        try:
            camera = edited(cameras[chosen], draft, many=len(cameras) > 1)
        except (BadField, OperatorError) as error:
            self._add(Line(False, str(error)))
            return
        if not camera.streams:
            self._add(Line(False, _("This camera has no stream address yet.")))
            return
        self._turn = turn = object()
        self.go.setEnabled(False)
        self._title.setText(_("Trying camera {number}…").format(number=camera.label))
        threading.Thread(target=self._try, args=(turn, camera), name="trial", daemon=True).start()

    def stop(self) -> None:
        """Give up what runs and forget what it found."""
        self._turn = None
        _stop(self._holder)
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._count = 0
        self.go.setEnabled(True)
        self._title.setText(_("Try first on one camera"))

    @property
    def lines(self) -> list[str]:
        """The words shown, for tests and screen readers."""
        return [widget.text() for row in range(self._list.rowCount())
                if (item := self._list.itemAtPosition(row, 1)) is not None
                and isinstance(widget := item.widget(), QLabel)]

    def retranslate(self) -> None:
        if self._turn is None:
            self._title.setText(_("Try first on one camera"))
        self.go.setText(_("Try"))
        self.which.setAccessibleName(_("Camera to try"))
        self.go.setAccessibleName(_("Try first on one camera"))

    # --- inside ---

    def _build(self) -> None:
        self._holder: dict[str, Trying | None] = {"now": None}
        self._title.setProperty("tone", "strong")
        self.which.setMinimumWidth(200)
        self.go.setFixedHeight(32)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.which)
        row.addWidget(self.go)
        row.addStretch(1)
        self._list.setColumnStretch(1, 1)
        self._list.setHorizontalSpacing(8)
        self._list.setVerticalSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addLayout(self._list)

    def _try(self, turn: object, camera: Camera) -> None:
        for role in StreamRole:
            stream = camera.stream(role)
            if stream is None or self._turn is not turn:
                continue
            trying = Trying(stream.url, camera.credentials, stream.transport.value)
            self._holder["now"] = trying
            attempt = trying.run()
            try:
                self._told.emit(turn, lines_of(role, attempt, camera.label))
            except RuntimeError:        # the window went meanwhile
                return
            if attempt.cause in ("unauthorised", "forbidden"):
                break                   # a second wrong password may lock us out of the camera
        try:
            self._told.emit(turn, None)
        except RuntimeError:
            return

    @Slot(object, object)
    def _arrive(self, turn: object, lines: Sequence[Line] | None) -> None:
        if turn is not self._turn:
            return
        for line in lines or ():
            self._add(line)
        if lines is None:
            self._turn = None
            self.go.setEnabled(True)
            self._title.setText(_("Try first on one camera"))

    def _add(self, line: Line) -> None:
        sign, words, figure = QLabel(), QLabel(line.words), QLabel(line.figure)
        tokens = self._theme.tokens
        sign.setPixmap(icon_pixmap("check" if line.good else "warning-circle", 16,
                                   tokens.green if line.good else tokens.red_words, self.devicePixelRatioF()))
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setProperty("tone", "" if line.good else "red")
        figure.setProperty("tone", "quiet")
        for place, widget in enumerate((sign, words, figure)):
            self._list.addWidget(widget, self._count, place, Qt.AlignmentFlag.AlignTop)
        self._count += 1


def _stop(holder: dict[str, Trying | None]) -> None:
    if (trying := holder["now"]) is not None:
        trying.stop()
