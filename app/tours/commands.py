"""What an operator can do with tours: rows only; widgets.tours does it, for a tour is about pictures on a screen."""

from __future__ import annotations

from app.commands import KIOSK, Command
from app.runtime.language import mark as N_

_LAYOUTS = N_("Layouts, scenes, tours")
_FREE = ~KIOSK                                                 # kiosk locks every change

COMMANDS: tuple[Command, ...] = (
    Command("tour.toggle", N_("start the tour, or pause it"), _LAYOUTS, ("T",), when=_FREE, by_widgets=True),
    Command("tour.next", N_("next page of the tour"), _LAYOUTS, ("N",), when=_FREE, by_widgets=True),
    Command("tour.previous", N_("previous page of the tour"), _LAYOUTS, ("P",), when=_FREE, by_widgets=True),
    Command("tour.stop", N_("end the tour, back to what was shown before"), _LAYOUTS, ("Shift+T",), when=_FREE,
            by_widgets=True),
    Command("tour.start", N_("start a tour in this window"), _LAYOUTS, when=_FREE, takes=("tour",), palette=False,
            by_widgets=True),
    Command("tour.choose", N_("choose a tour"), _LAYOUTS, ("Ctrl+T",), when=_FREE, by_widgets=True),
)
