"""What an operator can do about kiosk mode: the widgets do it. What it locks is in every row's own condition."""

from __future__ import annotations

from app.commands import Command
from app.runtime.language import mark as N_

COMMANDS: tuple[Command, ...] = (
    Command("kiosk.toggle", N_("kiosk: lock every change, or unlock"), N_("Windows"), ("F9",), typing=True,
            by_widgets=True),
)
