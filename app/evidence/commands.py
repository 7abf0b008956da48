"""What an operator can do with recordings that are handed out: rows only; the widgets bind them."""

from __future__ import annotations

from app.commands import CAMERA, KIOSK, Command
from app.runtime.language import mark as N_

_CASES = N_("Cases")

COMMANDS: tuple[Command, ...] = (
    # cameras: ids in the order of the report; t0 and t1 in UTC microseconds.
    Command("case.export", N_("export a marked span as a case"), _CASES, when=~KIOSK, takes=("cameras", "t0", "t1"),
            by_widgets=True, palette=False),
    Command("case.show", N_("show what is being exported"), _CASES, ("Ctrl+Shift+E",), when=~KIOSK, by_widgets=True,
            pages=True),
    Command("case.cancel", N_("cancel the export"), _CASES, when=~KIOSK, by_widgets=True),
    Command("case.zones", N_("hide parts of this camera's picture in viewing copies"), _CASES, when=CAMERA & ~KIOSK,
            by_widgets=True, menu="pane"),
)
