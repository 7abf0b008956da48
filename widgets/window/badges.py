"""What panes bear besides their state: recording, who steers, replay. Features contribute, one owner sets them.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from app.model.wall import WallState
from app.video.engine import PaneKey
from app.wall.transitions import panes_of
from widgets.wall.strip import NO_BADGES, Badges
from widgets.window.frame import Frame
from widgets.window.windows import Windows

type Contribution = Callable[[PaneKey, str], Badges | None]
"""What one feature says of a pane (its key, its camera's id); None: nothing."""


class BadgeBoard:
    """``refresh`` after any change of what a feature says; cheap when nothing is different."""

    def __init__(self, wall: Callable[[], WallState], windows: Windows) -> None:
        self._wall, self._windows = wall, windows
        self._contributions: list[Contribution] = []
        self._shown: dict[str, dict[PaneKey, Badges]] = {}
        windows.closed.connect(self._closed)

    def contribute(self, contribution: Contribution) -> None:
        self._contributions.append(contribution)

    def refresh(self, *_what: object) -> None:
        """Ask every feature about every pane."""
        for window in self._wall().windows:
            frame = self._windows.frames.get(window.id)
            if frame is None:
                self._shown.pop(window.id, None)
                continue
            badges: dict[PaneKey, Badges] = {}
            for index, pane in enumerate(panes_of(window)):
                key = f"{window.id}/{index}"
                merged = self._merged(key, pane.camera) if pane.camera else NO_BADGES
                if merged != NO_BADGES:
                    badges[key] = merged
            if badges != self._shown.get(window.id):
                self._shown[window.id] = badges
                frame.view.set_badges(badges)

    def _closed(self, frame: Frame) -> None:
        """A window that comes back under the same id shows nothing yet."""
        self._shown.pop(frame.window_id, None)

    def _merged(self, key: PaneKey, camera: str) -> Badges:
        """Each field as the first feature says it that says anything but the usual."""
        found = NO_BADGES
        for contribution in self._contributions:
            said = contribution(key, camera)
            if said is None:
                continue
            new = {field.name: getattr(said, field.name) for field in fields(said)
                   if getattr(found, field.name) == getattr(NO_BADGES, field.name)}
            found = replace(found, **new)
        return found
