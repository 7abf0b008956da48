"""The console's title bar: mark, layout, what was refused, the station's counts, the clock, window buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.zone import Zone, in_force, local
from layouts import MENU
from widgets.theme import Theme, Weight, icon
from widgets.tours.choice import TourChoice
from widgets.window.bar_parts import BAR_PX, Choice, Mark, Words, clock_words, count_words
from widgets.window.counts import Count
from widgets.window.notice import Notice

zone_in_force = in_force        # windows know it by this name


class TitleBar(QWidget):
    """40 px high. Dragging an empty part moves the window, a double click makes it large."""

    layout_chosen = Signal(str)
    page_chosen = Signal(str)           # a page's name, "" for the wall
    fold_asked = Signal()
    close_asked = Signal()

    def __init__(self, theme: Theme, zone: Zone, parent: QWidget | None = None,
                 pages: Sequence[tuple[str, str]] = ()) -> None:
        """``pages``: name and English title of each page beside the wall."""
        super().__init__(parent)
        self._theme, self._zone = theme, zone
        self._titles = {"": N_("Wall"), **dict(pages)} if pages else {}
        self.tabs = {name: QPushButton() for name in self._titles}
        self._of_wall: list[Choice] = []
        self._count = Count()
        self.setFixedHeight(BAR_PX)
        self.setProperty("room", "panel")
        self.setProperty("edge", "below")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = Words()
        self.scenes, self.layouts = Choice(theme), Choice(theme)
        self.tour = TourChoice(theme)           # what it says and does is widgets.tours' affair
        self.notice = Notice(theme)
        self.counts, self._clock = Words(), Words()
        self._buttons = [QToolButton() for _i in range(3)]
        self._layout_name = self._scene = ""
        self._place()
        self.layouts.clicked.connect(self.open_layouts)
        minimise, fold, close = self._buttons
        minimise.clicked.connect(lambda: self.window().showMinimized())
        fold.clicked.connect(self.fold_asked)
        close.clicked.connect(self.close_asked)
        self._second = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._second.timeout.connect(self._tick)
        theme.changed.connect(self.retranslate)
        self.retranslate()
        self._tick()

    def set_layout_name(self, name: str) -> None:
        self._layout_name = name
        self.layouts.set_text(_("Layout"), layout_title(name))

    def set_zone(self, zone: Zone) -> None:
        """The room's zone for the clock."""
        self._zone = zone
        self._show_time()

    def set_scene(self, text: str) -> None:
        """The name of the scene on the wall, "" when there is none. What a click does is the scenes' own affair."""
        self._scene = text
        self.scenes.set_text(_("Scene"), text or "–")

    def show_page(self, name: str) -> None:
        """Which tab is in force, "" for the wall's. The drop-downs concern the wall: under a page they are hidden."""
        for key, tab in self.tabs.items():
            tab.setChecked(key == name)
        if name and not self._of_wall:
            self._of_wall = [choice for choice in self.findChildren(Choice) if choice.isVisibleTo(self)]
        for choice in self._of_wall:
            choice.setVisible(not name)
        if not name:
            self._of_wall = []

    def set_count(self, count: Count) -> None:
        self._count = count
        self.counts.set_words(*count_words(count, self._theme))

    def open_layouts(self) -> None:
        """The drop-down; a popup, not modal: the wall goes on below it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            action = menu.addAction(layout_title(name))
            action.setCheckable(True)
            action.setChecked(name == self._layout_name)
            action.triggered.connect(partial(self.layout_chosen.emit, name))
        menu.popup(self.layouts.mapToGlobal(QPoint(0, self.layouts.height())))

    def retranslate(self, *_theme: object) -> None:
        """Texts and colours in force."""
        self._name.set_words((("Lawang", 14, Weight.STRONG, self._theme.tokens.text),))
        self.set_scene(self._scene)
        self.set_layout_name(self._layout_name)
        self.tour.retranslate()
        self.set_count(self._count)
        for key, tab in self.tabs.items():
            tab.setText(_(self._titles[key]))
            tab.setAccessibleName(_("Page {title}").format(title=tab.text()))
        texts = (_("Minimise"), _("Fold docks"), _("Close window"))
        for button, text, name in zip(self._buttons, texts, ("minus", "corners-out", "x"), strict=True):
            button.setIcon(icon(name, self._theme.tokens.text))
            button.setAccessibleName(text)
            button.setToolTip(text)
        self._show_time()

    def _place(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Mark(self._theme))
        row.addSpacing(8)
        row.addWidget(self._name)
        row.addSpacing(16 if self.tabs else 24)
        self._place_tabs(row)
        row.addWidget(self.scenes)
        row.addWidget(self.layouts)
        row.addSpacing(8)
        row.addWidget(self.tour)
        row.addSpacing(16)
        row.addWidget(self.notice, 1)
        row.addSpacing(16)
        row.addWidget(self.counts)
        row.addSpacing(16)
        rule = QWidget()
        rule.setProperty("rule", True)
        rule.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rule.setFixedSize(1, 16)
        row.addWidget(rule)
        row.addSpacing(16)
        row.addWidget(self._clock)
        row.addSpacing(8)
        for button in self._buttons:
            button.setProperty("bar", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)

    def _place_tabs(self, row: QHBoxLayout) -> None:
        group = QButtonGroup(self)
        for key, tab in self.tabs.items():
            tab.setProperty("tab", True)
            tab.setCheckable(True)
            tab.setChecked(not key)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tab.clicked.connect(partial(self._tab_clicked, key))
            group.addButton(tab)
            row.addWidget(tab)
            row.addSpacing(4)
        if self.tabs:
            row.addSpacing(12)

    def _tab_clicked(self, name: str, _checked: bool = True) -> None:
        self.page_chosen.emit(name)

    def _tick(self) -> None:
        self._show_time()
        # Next full second, and 5 ms into it, so that an early timer never shows the same second twice.
        self._second.start(1005 - datetime.now(UTC).microsecond // 1000)

    def _show_time(self) -> None:
        self._clock.set_words(clock_words(local(datetime.now(UTC), self._zone), self._zone.value, self._theme))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.window().windowHandle()
        if event.button() is Qt.MouseButton.LeftButton and handle is not None and not self.window().isFullScreen():
            handle.startSystemMove()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        window = self.window()
        if not window.isFullScreen():
            window.setWindowState(window.windowState() ^ Qt.WindowState.WindowMaximized)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.retranslate()


def layout_title(name: str) -> str:
    """A layout as operators read it: 4×4, 1+7, Panorama 3, Custom."""
    if name.startswith("pano"):
        return _("Panorama {size}").format(size=name[4:])
    if name.startswith("custom:"):
        return _("Custom")
    return name.replace("x", "×")
