"""The pages of one console: a cover over everything below its title bar; each page is built when first opened.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.runtime.language import gettext as _
from widgets.pages import Page
from widgets.panels import Moment, PanelWidget, Surroundings


class Cover(QWidget):
    """Opaque, so that Qt paints nothing of the wall below. ``leave_asked`` when Esc was of no use to the page."""

    leave_asked = Signal()

    def __init__(self, parent: QWidget, pages: Sequence[Page], around: Surroundings) -> None:
        super().__init__(parent)
        self._around = around
        self._pages = {page.name: page for page in pages}
        self._built: dict[str, QWidget] = {}
        self.page = ""
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack = QStackedLayout(self)
        self.hide()

    def built(self, name: str) -> QWidget | None:
        """The page, when it was opened before."""
        return self._built.get(name)

    def show_page(self, name: str) -> None:
        """Raises KeyError for a page that is none of this console's."""
        self.page = name
        if name:
            new = name not in self._built
            page = self._page(name)
            self._stack.setCurrentWidget(page)
            self.show()
            self.raise_()
            if new:
                page.setFocus(Qt.FocusReason.OtherFocusReason)      # Qt gave it to its first button
            else:
                self.take_keyboard()
        else:
            self.hide()

    def take_keyboard(self) -> None:
        """The keyboard to the page, wherever in it it was last."""
        page = self._built[self.page]
        (page.focusWidget() or page).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_moment(self, moment: Moment) -> None:
        """The truth, for the page that is seen."""
        if self.page:
            cast(PanelWidget, self._built[self.page]).show_moment(moment)

    def retranslate(self) -> None:
        for name, page in self._built.items():
            cast(PanelWidget, page).retranslate()
            page.setAccessibleName(_(self._pages[name].title))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Lists and fields are offered Esc before any command; what they leave of it ends here.
        if event.key() == Qt.Key.Key_Escape:
            self.leave_asked.emit()
        else:
            super().keyPressEvent(event)

    def _page(self, name: str) -> QWidget:
        page = self._built.get(name)
        if page is None:
            page = self._built[name] = self._pages[name].build(self._around)
            page.setAccessibleName(_(self._pages[name].title))
            self._stack.addWidget(page)
        return page
