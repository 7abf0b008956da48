"""What an operator can say about recording: rows only; the widgets bind them."""

from __future__ import annotations

from app.commands import CAMERA, KIOSK, Command, on_page
from app.runtime.language import mark as N_

_RECORDING = N_("Recording")
_HERE = on_page("recording") & ~KIOSK

COMMANDS: tuple[Command, ...] = (
    Command("recording.why", N_("why is this camera recorded, or why not"), _RECORDING, when=CAMERA, by_widgets=True,
            menu="pane"),
    Command("recording.always", N_("record this camera always"), _RECORDING, when=CAMERA & ~KIOSK, by_widgets=True),
    Command("recording.event", N_("record this camera around events"), _RECORDING, when=CAMERA & ~KIOSK,
            by_widgets=True),
    Command("recording.wall", N_("record this camera while on a wall, and keep it"), _RECORDING,
            when=CAMERA & ~KIOSK, by_widgets=True),
    Command("recording.never", N_("never record this camera"), _RECORDING, when=CAMERA & ~KIOSK, by_widgets=True),
    Command("recording.default", N_("no rule of its own for recording this camera"), _RECORDING,
            when=CAMERA & ~KIOSK, by_widgets=True),
    Command("rules.add", N_("a new rule of recording, for an area or a tag"), _RECORDING, ("Insert",), when=_HERE,
            pages=True, by_widgets=True),
    Command("rules.edit", N_("change this rule of recording"), _RECORDING, ("E",), when=_HERE, pages=True,
            by_widgets=True),
    Command("rules.remove", N_("delete this rule of recording"), _RECORDING, ("Delete",), when=_HERE, pages=True,
            by_widgets=True),
    Command("rules.undo", N_("undo the last change of the rules"), _RECORDING, ("Ctrl+Z",), when=_HERE, pages=True,
            by_widgets=True),
    Command("rules.find", N_("why a camera is recorded: number or name"), _RECORDING, ("/",), when=_HERE, pages=True,
            by_widgets=True),
)
