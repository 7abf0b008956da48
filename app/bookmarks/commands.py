"""What an operator can do with bookmarks: rows only; the widgets bind them."""

from __future__ import annotations

from app.commands import KIOSK, Command
from app.runtime.language import mark as N_

_MARK = N_("Bookmarks")

COMMANDS: tuple[Command, ...] = (
    Command("bookmark.mark", N_("bookmark now"), _MARK, ("B",), by_widgets=True, menu="pane"),
    Command("bookmark.describe", N_("bookmark now, with words"), _MARK, ("Shift+B",), by_widgets=True),
    Command("bookmark.edit", N_("change a bookmark"), _MARK, when=~KIOSK, takes=("bookmark",), by_widgets=True,
            palette=False),
    Command("bookmark.delete", N_("delete a bookmark"), _MARK, when=~KIOSK, takes=("bookmark",), by_widgets=True,
            palette=False),
    Command("bookmark.undo", N_("undo the last change of bookmarks"), _MARK, when=~KIOSK, by_widgets=True),
    Command("bookmark.jump", N_("show a bookmark's pictures"), _MARK, takes=("bookmark",), by_widgets=True,
            palette=False),
    Command("bookmark.export", N_("export a bookmark's pictures"), _MARK, when=~KIOSK, takes=("bookmark",),
            by_widgets=True, palette=False),
)
