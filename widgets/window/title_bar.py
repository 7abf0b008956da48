"""The console's title bar: mark, layout, what was refused, the station's counts, the clock, window buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.runtime.language import gettext as _
from app.runtime.zone import Zone, in_force, local
from layouts import MENU
from widgets.theme import Theme, Weight, font, icon
from widgets.tours.choice import TourChoice
from widgets.window.bar_parts import BAR_PX, Choice, Mark, Sign, Words, clock_words, count_words
from widgets.window.counts import Count
from widgets.window.notice import Notice
from widgets.window.page_tabs import PageTabs

zone_in_force = in_force        # windows know it by this name


_NOTICE_PX = 120            # room for the line that says what was refused


class TitleBar(QWidget):
    """40 px high. Dragging an empty part moves the window, a double click makes it large."""

    layout_chosen = Signal(str)
    page_chosen = Signal(str)           # a page's name, "" for the wall
    left = Signal()                     # Esc: the wall wants the keyboard back
    fold_asked = Signal()
    close_asked = Signal()

    def __init__(self, theme: Theme, zone: Zone, parent: QWidget | None = None,
                 pages: Sequence[tuple[str, str]] = ()) -> None:
        """``pages``: name and English title of each page beside the wall."""
        super().__init__(parent)
        self._theme, self._zone = theme, zone
        self.tabs = PageTabs(theme, pages)
        self.tabs.chosen.connect(self.page_chosen)
        self._of_wall: list[Choice] = []
        self._signs: list[Sign] = []
        self._count = Count()
        self._no_date = self._no_age = False    # what the bar has no room for, and how wide that would be, in px
        self._date_px = self._age_px = 0
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
        self.layout_note: Callable[[str], str] = lambda _name: ""       # what a layout would take of this machine
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
        self.tabs.show_page(name)
        if name and not self._of_wall:
            self._of_wall = [choice for choice in self.findChildren(Choice)
                             if choice is not self.tabs.menu and choice.isVisibleTo(self)]
        for choice in self._of_wall:
            choice.setVisible(not name)
        if not name:
            self._of_wall = []
        self._fit()

    def _fit(self) -> None:
        """In a narrow window the tabs become one drop-down, the clock loses its date, the counts their age, the
        program its name, and features' signs their words."""
        needed = 0
        for place in range(self._row.count()):
            item = self._row.itemAt(place)
            widget = item.widget() if item is not None else None
            if item is not None and (widget is None or (widget not in (self.tabs, self.notice)
                                     and widget.isVisibleTo(self))):
                needed += (widget or item).sizeHint().width()
        needed += 16 + sum(sign.full_px - sign.sizeHint().width() for sign in self._signs if sign.isVisibleTo(self))
        tabs = self.tabs.full_width
        self.tabs.set_compact(needed + tabs + _NOTICE_PX > self.width())
        whole = needed + (self.tabs.menu.sizeHint().width() if self.tabs.menu.isVisibleTo(self) else tabs) \
            + (self._date_px if self._no_date else 0) + (self._age_px if self._no_age else 0) \
            + (0 if self._name.isVisibleTo(self) else self._name.sizeHint().width())
        no_date, no_age = whole > self.width(), whole - self._date_px > self.width()
        self._name.setVisible(whole - self._date_px - self._age_px <= self.width())
        least = whole - self._date_px - self._age_px - self._name.sizeHint().width()
        for sign in self._signs:
            sign.fold(least > self.width())
        if no_age != self._no_age:
            self._no_age = no_age
            self._show_count()
        if no_date != self._no_date:
            self._no_date = no_date
            self._show_time()

    def add_sign(self, sign: Sign) -> None:
        """A sign of a feature beside what the wall shows; hidden while it has nothing to say."""
        self._signs.append(sign)
        self._row.insertWidget(self._row.indexOf(self.notice), sign)

    def refit(self) -> None:
        """A sign came or went, or says something longer."""
        self._fit()

    def set_count(self, count: Count) -> None:
        self._count = count
        self._show_count()
        self._fit()

    def open_layouts(self) -> None:
        """The drop-down; a popup, not modal: the wall goes on below it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            action = menu.addAction("\t".join(filter(None, (layout_title(name), self.layout_note(name)))))
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
        self.tabs.retranslate()
        texts = (_("Minimise"), _("Fold docks"), _("Close window"))
        for button, text, name in zip(self._buttons, texts, ("minus", "corners-out", "x"), strict=True):
            button.setIcon(icon(name, self._theme.tokens.text))
            button.setAccessibleName(text)
            button.setToolTip(text)
        self._show_time()
        self._fit()

    def _place(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Mark(self._theme))
        row.addSpacing(8)
        row.addWidget(self._name)
        row.addSpacing(16)
        row.addWidget(self.tabs)
        row.addSpacing(12)
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

    def _tick(self) -> None:
        self._show_time()
        # Next full second, and 5 ms into it, so that an early timer never shows the same second twice.
        self._second.start(1005 - datetime.now(UTC).microsecond // 1000)

    def _show_time(self) -> None:
        words = clock_words(local(datetime.now(UTC), self._zone), self._zone.value, self._theme)
        self._date_px = QFontMetrics(font(words[0][1])).horizontalAdvance(words[0][0])
        self._clock.set_words(words[1:] if self._no_date else words)

    def _show_count(self) -> None:
        """Where there is no room the age goes, unless it is what should be looked at."""
        words, sign = count_words(self._count, self._theme)
        age = () if self._count.late else words[1:]
        self._age_px = sum(QFontMetrics(font(size, weight)).horizontalAdvance(text) for text, size, weight, _c in age)
        self.counts.set_words(words[:1] if self._no_age and age else words, sign)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.window().windowHandle()
        if event.button() is Qt.MouseButton.LeftButton and handle is not None and not self.window().isFullScreen():
            handle.startSystemMove()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        window = self.window()
        if not window.isFullScreen():
            window.setWindowState(window.windowState() ^ Qt.WindowState.WindowMaximized)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

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
