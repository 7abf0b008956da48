"""What an operator can do with a camera that turns: rows only; widgets.ptz binds them."""

from __future__ import annotations

from app.commands import KIOSK, PTZ, REPLAY, Command
from app.runtime.language import mark as N_

_STEER = N_("Steer a camera")
_HERE = PTZ & ~KIOSK & ~REPLAY      # nobody steers what he does not see
_WAYS = (("left", N_("turn left while held"), ("Left", "Shift+Left")),
         ("right", N_("turn right while held"), ("Right", "Shift+Right")),
         ("up", N_("tilt up while held"), ("Up", "Shift+Up")),
         ("down", N_("tilt down while held"), ("Down", "Shift+Down")),
         ("in", N_("zoom in while held"), ("+", "=", "PgUp", "Shift+PgUp")),
         ("out", N_("zoom out while held"), ("-", "PgDn", "Shift+PgDn")))

COMMANDS: tuple[Command, ...] = (
    *(Command(f"ptz.{way}", title, _STEER, keys, hold=True, when=_HERE, palette=False, fixed=(("way", way),))
      for way, title, keys in _WAYS),
    Command("ptz.home", N_("home position"), _STEER, ("Home",), when=_HERE, menu="pane"),
    *(Command(f"ptz.preset_{n}", N_("preset {preset}"), _STEER, (f"Alt+{n}",), when=_HERE, palette=False,
              fixed=(("preset", n),)) for n in range(1, 10)),
    *(Command(f"ptz.store_{n}", N_("store here as preset {preset}"), _STEER, (f"Alt+Shift+{n}",), when=_HERE,
              palette=False, fixed=(("preset", n),)) for n in range(1, 10)),
    Command("ptz.go", N_("go to a preset"), _STEER, when=_HERE, takes=("token",), palette=False),
    # From a tour: of any camera, also behind a locked wall; a hand on the camera goes first.
    Command("ptz.visit", N_("look at a preset for a tour"), _STEER, takes=("camera", "token"), palette=False),
    Command("ptz.store", N_("store a preset"), _STEER, when=_HERE, takes=("token",), palette=False),
    Command("ptz.remove", N_("remove a preset"), _STEER, when=_HERE, takes=("token",), palette=False),
    Command("ptz.rename", N_("name a preset"), _STEER, when=_HERE, takes=("token", "name"), palette=False),
    Command("ptz.patrol", N_("start or end the patrol"), _STEER, ("Y",), when=_HERE, menu="pane"),
    Command("ptz.set_home", N_("make this the home position"), _STEER, when=_HERE, menu="pane"),
    Command("ptz.drag", N_("steer by dragging from the middle"), _STEER, when=_HERE, takes=("pan", "tilt"),
            palette=False),
    Command("ptz.centre", N_("centre a point of the picture, zoom into a box of it"), _STEER, when=_HERE,
            takes=("x", "y", "closer"), palette=False),
    Command("ptz.wheel", N_("zoom with the wheel"), _STEER, when=_HERE, takes=("notches",), palette=False),
    Command("ptz.scan", N_("turn round and round, or stop that"), _STEER, ("O",), when=_HERE, menu="pane"),
    Command("ptz.scan_from", N_("scan from here"), _STEER, when=_HERE, menu="pane", fixed=(("end", "first"),)),
    Command("ptz.scan_to", N_("scan to here"), _STEER, when=_HERE, menu="pane", fixed=(("end", "last"),)),
    Command("ptz.scan_round", N_("scan all around again"), _STEER, when=_HERE, fixed=(("end", "none"),)),
    Command("ptz.stop", N_("stand still"), _STEER, ("X",), when=PTZ),
    Command("ptz.autofocus", N_("focus by itself"), _STEER, ("A",), when=_HERE, menu="pane"),
    Command("ptz.near", N_("focus nearer while held"), _STEER, ("Shift+A",), hold=True, when=_HERE, palette=False,
            fixed=(("action", "near"),)),
    Command("ptz.far", N_("focus farther while held"), _STEER, ("Shift+F",), hold=True, when=_HERE, palette=False,
            fixed=(("action", "far"),)),
    Command("ptz.iris_open", N_("open the iris while held"), _STEER, ("Shift+I",), hold=True, when=_HERE,
            palette=False, fixed=(("action", "iris-open"),)),
    Command("ptz.iris_close", N_("close the iris while held"), _STEER, ("Shift+O",), hold=True, when=_HERE,
            palette=False, fixed=(("action", "iris-close"),)),
    Command("ptz.iris_auto", N_("iris by itself"), _STEER, when=_HERE, menu="pane"),
    Command("ptz.release", N_("let the camera go"), _STEER, when=_HERE),
    Command("ptz.extend", N_("hold the camera a minute longer"), _STEER, when=_HERE),
    Command("ptz.take_over", N_("take the camera over, with a reason"), _STEER, ("Shift+H",), when=_HERE, menu="pane"),
    Command("ptz.tour", N_("start or stop a tour of the camera"), _STEER, when=_HERE, takes=("token", "start"),
            palette=False),
    Command("ptz.auxiliary", N_("an auxiliary command of the camera"), _STEER, when=_HERE, takes=("word",),
            palette=False),
    Command("ptz.home_after", N_("when this camera goes home"), _STEER, when=_HERE, takes=("seconds",), palette=False),
    Command("ptz.filter", N_("day, night, by itself"), _STEER, when=_HERE, menu="pane"),
    Command("ptz.slower", N_("steer slower"), _STEER, (",",), when=_HERE, palette=False),
    Command("ptz.faster", N_("steer faster"), _STEER, ("Shift+,", ";"), when=_HERE, palette=False),
    Command("ptz.wiper", N_("wiper"), _STEER, ("W",), when=_HERE, menu="pane"),
    Command("ptz.infrared", N_("infrared lamp: on, off, by itself"), _STEER, ("R",), when=_HERE, menu="pane"),
)
