"""The tabs of a console's title bar: the wall and its pages; one drop-down of them where the bar is too narrow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QWidget

from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from widgets.theme import Theme
from widgets.window.bar_parts import Choice

_GAP_PX = 4


class PageTabs(QWidget):
    """``chosen`` carries a page's name, "" for the wall. ``pages``: name and English title of each page."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, pages: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = {"": N_("Wall"), **dict(pages)} if pages else {}
        self._page, self._compact = "", False
        self.buttons = {name: QPushButton() for name in self._titles}
        self.menu = Choice(theme)
        self.menu.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP_PX)
        group = QButtonGroup(self)
        for name, button in self.buttons.items():
            button.setProperty("tab", True)
            button.setCheckable(True)
            button.setChecked(not name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._clicked, name))
            group.addButton(button)
            row.addWidget(button)
        row.addWidget(self.menu)
        self.menu.clicked.connect(self._open)
        self.setVisible(bool(pages))

    def show_page(self, name: str) -> None:
        """Which one is in force."""
        self._page = name
        for key, button in self.buttons.items():
            button.setChecked(key == name)
        self._name_menu()

    def set_compact(self, on: bool) -> None:
        """One drop-down instead of a row of tabs."""
        if on != self._compact:
            self._compact = on
            for button in self.buttons.values():
                button.setVisible(not on)
            self.menu.setVisible(on and bool(self.buttons))

    @property
    def full_width(self) -> int:
        """Pixels that the row of tabs takes."""
        return sum(button.sizeHint().width() + _GAP_PX for button in self.buttons.values())

    def retranslate(self) -> None:
        for key, button in self.buttons.items():
            button.setText(_(self._titles[key]))
            button.setAccessibleName(_("Page {title}").format(title=button.text()))
        self._name_menu()

    def _name_menu(self) -> None:
        self.menu.set_text(_("Page"), _(self._titles[self._page]) if self._page in self._titles else "")

    def _clicked(self, name: str, _checked: bool = True) -> None:
        # The tab in force follows what is shown, not the click: a page may be refused.
        self.show_page(self._page)
        self.chosen.emit(name)

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, title in self._titles.items():
            action = menu.addAction(_(title))
            action.setCheckable(True)
            action.setChecked(name == self._page)
            action.triggered.connect(partial(self._clicked, name))
        menu.popup(self.menu.mapToGlobal(QPoint(0, self.menu.height())))
