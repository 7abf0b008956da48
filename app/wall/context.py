"""What conditions may know about the wall at this moment."""

from __future__ import annotations

from app.commands import Context
from app.model.wall import WallState
from app.wall.transitions import panes_of


def context_of(state: WallState, window_id: str, *, typing: bool = False, entry: bool = False,
               kiosk: bool = False, page: str = "") -> Context:
    """The context of a key or click in that window; of the first window when the id is not (or no longer) there."""
    here = next((w for w in state.windows if w.id == window_id), state.windows[0] if state.windows else None)
    if here is None:
        return Context(typing=typing, entry=entry, kiosk=kiosk, windows=0, page=page)
    pane = panes_of(here)[here.selected]
    return Context(typing, here.id, here.kind, bool(pane.camera), here.alone is not None, pane.view.zoom > 1, entry,
                   len(state.windows), kiosk, page)
