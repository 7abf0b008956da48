"""The timeline below the wall: what is recorded of these cameras, and the hands of the clock that replays them.

Runs on: GUI thread. Every button is a command; widgets.playback.timelines tells the panel what to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.commands import Dispatcher
from app.runtime.language import gettext as _
from app.runtime.settings import Value
from app.runtime.zone import Zone, in_force
from widgets.playback.track import Track
from widgets.playback.words import speed_text, width_text
from widgets.theme import Theme, Weight, font, icon
from widgets.theme.restyle import restyle
from widgets.window.key_caps import written

HEADER_PX = 36
_SPEEDS = (2, 4, 8, 16, 64)                 # mock-ups: ¼ ½ 1 2 8
_HANDS = (("replay.previous_bookmark", "skip-back"), ("replay.backward", "caret-double-left"),
          ("replay.frame_back", "caret-left"), ("replay.pause", "pause"), ("replay.frame_on", "caret-right"),
          ("replay.faster", "caret-double-right"), ("replay.next_bookmark", "skip-forward"))


_EDGE_PX, _GAP_PX = 16, 8
_LEAST_SAID_PX = 96         # the line beside the heading wants this much before speeds and keys give way
_LOOSE_PX = 1000            # a widget that may be wider than this has no fixed size


class TimelinePanel(QWidget):
    """See widgets.panels.PanelWidget. ``wanted``: it has something to show, see widgets.window.console."""

    length_asked = Signal()                  # the button with the length was pressed

    def __init__(self, theme: Theme, dispatcher: Dispatcher, settings: Mapping[str, Value],
                 leave: Callable[[], None]) -> None:
        """``leave`` gives the keyboard back to the wall."""
        super().__init__()
        self.wanted = False
        self._theme, self._dispatcher, self._settings, self._leave = theme, dispatcher, settings, leave
        self._paused: bool | None = None
        self.said = ""                          # the line beside the heading, as long as it is
        self.track = Track(theme, lambda: self.zone)
        self._title, self.status = QLabel(), QLabel()
        self.length = QPushButton()
        self.hands = {name: QToolButton() for name, _glyph in _HANDS}
        self.speeds = {eighths: QToolButton() for eighths in _SPEEDS}
        self.begin, self.end, self.live = QPushButton(), QPushButton(), QPushButton()
        self._words: dict[QPushButton, tuple[str, str]] = {}     # what it says in a narrow dock, in a wide one
        self.calendar = QToolButton()
        self._build()
        theme.changed.connect(self._dress)
        self.track.scale_changed.connect(self._say_width)
        self.retranslate()

    @property
    def zone(self) -> Zone:
        return in_force(str(self._settings.get("window.zone", "system")))

    def show_moment(self, _moment: object) -> None:
        """Nothing here follows the live pictures."""

    def show_clock(self, *, replaying: bool, eighths: int, status: str, date: str) -> None:
        """What the clock of these cameras does; ``status`` is the line beside the heading."""
        said = f"{date}  {status}" if date else status
        if said != self.said:
            self.said = said
            self._fit()
        for button in (*self.hands.values(), *self.speeds.values(), self.begin, self.end, self.live):
            if button.isEnabled() is not replaying:
                button.setEnabled(replaying)
        for speed, button in self.speeds.items():
            on = replaying and eighths == speed
            if button.property("on") is not on:
                restyle(button, on=on)
        if (eighths == 0) is not self._paused:
            self._paused = eighths == 0
            self._dress()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Timeline"))
        self.track.setAccessibleName(_("Timeline"))
        self._title.setText(_("Timeline"))
        table, keys = self._dispatcher.table, self._dispatcher.keymap
        for name, button in self.hands.items():
            self._name(button, table[name].text, keys.keys_of(name))
        for eighths, button in self.speeds.items():
            button.setText(speed_text(eighths))
            button.setAccessibleName(_("Speed {speed}").format(speed=speed_text(eighths)))
        for worded, name, words in ((self.begin, "replay.mark_begin", _("Mark in")),
                                    (self.end, "replay.mark_end", _("Mark out")),
                                    (self.live, "replay.live", _("Live"))):
            held = keys.keys_of(name)
            self._words[worded] = (words, f"{words}  {written(held[0])}" if held else words)
            self._name(worded, table[name].text, held)
        self._name(self.calendar, table["timeline.calendar"].text, keys.keys_of("timeline.calendar"))
        self.length.setAccessibleName(_("Length of the timeline"))
        self.length.setToolTip(f"{table['timeline.closer'].text} (Z), {table['timeline.farther'].text} (Shift+Z)")
        self._say_width()
        self._fit()
        self.track.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # -- inside -------------------------------------------------------------------------------------------------

    @staticmethod
    def _name(button: Any, words: str, keys: tuple[str, ...]) -> None:
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({written(keys[0])})" if keys else words)

    def _say_width(self) -> None:
        self.length.setText(width_text(self.track.scale.width))
        self._fit()

    def _fit(self) -> None:
        """In a narrow dock parts of the head give way, those first that a key does as well; the line beside the
        heading takes what is left. Nothing is cut or laid over another."""
        room = self.width() - 2 * _EDGE_PX
        jumps = (self.hands["replay.previous_bookmark"], self.hands["replay.next_bookmark"])
        order: tuple[tuple[QWidget, ...], ...] = (
            tuple(self.speeds.values()), (), (self._title,), (self.begin, self.end), jumps, (self.live,))
        parts = {self._title, self.length, self.calendar, *self.hands.values(), *self.speeds.values(), *self._words}
        gone: set[QWidget] = set()
        keys = True
        for leaving in ((), *order):
            gone.update(leaving)
            keys = keys and (leaving != () or not gone)         # the empty step: buttons without their keys
            for worded, (short, long) in self._words.items():
                worded.setText(long if keys else short)
            needed = sum(_wide(part) + _GAP_PX for part in parts - gone) + 2 * _GAP_PX
            if needed + (_LEAST_SAID_PX if self._title not in gone else 0) <= room:
                break
        for part in parts:
            part.setVisible(part not in gone)
        left = max(room - needed - _GAP_PX, 0)
        self.status.setText(self.status.fontMetrics().elidedText(self.said, Qt.TextElideMode.ElideRight, left)
                            if left >= _LEAST_SAID_PX // 2 else "")
        self.status.setToolTip(self.said if self.status.text() != self.said else "")

    def _run(self, command: str, **arguments: Any) -> Callable[[], None]:
        return partial(self._ran, command, arguments)

    def _ran(self, command: str, arguments: dict[str, Any], _checked: bool = False) -> None:
        self._dispatcher.run(command, **arguments)
        self._leave()                # the keyboard belongs to the wall: Space is live again, not this button

    def _dress(self, *_tokens: object) -> None:
        tokens = self._theme.tokens
        for name, glyph in _HANDS:
            shown = "play" if name == "replay.pause" and self._paused else glyph
            self.hands[name].setIcon(icon(shown, tokens.text, tokens.faint))
        self.calendar.setIcon(icon("calendar-blank", tokens.text, tokens.faint))
        self.live.setIcon(icon("play", tokens.text, tokens.faint))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setFixedHeight(HEADER_PX)
        bar = QHBoxLayout(head)
        bar.setContentsMargins(_EDGE_PX, 4, _EDGE_PX, 4)
        bar.setSpacing(_GAP_PX)
        self._title.setFont(font(12, Weight.STRONG))
        bar.addWidget(self._title)
        self.length.setProperty("flat", True)
        self.length.clicked.connect(self.length_asked)
        bar.addWidget(self.length)
        self._flat(self.calendar)
        self.calendar.clicked.connect(self._run("timeline.calendar"))
        bar.addWidget(self.calendar)
        self.status.setProperty("tone", "quiet")
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        bar.addWidget(self.status, 1)
        for name, button in self.hands.items():
            self._flat(button)
            button.clicked.connect(self._run(name))
            bar.addWidget(button)
        bar.addSpacing(8)
        for eighths, button in self.speeds.items():
            button.setFixedSize(36, 24)
            button.setStyleSheet("padding: 0; min-height: 0")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._run("replay.speed", eighths=eighths))
            bar.addWidget(button)
        bar.addSpacing(8)
        for worded, name in ((self.begin, "replay.mark_begin"), (self.end, "replay.mark_end"),
                             (self.live, "replay.live")):
            worded.setFixedHeight(24)
            worded.setStyleSheet("padding: 0 8px; min-height: 0")
            worded.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            worded.clicked.connect(self._run(name))
            bar.addWidget(worded)
        column.addWidget(head)
        column.addWidget(self.track, 1)
        self._dress()

    @staticmethod
    def _flat(button: QToolButton) -> None:
        button.setProperty("flat", True)
        button.setStyleSheet("padding: 0; min-height: 0")
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(28, 24)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _wide(part: QWidget) -> int:
    """Pixels that it takes: its fixed size, or what its words need."""
    return part.maximumWidth() if part.maximumWidth() < _LOOSE_PX else part.sizeHint().width()
