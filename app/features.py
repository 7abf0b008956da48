"""The features of the program, one line each: what an operator can do."""

from __future__ import annotations

import app.bookmarks.commands
import app.docks.commands
import app.events.commands
import app.evidence.commands
import app.kiosk.commands
import app.pages.commands
import app.playback.commands
import app.ptz.commands
import app.recording.commands
import app.scenes.commands
import app.tours.commands
import app.wall.commands
from app.commands import Command, Table

FEATURES: tuple[tuple[Command, ...], ...] = (
    app.wall.commands.COMMANDS,
    app.ptz.commands.COMMANDS,
    app.bookmarks.commands.COMMANDS,
    app.events.commands.COMMANDS,
    app.recording.commands.COMMANDS,
    app.playback.commands.COMMANDS,
    app.pages.commands.COMMANDS,
    app.scenes.commands.COMMANDS,
    app.tours.commands.COMMANDS,
    app.kiosk.commands.COMMANDS,
    app.docks.commands.COMMANDS,
    app.evidence.commands.COMMANDS,
)


def table() -> Table:
    """All rows together. Raises ValueError when two features claim one id or one key."""
    return Table(row for rows in FEATURES for row in rows)
