"""The commands that need a screen: palette, help, find, screens, language, theme, end. Bound here and nowhere else.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.commands import Dispatcher
from app.runtime.language import set_language
from widgets.theme import Theme
from widgets.wall import MenuRow
from widgets.window.key_caps import written


class QtCommands:
    """Takes the doing as functions, so that no window has to be known here. ``keep`` stores a setting, at once."""

    def __init__(self, dispatcher: Dispatcher, theme: Theme, keep: Callable[[str, str], None],
                 does: Mapping[str, Callable[..., None]]) -> None:
        """``does``: handlers by command id for palette.open, help.keys, camera.find, window.*, pane.retry, quit."""
        self._theme, self._keep = theme, keep
        own = {"language.id": self._language, "language.en": self._language,
               "theme.dark": self._switch, "theme.light": self._switch}
        for command_id, handler in {**does, **own}.items():
            dispatcher.bind(command_id, handler)

    def _language(self, language: str) -> None:
        set_language(language)
        self._keep("window.language", language)

    def _switch(self, theme: str) -> None:
        self._theme.switch(theme)
        self._keep("window.theme", theme)


def pane_menu(dispatcher: Dispatcher) -> Callable[[str, int], list[MenuRow]]:
    """The rows of a pane's right-click menu, from the command table."""
    def rows(_window: str, _pane: int) -> list[MenuRow]:
        return [MenuRow(row.id, row.text[:1].upper() + row.text[1:],
                        ", ".join(map(written, dispatcher.keymap.keys_of(row.id))), dispatcher.available(row.id))
                for row in dispatcher.table.menu("pane")]
    return rows

