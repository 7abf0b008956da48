"""What an operator adds to a camera's presets, kept with the camera in the registry: pictures, names, the patrol.

Runs on: GUI thread; the registry's lane reads and writes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from app.model.device import Preset
from app.ptz.patrol import DWELL_S, Stop, stops_from, stops_to
from app.video.engine import PaneKey
from app.wall.transitions import panes_of
from widgets.common import hop_to_gui
from widgets.ptz.presets import PICTURE
from widgets.wall.pictures import wrap
from widgets.window.seam import Station

_PICTURE, _NAMES, _PATROL = "ptz.picture.", "ptz.names", "ptz.patrol"
_SIZE = PICTURE * 2             # sharp at 200 %
_QUALITY = 78                   # JPEG; about 8 KB
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class Kept(QObject):
    """``changed`` when what is kept of a camera arrived or was changed. ``camera`` is the one that is loaded."""

    def __init__(self, station: Station, changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._station, self._changed = station, changed
        self.past: Callable[[], Collection[PaneKey]] = frozenset       # panes that show recorded pictures
        self.camera = ""
        self.pictures: dict[str, QPixmap] = {}
        self.names: dict[str, str] = {}
        self.patrol: tuple[Stop, ...] = ()
        self._came: SignalInstance = SignalInstance((object,), name="ptz_kept")
        hop_to_gui(self._came, self._take, self)

    @property
    def zone(self) -> str:
        """The setting of the room's zone."""
        return str(self._station.registry.settings["window.zone"])

    def load(self, camera: str) -> None:
        """The facts of this camera; forgotten what was kept of the one before."""
        self.camera, self.pictures, self.names, self.patrol = camera, {}, {}, ()
        if camera:
            self._station.registry.submit(lambda registry: (camera, registry.device_facts.of(camera)), self._came.emit)

    def named(self, presets: Sequence[Preset]) -> tuple[Preset, ...]:
        """With the names given here: ONVIF cannot rename a preset without moving it to where the camera looks now."""
        return tuple(replace(preset, name=self.names.get(preset.token, preset.name)) for preset in presets)

    def rename(self, token: str, name: str) -> None:
        self.names[token] = name
        self._put(_NAMES, dict(self.names))

    def forget(self, token: str) -> None:
        """The preset was removed: its name and its picture go too."""
        camera, fact = self.camera, _fact(token)
        self.pictures.pop(token, None)
        if self.names.pop(token, None) is not None:
            self._put(_NAMES, dict(self.names))
        if any(stop.token == token for stop in self.patrol):
            self.set_patrol([stop for stop in self.patrol if stop.token != token])
        self._station.registry.submit(lambda registry: registry.device_facts.forget(camera, fact))
        self._changed()

    def photograph(self, camera: str, token: str) -> None:
        """The picture that a pane shows of this camera now becomes the preset's; nothing without one."""
        image = self._seen(camera)
        if image is None or not token:
            return
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not image.save(buffer, "JPEG", _QUALITY):  # type: ignore[call-overload]   # the stubs want a str for QIODevice
            return
        value: dict[str, Any] = {"token": token, "jpeg": base64.b64encode(data.data()).decode()}
        fact = _fact(token)
        self._station.registry.submit(lambda registry: registry.device_facts.put(camera, fact, value),
                                      replaces=f"{fact} {camera}")
        if camera == self.camera:
            self.pictures[token] = QPixmap.fromImage(image)
            self._changed()

    def toggle_patrol(self, token: str) -> None:
        """A preset joins the patrol at its end, or leaves it."""
        if any(stop.token == token for stop in self.patrol):
            self.set_patrol([stop for stop in self.patrol if stop.token != token])
        else:
            first = self.patrol[0] if self.patrol else Stop(token, DWELL_S)
            self.set_patrol([*self.patrol, replace(first, token=token)])

    def set_pace(self, dwell_s: float | None = None, speed: float | None = None) -> None:
        """For all stops of the patrol."""
        self.set_patrol([replace(stop, dwell_s=stop.dwell_s if dwell_s is None else dwell_s,
                                 speed=stop.speed if speed is None else speed) for stop in self.patrol])

    def set_patrol(self, stops: Sequence[Stop]) -> None:
        self.patrol = tuple(stops)
        self._put(_PATROL, stops_to(self.patrol))

    def _put(self, fact: str, value: Any) -> None:
        camera = self.camera
        self._station.registry.submit(lambda registry: registry.device_facts.put(camera, fact, value),
                                      replaces=f"{fact} {camera}")
        self._changed()

    def _seen(self, camera: str) -> QImage | None:
        past = self.past()
        for window in self._station.wall.state.windows:
            for index, pane in enumerate(panes_of(window)):
                key = f"{window.id}/{index}"
                picture = self._station.engine.picture(key) if pane.camera == camera and key not in past else None
                if picture is not None:
                    # Coarsely first: smoothing a large picture all the way would cost the GUI thread 10 ms.
                    small = wrap(picture).scaled(_SIZE * 2, Qt.AspectRatioMode.KeepAspectRatioByExpanding).scaled(
                        _SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                        Qt.TransformationMode.SmoothTransformation)
                    return small.copy(_middle(small.size()))
        return None

    def _take(self, outcome: Any) -> None:
        if outcome.value is None or outcome.value[0] != self.camera:
            return
        for name, fact in outcome.value[1].items():
            value = fact.value
            if name.startswith(_PICTURE) and isinstance(value, dict):
                self._take_picture(value)
            elif name == _NAMES and isinstance(value, dict):
                self.names = {str(token): str(words)[:64] for token, words in value.items()}
            elif name == _PATROL:
                self.patrol = stops_from(value)
        self._changed()

    def _take_picture(self, value: dict[str, Any]) -> None:
        try:
            data = base64.b64decode(str(value["jpeg"]), validate=True)
        except (KeyError, binascii.Error, ValueError):
            return
        picture = QPixmap()
        if picture.loadFromData(data, "JPEG"):
            self.pictures[str(value.get("token", ""))] = picture


def _middle(size: QSize) -> QRect:
    return QRect((size.width() - _SIZE.width()) // 2, (size.height() - _SIZE.height()) // 2, _SIZE.width(),
                 _SIZE.height())


def _fact(token: str) -> str:
    """A name that the registry takes, whatever the device calls its preset."""
    return _PICTURE + (token if _PLAIN.fullmatch(token) else hashlib.sha256(token.encode()).hexdigest()[:40])
