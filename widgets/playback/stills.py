"""Single recorded pictures for previews and lists, decoded by the decoder workers like everything else.

Runs on: GUI thread. A hidden pane of the engine per :class:`StillPane`; what waits is bounded, the newest goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from app.model.camera import Camera
from app.model.playback import Moving
from app.video.engine import Engine, PaneKey, Want
from app.video.replayed import replayed
from widgets.wall.pictures import wrap
from widgets.window.demand import Demand

_LOOK_MS = 20
_LOOKS = 250                # 5 s without an answer: a worker that has gone
_REST_MS = 4000             # without a question: its player is given back
_WAITING = 64               # pictures that a list may wait for: two screens of rows
_KEPT = 512                 # pictures of 96×54, 20 kB each

type Then = Callable[[QImage | None], None]


class StillPane(QObject):
    """One picture at a time; another question replaces the one that waits."""

    def __init__(self, key: PaneKey, width: int, height: int, engine: Engine, demand: Demand,
                 folder: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self.key, self._size = key, (width, height)
        self._engine, self._demand, self._folder = engine, demand, folder
        self._camera = ""
        self._source: Camera | None = None
        self._serial = self._order = self._looks = 0
        self._then: Then | None = None
        demand.also.append(self._also)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.setObjectName(f"{key} look")
        self._look.timeout.connect(self._looked)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.setObjectName(f"{key} rest")
        self._rest.timeout.connect(self.let_go)

    def ask(self, camera: Camera, at: int, then: Then) -> None:
        """The picture of a moment (UTC, microseconds); None where nothing is recorded."""
        if camera.id != self._camera or self._source is None:
            self._serial += 1
            self._camera, self._source = camera.id, replayed(camera, self._folder(camera.id), -self._serial)
            self._demand.mark()
        self._then, self._looks = then, 0
        self._order = self._engine.steer(self._source.id, Moving(at))
        self._look.start()
        self._rest.start()

    def let_go(self) -> None:
        """Nobody looks at it now."""
        self._look.stop()
        self._rest.stop()
        self._source, self._camera, self._then = None, "", None
        self._demand.mark()

    def _also(self) -> Mapping[PaneKey, Want]:
        return {self.key: Want(self._source, *self._size)} if self._source is not None else {}

    def _looked(self) -> None:
        if self._source is None:
            return
        self._looks += 1
        played = self._engine.played(self._source.id)
        done = played is not None and played.order >= self._order
        picture = self._engine.picture(self.key) if done and played is not None and not played.missing else None
        if (done and (picture is not None or (played is not None and played.missing))) or self._looks > _LOOKS:
            self._look.stop()
            then, self._then = self._then, None
            if then is not None:
                then(wrap(picture).copy() if picture is not None else None)


class Thumbnails:
    """Pictures for lists, one after the other; asked for again at each paint, so what scrolled away is forgotten."""

    def __init__(self, pane: StillPane, find: Callable[[str], Camera | None]) -> None:
        self._pane, self._find = pane, find
        self._kept: OrderedDict[tuple[str, int], QImage | None] = OrderedDict()
        self._waiting: OrderedDict[tuple[str, int], Callable[[], None]] = OrderedDict()
        self._under_way: tuple[str, int] | None = None

    def picture(self, camera: str, at: int, then: Callable[[], None]) -> QImage | None:
        """The picture when it is at hand, else None and ``then`` once there is an answer."""
        key = camera, at
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key != self._under_way:
            self._waiting[key] = then
            self._waiting.move_to_end(key)
            while len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
            self._next()
        return None

    def _next(self) -> None:
        while self._under_way is None and self._waiting:
            key, then = self._waiting.popitem()
            camera = self._find(key[0])
            if camera is None:
                self._kept[key] = None
                continue
            self._under_way = key
            self._pane.ask(camera, key[1], partial(self._came, key, then))

    def _came(self, key: tuple[str, int], then: Callable[[], None], image: QImage | None) -> None:
        self._under_way = None
        self._kept[key] = image
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        then()
        self._next()
