"""What an operator can do with bookmarks and replay: rows only; the widgets bind them."""

from __future__ import annotations

from app.commands import CAMERA, KIOSK, REPLAY, Command
from app.runtime.language import mark as N_

_MARK = N_("Bookmarks and replay")

COMMANDS: tuple[Command, ...] = (
    Command("bookmark.mark", N_("bookmark now"), _MARK, ("B",), by_widgets=True, menu="pane"),
    Command("bookmark.describe", N_("bookmark now, with words"), _MARK, ("Shift+B",), by_widgets=True),
    Command("bookmark.edit", N_("change a bookmark"), _MARK, when=~KIOSK, takes=("bookmark",), by_widgets=True,
            palette=False),
    Command("bookmark.delete", N_("delete a bookmark"), _MARK, when=~KIOSK, takes=("bookmark",), by_widgets=True,
            palette=False),
    Command("bookmark.undo", N_("bring the deleted bookmark back"), _MARK, when=~KIOSK, by_widgets=True),
    Command("bookmark.jump", N_("show a bookmark's pictures"), _MARK, takes=("bookmark",), by_widgets=True,
            palette=False),
    Command("bookmark.export", N_("export a bookmark's pictures"), _MARK, when=~KIOSK, takes=("bookmark",),
            by_widgets=True, palette=False),
    Command("replay.back", N_("replay the last seconds"), _MARK, ("Space",), when=CAMERA & ~REPLAY, by_widgets=True,
            menu="pane"),
    Command("replay.live", N_("back to live"), _MARK, ("Space",), when=REPLAY, by_widgets=True, menu="pane"),
    Command("replay.earlier", N_("replay: ten seconds earlier"), _MARK, ("Shift+Space",), when=REPLAY,
            by_widgets=True),
)
