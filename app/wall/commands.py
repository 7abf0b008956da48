"""What an operator can do with the wall: rows only; app.wall.handlers and the widgets do it."""

from __future__ import annotations

from app.commands import ALONE, ALWAYS, CAMERA, CONSOLE, ENTRY, KIOSK, PTZ, REPLAY, SEVERAL, ZOOMED, Command
from app.model.pane import Fit, StreamWish
from app.runtime.language import mark as N_
from layouts import MENU

_CALL = N_("Call up by number")
_PANES = N_("Panes")
_FIND = N_("Find and help")
_STEER = N_("Steer a camera")
_LAYOUTS = N_("Layouts, scenes, tours")
_WINDOWS = N_("Windows")
_PROGRAM = N_("Program")

_FREE = ~KIOSK                                                 # kiosk locks every change
_DIGITAL = ~PTZ | REPLAY                                       # a camera that turns is zoomed itself, its past is not

_CALL_UP = (
    Command("number.key", N_("type a camera number"), _CALL, when=_FREE, takes=("key",), takes_key=True, palette=False,
            keys=("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "Num ,")),
    Command("number.pane", N_("type the number of a pane or monitor"), _CALL, (".",), when=_FREE & ~REPLAY,
            takes=("key",), takes_key=True, palette=False),
    Command("number.enter", N_("show this camera here"), _CALL, ("Enter",), when=ENTRY & _FREE, palette=False),
    Command("number.back", N_("take back a digit"), _CALL, ("Backspace",), when=ENTRY, palette=False),
    Command("number.cancel", N_("forget the number"), _CALL, ("Esc",), when=ENTRY, palette=False),
    Command("number.call", N_("show a camera by its number"), _CALL, when=_FREE, takes=("number",), palette=False),
)

_PANE = (
    Command("pane.next", N_("next pane"), _PANES, ("Tab",)),
    Command("pane.previous", N_("previous pane"), _PANES, ("Shift+Tab",)),
    *(Command(f"pane.go_{way}", title, _PANES, (f"Ctrl+{way.title()}",), fixed=(("direction", way),), palette=False)
      for way, title in (("left", N_("pane on the left")), ("up", N_("pane above")), ("right", N_("pane on the right")),
                         ("down", N_("pane below")))),
    Command("pane.select", N_("select a pane"), _PANES, takes=("pane",), palette=False),
    Command("pane.alone", N_("this pane alone, or back"), _PANES, ("Enter",), when=~ENTRY & (CAMERA | ALONE),
            menu="pane"),
    Command("pane.back", N_("back, exactly as before"), _PANES, ("Esc",), when=ALONE & ~ENTRY),
    Command("pane.previous_camera", N_("camera with the previous number"), _PANES, ("[",), when=_FREE),
    Command("pane.next_camera", N_("camera with the next number"), _PANES, ("]",), when=_FREE),
    Command("pane.put", N_("show a camera in a pane"), _PANES, when=_FREE, takes=("camera",), palette=False),
    Command("pane.swap", N_("swap two panes"), _PANES, when=_FREE, takes=("pane", "to_pane"),
            palette=False),
    *(Command(f"pane.swap_{way}", title, _PANES, (f"Ctrl+Shift+{way.title()}",), when=_FREE & ~ALONE,
              fixed=(("direction", way),))
      for way, title in (("left", N_("swap with the pane on the left")), ("up", N_("swap with the pane above")),
                         ("right", N_("swap with the pane on the right")), ("down", N_("swap with the pane below")))),
    Command("pane.retry", N_("try this camera again now"), _PANES, ("F5",), when=CAMERA, menu="pane", by_widgets=True),
    Command("pane.memory_back", N_("the camera that this pane showed before"), _PANES, ("Alt+Left",), when=_FREE,
            menu="pane"),
    Command("pane.memory_forward", N_("forward again in this pane's cameras"), _PANES, ("Alt+Right",), when=_FREE),
    Command("pane.memory_first", N_("the oldest camera that this pane remembers"), _PANES, ("Alt+Home",), when=_FREE),
    *(Command(f"pane.stream_{wish}", title, _PANES, when=CAMERA & _FREE, menu="pane", fixed=(("wish", wish.value),))
      for wish, title in ((StreamWish.AUTO, N_("stream chosen by size")), (StreamWish.MAIN, N_("main stream")),
                          (StreamWish.SUB, N_("small stream")))),
    Command("pane.clear", N_("empty this pane"), _PANES, ("Delete",), when=CAMERA & _FREE, menu="pane"),
    Command("wall.undo", N_("undo the last change of the wall"), _PANES, ("Ctrl+Z",), when=_FREE),
)

_ZOOM = (
    Command("view.zoom_in", N_("zoom in while held"), _STEER, ("+", "=", "PgUp"), hold=True,
            when=CAMERA & _DIGITAL),
    Command("view.zoom_out", N_("zoom out while held"), _STEER, ("-", "PgDn"), hold=True, when=CAMERA & _DIGITAL),
    *(Command(f"view.pan_{way}", title, _STEER, (way.title(),), hold=True, when=ZOOMED & _DIGITAL,
              palette=False, fixed=(("direction", way),))
      for way, title in (("left", N_("look left while held")), ("up", N_("look up while held")),
                         ("right", N_("look right while held")), ("down", N_("look down while held")))),
    Command("view.reset", N_("whole picture"), _STEER, ("Home",), when=ZOOMED & _DIGITAL, menu="pane"),
    Command("view.set", N_("show a part of the picture"), _STEER, when=ALWAYS, takes=("pane", "view"), palette=False),
)

_LAYOUT = (
    Command("layout.next", N_("next layout"), _LAYOUTS, ("L",), when=_FREE & ~REPLAY),
    Command("layout.previous", N_("previous layout"), _LAYOUTS, ("Shift+L",), when=_FREE & ~REPLAY),
    Command("layout.set", N_("set a layout by name"), _LAYOUTS, when=_FREE, takes=("name",), palette=False),
    *(Command(f"layout.{name}", N_("layout {name}"), _LAYOUTS, when=_FREE, menu="layout", fixed=(("name", name),))
      for name in MENU),
    *(Command(f"fit.{fit}", title, _LAYOUTS, when=_FREE, menu="fit", fixed=(("fit", fit.value),))
      for fit, title in ((Fit.FIT, N_("whole pictures, with bars")), (Fit.FILL, N_("pictures cut to fill their panes")),
                         (Fit.STRETCH, N_("pictures stretched to their panes")))),
)

_WINDOW = (
    Command("window.fullscreen", N_("full screen, docks folded"), _WINDOWS, ("F11",), when=_FREE, typing=True),
    Command("window.docks", N_("fold the docks, or show them"), _WINDOWS, ("F10",), when=CONSOLE & _FREE, typing=True),
    Command("window.next_screen", N_("next screen"), _WINDOWS, ("F8",), when=SEVERAL, typing=True, by_widgets=True),
    Command("window.identify", N_("show screen numbers"), _WINDOWS, ("Ctrl+Shift+I",), typing=True, by_widgets=True),
    Command("window.new", N_("new wall window"), _WINDOWS, ("Ctrl+N",), when=_FREE, typing=True),
    Command("window.close", N_("close this window"), _WINDOWS, ("Ctrl+W",), when=SEVERAL & _FREE, typing=True),
)

_REST = (
    Command("palette.open", N_("command palette"), _FIND, ("Ctrl+K",), typing=True, palette=False, by_widgets=True),
    Command("help.keys", N_("keys in force"), _FIND, ("F1",), typing=True, by_widgets=True),
    Command("camera.find", N_("find camera"), _FIND, ("/",), by_widgets=True),
    Command("language.id", N_("Bahasa Indonesia"), _PROGRAM, when=_FREE, menu="language", by_widgets=True, pages=True,
            fixed=(("language", "id"),)),
    Command("language.en", N_("English"), _PROGRAM, when=_FREE, menu="language", by_widgets=True, pages=True,
            fixed=(("language", "en"),)),
    Command("theme.dark", N_("dark theme"), _PROGRAM, when=_FREE, menu="theme", by_widgets=True, pages=True,
            fixed=(("theme", "dark"),)),
    Command("theme.light", N_("light theme, for daylight rooms"), _PROGRAM, when=_FREE, menu="theme", by_widgets=True,
            pages=True, fixed=(("theme", "light"),)),
    Command("program.quit", N_("end Lawang"), _PROGRAM, ("Ctrl+Q",), when=_FREE, typing=True, by_widgets=True),
)

COMMANDS: tuple[Command, ...] = (*_CALL_UP, *_PANE, *_REST[:3], *_ZOOM, *_LAYOUT, *_WINDOW, *_REST[3:])

# What the mouse does on a picture, for the help page: gesture and effect. The widgets send the commands named last.
MOUSE: tuple[tuple[str, str, str], ...] = (
    (N_("Click"), N_("select the pane"), "pane.select"),
    (N_("Double click"), N_("this pane alone, or back"), "pane.alone"),
    (N_("Wheel"), N_("digital zoom about the pointer"), "view.set"),
    (N_("Drag"), N_("move the picture when zoomed, else swap panes"), "pane.swap"),
    (N_("Ctrl+click"), N_("centre that point with a camera that turns"), "ptz.centre"),
    (N_("Ctrl+drag"), N_("zoom such a camera into the box"), "ptz.centre"),
    (N_("Right click"), N_("commands of the pane"), ""),
)
MOUSE_GROUP = N_("Mouse on the picture")
