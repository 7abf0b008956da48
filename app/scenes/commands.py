"""What an operator can do with scenes: rows only; app.scenes.handlers and widgets.scenes do it."""

from __future__ import annotations

from app.commands import KIOSK, Command
from app.runtime.language import mark as N_

_LAYOUTS = N_("Layouts, scenes, tours")
_WINDOWS = N_("Windows")
_FREE = ~KIOSK                                                 # kiosk locks every change

COMMANDS: tuple[Command, ...] = (
    Command("scene.key", N_("scene or tour 1 to 9"), _LAYOUTS, when=_FREE, takes=("key",), takes_key=True,
            keys=tuple(f"Ctrl+{digit}" for digit in range(1, 10)), palette=False),
    Command("scene.list", N_("scenes: call, save, rename, delete"), _LAYOUTS, ("S",), when=_FREE, by_widgets=True),
    Command("scene.save_as", N_("save what is shown as a scene"), _LAYOUTS, ("Ctrl+S",), when=_FREE, by_widgets=True),
    Command("scene.overwrite_current", N_("save this scene again as it is now"), _LAYOUTS, ("Ctrl+Shift+S",),
            when=_FREE),
    Command("scene.undo", N_("undo the last change of the scenes"), _LAYOUTS, ("Ctrl+Shift+Z",), when=_FREE),
    Command("scene.call", N_("call a scene"), _LAYOUTS, when=_FREE, takes=("scene",), palette=False),
    Command("scene.put", N_("call a scene onto one window"), _LAYOUTS, when=_FREE, takes=("scene", "window"),
            palette=False),
    Command("scene.save", N_("save a scene"), _LAYOUTS, when=_FREE, takes=("name", "number", "windows"),
            palette=False),
    Command("scene.overwrite", N_("overwrite a scene"), _LAYOUTS, when=_FREE, takes=("scene",), palette=False),
    Command("scene.change", N_("rename or renumber a scene"), _LAYOUTS, when=_FREE, takes=("scene",), palette=False),
    Command("scene.delete", N_("delete a scene"), _LAYOUTS, when=_FREE, takes=("scene",), palette=False),
    Command("miniature.focus", N_("the wall in small: walk its panes"), _WINDOWS, ("M",), by_widgets=True),
    Command("window.go", N_("go to a window"), _WINDOWS, takes=("window",), by_widgets=True),
)
