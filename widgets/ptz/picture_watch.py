"""After its stop a camera's picture is watched: one that still moves two seconds later is stopped again, and told.

Runs on: GUI thread; a look costs it about 3 ms, six looks within a second. It needs no word of the camera's own about
where it looks, which many never give.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer

from app.model.pane import PaneState
from app.ptz.steering import Steering
from app.ptz.stillness import LOOKS_S, Watching, thumb
from app.video.engine import PaneKey, Picture
from app.wall.transitions import panes_of
from widgets.window.seam import Station

WATCH_S = 2.0               # the picture is up to 1.5 s behind while it counts as live
LONGEST_S = 4.0             # from the first look: a stream of one picture a second needs as long for three
LOOK_MS = 65                # a picture of a stream of 15 a second
MOST_AGAIN = 3              # a camera that somebody else moves must not be fought
MOST_WATCHED = 4            # at once; a hand steers one


@dataclass
class _Watched:
    """``order``: how many moves and presets were sent before its stop."""

    due: float
    order: int
    again: int = 0
    began: float = 0.0              # of the first look, in seconds of the pictures' own clock
    serial: int = -1
    looks: Watching = field(default_factory=Watching)


class PictureWatch(QObject):
    """``clock`` in monotonic seconds, as the pictures have it."""

    def __init__(self, steering: Steering, station: Station, clock: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._steering, self._station, self._clock = steering, station, clock
        self.past: Callable[[], Collection[PaneKey]] = frozenset       # panes that show recorded pictures
        self._watched: dict[str, _Watched] = {}
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.setObjectName("ptz picture watch")
        self._timer.timeout.connect(self.look)
        steering.stood.connect(self._stood)

    def close(self) -> None:
        self._timer.stop()
        self._steering.stood.disconnect(self._stood)

    def _stood(self, camera: str) -> None:
        before, order = self._watched.get(camera), self._steering.ordered.get(camera, 0)
        again = before.again if before is not None and before.order == order else 0
        if camera not in self._watched and len(self._watched) >= MOST_WATCHED:
            return
        self._watched[camera] = _Watched(self._clock() + WATCH_S, order, again)
        self._timer.start()

    def look(self) -> None:
        """At whatever is due."""
        now = self._clock()
        for camera, watched in tuple(self._watched.items()):
            if self._steering.ordered.get(camera, 0) != watched.order or self._tours(camera):
                del self._watched[camera]               # it may move again
            elif now >= watched.due:
                self._look(camera, watched, now)
        if not self._watched:
            self._timer.stop()

    def _look(self, camera: str, watched: _Watched, now: float) -> None:
        if now - watched.due > LONGEST_S:
            del self._watched[camera]                   # hidden, frozen or lost: nothing to see
            return
        picture = self._picture(camera)
        if picture is None or picture.serial == watched.serial:
            return
        at = picture.shown_ns / 1e9
        if not len(watched.looks):
            watched.began = at
        if len(watched.looks) < len(LOOKS_S) and at - watched.began + 0.01 >= LOOKS_S[len(watched.looks)]:
            watched.serial, small = picture.serial, thumb(picture.pixels)
            if small is not None:
                watched.looks.add(at, small)
        if len(watched.looks) < len(LOOKS_S) and at - watched.began < LOOKS_S[-1] + 0.5:
            return
        if not watched.looks.moves or watched.again >= MOST_AGAIN:
            del self._watched[camera]
            return
        # Kept, so that the next "it stands" counts on; without one this is all that is done.
        watched.again, watched.looks, watched.due = watched.again + 1, Watching(), now + LONGEST_S
        self._steering.still_moves(camera)

    def _tours(self, camera: str) -> bool:
        return any(runs for _token, _name, runs in self._steering.tours.get(camera, ()))

    def _picture(self, camera: str) -> Picture | None:
        """Of a pane that shows it live."""
        reports, past = self._station.engine.reports(), self.past()
        for window in self._station.wall.state.windows:
            for index, pane in enumerate(panes_of(window)):
                key: PaneKey = f"{window.id}/{index}"
                if pane.camera == camera and key not in past and key in reports \
                        and reports[key].state is PaneState.LIVE:
                    return self._station.engine.picture(key)
        return None
