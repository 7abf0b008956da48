"""Why a command does nothing at this moment, in a few words: for the palette's and the help's faded rows. No Qt."""

from __future__ import annotations

from dataclasses import replace

from app.commands import Command, Context
from app.model.wall import WindowKind
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

# Tried one after the other: the first change that would make the command possible is what is missing.
_CHANGES: tuple[tuple[dict[str, object], str], ...] = (
    ({"kiosk": False}, N_("locked by kiosk")),
    ({"camera": True}, N_("needs a camera in the pane")),
    ({"ptz": True, "camera": True}, N_("needs a camera that turns")),
    ({"ptz": False}, N_("this camera turns instead")),
    ({"windows": 2}, N_("needs a second window")),
    ({"zoomed": True, "camera": True}, N_("needs a zoomed picture")),
    ({"alone": True}, N_("needs one pane alone")),
    ({"alone": False}, N_("not while one pane is alone")),
    ({"entry": True}, N_("while a number is typed")),
    ({"entry": False}, N_("not while a number is typed")),
    ({"kind": WindowKind.CONSOLE}, N_("in the console only")),
    ({"kind": WindowKind.WALL}, N_("in a wall window only")),
)


def why_not(row: Command, context: Context) -> str:
    """A few words, or "" when the command is possible now."""
    if row.when(context):
        return ""
    for change, words in _CHANGES:
        if row.when(replace(context, **change)):  # type: ignore[arg-type]  # the fields' own types, see _CHANGES
            return _(words)
    return _("not now")
