"""The window of the first start: four short steps, by keyboard alone; Esc skips it all.

Runs on: GUI thread, before there is a station.
"""

from __future__ import annotations

from string import Template

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.runtime.language import current_language, set_language
from app.runtime.language import gettext as _
from widgets.application import make_application
from widgets.assistant.answers import Answers, Cameras, Use
from widgets.assistant.monitors import MonitorStep
from widgets.screens.monitors import Monitors
from widgets.theme import Theme, Weight, font
from widgets.window.closing import ClosingSignals

_SIZE = (720, 540)
_SHEET = Template("""
QRadioButton { padding: 4px 8px; spacing: 12px; border: 1px solid transparent; border-radius: 4px; }
QRadioButton:focus { border-color: $accent; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $quiet; border-radius: 8px; background: $field; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $field; }
""")
# Each language in its own words, whatever is in force: who cannot read the one finds the other.
_LANGUAGES = (("id", "Bahasa Indonesia"), ("en", "English"))


class Assistant(QWidget):
    """``finished`` carries Answers, or None when it was skipped."""

    finished = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = False
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        application = make_application()
        monitors = Monitors(application, self)
        screens, first = monitors.screens(), QGuiApplication.primaryScreen()
        self.monitors = MonitorStep(screens, screens.index(first) if first in screens else 0, theme)
        self.languages = {code: QRadioButton(words) for code, words in _LANGUAGES}
        self.cameras = {source: QRadioButton() for source in Cameras}
        self._helps = {source: QLabel() for source in Cameras}
        self._place_of_step, self._title, self._help = QLabel(), QLabel(), QLabel()
        self._summary = QLabel()
        self.steps = QStackedWidget()
        self.skip, self.back, self.next = QPushButton(), QPushButton(), QPushButton()
        self._build()
        tokens = theme.tokens
        self.setStyleSheet(_SHEET.substitute(accent=tokens.accent, quiet=tokens.quiet, field=tokens.field))
        self.languages[current_language()].setChecked(True)
        self.cameras[Cameras.LIST].setChecked(True)
        for code, button in self.languages.items():
            button.toggled.connect(lambda on, code=code: self._language(code) if on else None)
        self.skip.clicked.connect(lambda: self._finish(None))
        self.back.clicked.connect(lambda: self._go(self.steps.currentIndex() - 1))
        self.next.clicked.connect(self._on)
        self.retranslate()
        self._go(0)

    @property
    def answers(self) -> Answers:
        """What is chosen now."""
        source = next(source for source, button in self.cameras.items() if button.isChecked())
        return Answers(current_language(), self.monitors.answer, source)

    def retranslate(self) -> None:
        self.setWindowTitle(_("Lawang · first start"))
        self.setAccessibleName(_("First start"))
        for code, words in _LANGUAGES:
            self.languages[code].setAccessibleName(words)
        texts = {
            Cameras.LIST: (_("Bring in a list"), _("Excel, CSV, M3U, GeoJSON, KML, or the YAML of Frigate, go2rtc and "
                                                   "MediaMTX. It is tried out first; nothing is lost.")),
            Cameras.DEMO: (_("The demo city"), _("Cameras of Makassar, Ambon and Palembang to look around in; "
                                                 "“main.py demo” sends their pictures.")),
            Cameras.NONE: (_("None yet"), _("An empty register; cameras are added one by one.")),
        }
        for source, (words, told) in texts.items():
            self.cameras[source].setText(words)
            self.cameras[source].setAccessibleDescription(told)
            self._helps[source].setText(told)
        self.monitors.retranslate()
        self.skip.setText(_("Skip"))
        self.skip.setToolTip("Esc")
        self.back.setText(_("Back"))
        self._show_words()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self._finish(None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focus, QAbstractButton) and focus in (self.skip, self.back):
                focus.click()
            else:
                self._on()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self._finish(None)

    # --- steps ---

    def _language(self, code: str) -> None:
        set_language(code)
        self.retranslate()

    def _on(self) -> None:
        if self.steps.currentIndex() == self.steps.count() - 1:
            self._finish(self.answers)
        else:
            self._go(self.steps.currentIndex() + 1)

    def _go(self, step: int) -> None:
        self.steps.setCurrentIndex(step)
        self.back.setEnabled(step > 0)
        self.monitors.show_numbers(step == 1)
        self._show_words()
        first: tuple[QWidget, ...] = (
            next(b for b in self.languages.values() if b.isChecked()), self.monitors.uses[0],
            next(b for b in self.cameras.values() if b.isChecked()), self.next)
        first[step].setFocus(Qt.FocusReason.TabFocusReason)

    def _finish(self, answers: Answers | None) -> None:
        if not self._said:
            self._said = True
            self.monitors.show_numbers(False)
            self.hide()
            self.finished.emit(answers)

    def _show_words(self) -> None:
        step, count = self.steps.currentIndex(), self.steps.count()
        titles = (
            (_("Language"), _("It can be changed at any time.")),
            (_("Monitors"), _("What each monitor is for. Windows remember their monitors.")),
            (_("Cameras"), _("Where the first cameras come from.")),
            (_("Ready"), _("Everything can be changed later: Ctrl+, opens the settings, F1 shows all keys.")),
        )
        self._place_of_step.setText(_("Step {number} of {count}").format(number=step + 1, count=count))
        self._title.setText(titles[step][0])
        self._help.setText(titles[step][1])
        self.next.setText(_("Open the wall") if step == count - 1 else _("Next"))
        answers = self.answers
        walls = sum(use is Use.WALL for _screen, use in answers.monitors)
        console = next((n for n, (_s, use) in enumerate(answers.monitors, 1) if use is Use.CONSOLE), 0)
        lines = [dict(_LANGUAGES)[answers.language]]
        if console:
            lines.append(_("Console on monitor {number}").format(number=console))
        if walls:
            lines.append(_("Wall windows: {count}").format(count=walls))
        lines.append(_("Cameras: {source}").format(source=self.cameras[answers.cameras].text()))
        self._summary.setText("\n".join(lines))

    # --- parts ---

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 32, 40, 24)
        column.setSpacing(8)
        self._title.setFont(font(22, Weight.STRONG))
        self._summary.setFont(font(14))
        for label in (self._place_of_step, self._help, *self._helps.values()):
            label.setProperty("tone", "quiet")
            label.setWordWrap(True)
        for widget in (self._place_of_step, self._title, self._help):
            column.addWidget(widget)
        column.addSpacing(16)
        column.addWidget(self.steps, 1)
        self.steps.addWidget(self._choices(list(self.languages.values())))
        self.steps.addWidget(self.monitors)
        self.steps.addWidget(self._choices(list(self.cameras.values()), list(self._helps.values())))
        self.steps.addWidget(self._choices([], [self._summary]))
        self.next.setProperty("first", True)
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.next)
        column.addLayout(row)
        self.setFixedSize(*_SIZE)

    def _choices(self, buttons: list[QRadioButton], helps: list[QLabel] | None = None) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        group = QButtonGroup(page)
        for at, button in enumerate(buttons):
            button.setFont(font(17))
            button.setMinimumHeight(40)
            group.addButton(button)
            box.addWidget(button)
            if helps:
                helps[at].setContentsMargins(28, 0, 0, 8)
                box.addWidget(helps[at])
        if not buttons:
            for label in helps or []:
                box.addWidget(label)
        box.addStretch(1)
        return page


def ask() -> Answers | None:
    """Shows the assistant until it is done; None when it was skipped."""
    application = make_application()
    theme = Theme()
    theme.install(application)
    window = Assistant(theme)
    screen = QGuiApplication.primaryScreen()
    area = screen.availableGeometry()
    window.move(area.center().x() - window.width() // 2, area.center().y() - window.height() // 2)
    told: list[Answers | None] = []
    loop = QEventLoop()
    window.finished.connect(told.append)
    window.finished.connect(loop.quit)
    signals = ClosingSignals(lambda: window.finished.emit(None), window)
    window.show()
    window.activateWindow()
    loop.exec()
    signals.restore()
    window.deleteLater()
    theme.deleteLater()
    return told[0] if told else None
