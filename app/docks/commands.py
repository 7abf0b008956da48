"""What an operator can do with the docks of a console: rows only; the widgets do it."""

from __future__ import annotations

from app.commands import CONSOLE, KIOSK, Command
from app.runtime.language import mark as N_

_WINDOWS = N_("Windows")
_HERE = CONSOLE & ~KIOSK

COMMANDS: tuple[Command, ...] = (
    *(Command(f"dock.{edge}", title, _WINDOWS, (key,), when=_HERE, typing=True, by_widgets=True,
              fixed=(("edge", edge),))
      for edge, title, key in (("left", N_("fold the left dock, or show it"), "Ctrl+Alt+Left"),
                               ("right", N_("fold the right dock, or show it"), "Ctrl+Alt+Right"),
                               ("bottom", N_("fold the lower dock, or show it"), "Ctrl+Alt+Down"))),
    Command("dock.larger", N_("make the dock larger"), _WINDOWS, ("Ctrl+Alt++",), when=_HERE, typing=True,
            by_widgets=True),
    Command("dock.smaller", N_("make the dock smaller"), _WINDOWS, ("Ctrl+Alt+-",), when=_HERE, typing=True,
            by_widgets=True),
    Command("dock.earlier", N_("move this panel towards the first in its dock"), _WINDOWS, ("Ctrl+Alt+PgUp",),
            when=_HERE, typing=True, by_widgets=True),
    Command("dock.later", N_("move this panel towards the last in its dock"), _WINDOWS, ("Ctrl+Alt+PgDn",),
            when=_HERE, typing=True, by_widgets=True),
    Command("dock.reset", N_("docks back to their first sizes and order"), _WINDOWS, when=_HERE, by_widgets=True),
)
