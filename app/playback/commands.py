"""What an operator can do in the past: rows only; the widgets bind them."""

from __future__ import annotations

from app.commands import ALONE, CAMERA, CONSOLE, ENTRY, KIOSK, REPLAY, ZOOMED, Command
from app.runtime.language import mark as N_

_GROUP = N_("Replay")
_STEP = REPLAY & ~ZOOMED        # the arrows of a zoomed picture move over it

COMMANDS: tuple[Command, ...] = (
    Command("replay.back", N_("replay the last seconds"), _GROUP, ("Space",), when=CAMERA & ~REPLAY, by_widgets=True,
            menu="pane"),
    Command("replay.live", N_("back to live"), _GROUP, ("Space",), when=REPLAY, by_widgets=True, menu="pane"),
    Command("replay.leave", N_("back to live"), _GROUP, ("Esc",), when=REPLAY & ~ALONE & ~ENTRY, by_widgets=True,
            palette=False),
    Command("replay.earlier", N_("replay: ten seconds earlier"), _GROUP, ("Shift+Space",), when=REPLAY,
            by_widgets=True),
    Command("replay.pause", N_("replay: stand still, or go on"), _GROUP, ("K",), when=REPLAY, by_widgets=True),
    Command("replay.faster", N_("replay: forward, then faster"), _GROUP, ("L",), when=REPLAY, by_widgets=True),
    Command("replay.backward", N_("replay: backwards, then faster"), _GROUP, ("J",), when=REPLAY, by_widgets=True),
    Command("replay.slower", N_("replay: half as fast"), _GROUP, ("Shift+L", "Shift+J"), when=REPLAY,
            by_widgets=True),
    Command("replay.speed", N_("replay: set the speed"), _GROUP, when=REPLAY, takes=("eighths",), by_widgets=True,
            palette=False),
    *(Command(f"replay.{name}", title, _GROUP, (key,), when=REPLAY, by_widgets=True, fixed=(("step", step),))
      for name, title, key, step in (("frame_back", N_("one picture back"), ",", -1),
                                     ("frame_on", N_("one picture on"), ".", 1))),
    *(Command(f"replay.{name}", title, _GROUP, (key,), when=_STEP, by_widgets=True,
              fixed=(("seconds", seconds),), palette=False)
      for name, title, key, seconds in (
          ("step_back", N_("a step back: a picture while it stands, else 5 s"), "Left", -5),
          ("step_on", N_("a step on: a picture while it stands, else 5 s"), "Right", 5),
          ("minute_back", N_("a minute back"), "Shift+Left", -60),
          ("minute_on", N_("a minute on"), "Shift+Right", 60))),
    Command("replay.jump", N_("replay: go to a moment"), _GROUP, when=CAMERA, takes=("at",), by_widgets=True,
            palette=False),
    Command("replay.together", N_("the same moment on the other cameras, or only this one"), _GROUP, ("C",),
            when=REPLAY, by_widgets=True, menu="pane"),
    Command("replay.nearby", N_("the same moment on the cameras nearby"), _GROUP, ("Shift+C",),
            when=REPLAY & ~KIOSK, by_widgets=True, menu="pane"),
    Command("replay.mark_begin", N_("mark the beginning"), _GROUP, ("I",), when=REPLAY, by_widgets=True),
    Command("replay.mark_end", N_("mark the end"), _GROUP, ("O",), when=REPLAY, by_widgets=True),
    Command("replay.unmark", N_("forget the marks"), _GROUP, ("Shift+O",), when=REPLAY, by_widgets=True),
    Command("replay.export", N_("export the marked span of these cameras"), _GROUP, ("Ctrl+E",), when=REPLAY & ~KIOSK,
            by_widgets=True, menu="pane"),
    Command("replay.next_bookmark", N_("to the next bookmark"), _GROUP, ("F",), when=REPLAY, by_widgets=True),
    Command("replay.previous_bookmark", N_("to the previous bookmark"), _GROUP, ("Shift+F",), when=REPLAY,
            by_widgets=True),
    Command("timeline.closer", N_("timeline: a shorter stretch"), _GROUP, ("Z",), when=REPLAY, by_widgets=True),
    Command("timeline.farther", N_("timeline: a longer stretch"), _GROUP, ("Shift+Z",), when=REPLAY, by_widgets=True),
    Command("timeline.show", N_("timeline always, or only in replay"), _GROUP, ("Shift+G",), when=CONSOLE & ~KIOSK,
            by_widgets=True),
    Command("timeline.calendar", N_("days that have recordings"), _GROUP, ("G",), when=CAMERA, by_widgets=True),
)
