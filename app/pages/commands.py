"""What an operator can do with the pages of a console: rows only; the widgets do it."""

from __future__ import annotations

from app.commands import KIOSK, PAGE, Command, on_page
from app.runtime.language import mark as N_

_PAGES = N_("Pages")
_REGISTER = N_("Cameras and owners")
_HERE = on_page("cameras") & ~KIOSK

_SWITCH = (
    Command("page.wall", N_("the wall"), _PAGES, ("F2",), when=PAGE, typing=True, by_widgets=True),
    Command("page.cameras", N_("page: cameras"), _PAGES, ("F3",), when=~KIOSK, typing=True, by_widgets=True),
    Command("page.availability", N_("page: availability"), _PAGES, ("F4",), when=~KIOSK, typing=True, by_widgets=True),
    Command("page.tours", N_("page: tours"), _PAGES, ("F6",), when=~KIOSK, typing=True, by_widgets=True),
    Command("page.bookmarks", N_("page: bookmarks"), _PAGES, ("F7",), when=~KIOSK, typing=True, by_widgets=True),
    Command("page.recording", N_("page: recording"), _PAGES, ("F12",), when=~KIOSK, typing=True, by_widgets=True),
    Command("page.settings", N_("page: settings"), _PAGES, ("Ctrl+,",), when=~KIOSK, typing=True, by_widgets=True),
    Command("page.leave", N_("back to the wall"), _PAGES, ("Esc",), when=PAGE, pages=True, by_widgets=True,
            palette=False),
)

_EDIT = (
    Command("register.find", N_("find in the list"), _REGISTER, ("/",), when=_HERE, pages=True, by_widgets=True,
            palette=False),
    Command("register.add", N_("add a camera"), _REGISTER, ("Insert",), when=_HERE, pages=True, by_widgets=True),
    Command("register.edit", N_("change the marked cameras"), _REGISTER, ("E",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.all", N_("mark all cameras of the list"), _REGISTER, ("Ctrl+A",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.delete", N_("delete the marked cameras"), _REGISTER, ("Delete",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.undo", N_("undo the last change of cameras"), _REGISTER, ("Ctrl+Z",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.import", N_("import a list of cameras"), _REGISTER, ("Ctrl+I",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.discover", N_("find cameras in the network"), _REGISTER, ("Ctrl+D",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.undo-import", N_("undo the last import"), _REGISTER, ("Ctrl+Shift+U",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.export", N_("export the list of cameras"), _REGISTER, ("Ctrl+E",), when=_HERE, pages=True,
            by_widgets=True),
    Command("register.show", N_("show this camera on the wall"), _REGISTER, ("Shift+Enter",), when=_HERE, pages=True,
            by_widgets=True, palette=False),
)

COMMANDS: tuple[Command, ...] = (*_SWITCH, *_EDIT)
