"""Bookmarks as places to go to in the past: one that was chosen, the next and the previous one of what is seen.

Runs on: GUI thread; the registry's thread hops.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from app.model.bookmark import Bookmark
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from widgets.window.shell import Shell

if TYPE_CHECKING:
    from widgets.playback.feature import PlaybackDesk

_LEAD_IN_US = 5_000_000     # a bookmark is shown from a little before its moment
_SAME_US = 1_000_000        # a bookmark so near is the one that is seen


class Finding:
    """Commands of the playback desk."""

    def __init__(self, shell: Shell, desk: PlaybackDesk) -> None:
        self._shell, self._desk, self._station = shell, desk, shell.station

    def show(self, bookmark: str) -> None:
        """A bookmark's first camera in the selected pane, from a little before its moment. Raises OperatorError."""
        self._station.registry.submit(lambda registry: next(
            (one for one in registry.bookmarks.all() if one.id == bookmark), None),
            lambda outcome: self._desk.later(lambda: self._jump(outcome)))

    def go(self, way: int) -> None:
        """To the next (1) or previous (-1) one of the cameras that are seen. Raises OperatorError while live."""
        desk, look = self._desk, self._desk.look()
        moment = look.session.moment(time.monotonic_ns())
        cameras = frozenset(look.cameras)

        def found(outcome: Any) -> None:
            marked = sorted({max(one.t0, one.at - _LEAD_IN_US) for one in outcome.value or ()
                             if any(camera.id in cameras for camera in one.cameras)})
            ahead = [at for at in marked if (at - moment) * way > _SAME_US]
            if not ahead:
                self._shell.tell(_("No bookmark of these cameras lies further on.") if way > 0 else
                                 _("No bookmark of these cameras lies further back."))
            elif look in desk.past.looks():
                look.session.jump(ahead[0] if way > 0 else ahead[-1], time.monotonic_ns(), _now())
                desk.past.steer(look)
        self._station.registry.submit(lambda registry: registry.bookmarks.all(),
                                      lambda outcome: desk.later(lambda: found(outcome)))

    # --- inside ---

    def _jump(self, outcome: object) -> None:
        found: Bookmark | None = getattr(outcome, "value", None)
        if found is None:
            self._shell.tell(_("This bookmark is not there any more."))
            return
        camera = next((one for one in found.cameras if self._desk.camera(one.id) is not None), None)
        if camera is None:
            self._shell.tell(_("None of its cameras is in the registry any more."))
            return
        key, shown = self._desk.selected()
        if shown != camera.id:
            self._station.dispatcher.run("pane.put", camera=camera.id, window=self._shell.active(),
                                         pane=int(key.rpartition("/")[2]))
        try:
            self._desk.jump(max(found.t0, found.at - _LEAD_IN_US))
        except OperatorError as error:
            self._shell.tell(str(error))


def _now() -> int:
    return time.time_ns() // 1000
