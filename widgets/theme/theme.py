"""Which theme is in force, and the switch that gives it to the whole application while it runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from widgets.theme.fonts import font, load_fonts
from widgets.theme.icons import load_icons
from widgets.theme.stylesheet import palette, stylesheet
from widgets.theme.tokens import DARK, LIGHT, Tokens

THEMES = {tokens.name: tokens for tokens in (DARK, LIGHT)}


class Theme(QObject):
    """The tokens in force. ``changed`` is emitted on the GUI thread with the new Tokens.

    Widgets that only use the style sheet need not listen; who paints by hand takes ``tokens`` and listens.
    """

    changed = Signal(object)

    def __init__(self, name: str = "dark", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = THEMES[name]

    def install(self, application: QApplication) -> None:
        """Fonts, palette and style sheet for the application; Fusion, because native styles paint past the sheet."""
        load_fonts()
        load_icons()
        application.setStyle("Fusion")
        application.setFont(font(12))
        self._dress(application)

    def switch(self, name: str) -> None:
        """Dark or light, at once in every window. Raises KeyError for an unknown name."""
        tokens = THEMES[name]
        if tokens is self.tokens:
            return
        self.tokens = tokens
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self._dress(application)
        self.changed.emit(tokens)

    def toggle(self) -> None:
        """The other one."""
        self.switch("light" if self.tokens.dark else "dark")

    def _dress(self, application: QApplication) -> None:
        colours: QPalette = palette(self.tokens)
        application.setPalette(colours)
        application.setStyleSheet(stylesheet(self.tokens))
