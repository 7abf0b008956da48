"""Everything an operator can do is a row of one table; keys, menus, palette, help and tests read it."""

from app.commands.command import Command, Right
from app.commands.conditions import (
    ALONE,
    ALWAYS,
    CAMERA,
    CONSOLE,
    ENTRY,
    KIOSK,
    PAGE,
    PAGE_NAMES,
    PTZ,
    REPLAY,
    SEVERAL,
    TYPING,
    ZOOMED,
    Condition,
    Context,
    on_page,
)
from app.commands.dispatcher import Dispatcher, Outcome, Ran, Result
from app.commands.keymap import KeyMap
from app.commands.table import Table

__all__ = ["ALONE", "ALWAYS", "CAMERA", "CONSOLE", "ENTRY", "KIOSK", "PAGE", "PAGE_NAMES", "PTZ", "REPLAY", "SEVERAL",
           "TYPING", "ZOOMED", "Command", "Condition", "Context", "Dispatcher", "KeyMap", "Outcome", "Ran",
           "Result", "Right", "Table", "on_page"]
