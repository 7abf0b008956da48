"""What may be dropped onto a pane, and the command that it becomes: a camera, another pane, a scene."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from widgets.wall.asks import Runs

CAMERA_MIME = "application/x-lawang-camera"     # text: camera ids, one per line
PANE_MIME = "application/x-lawang-pane"         # text: "window/index"
SCENE_MIME = "application/x-lawang-scene"       # text: a scene's id


def carries(data: QMimeData) -> bool:
    """Whether a pane can take it."""
    return any(data.hasFormat(kind) for kind in (CAMERA_MIME, PANE_MIME, SCENE_MIME))


def drop(data: QMimeData, window: str, pane: int, runs: Runs) -> bool:
    """Onto that pane: a camera is put into it, a pane changes place with it (also from another window), a scene comes
    onto its window. False when there was nothing to do."""
    if data.hasFormat(CAMERA_MIME):
        cameras = _text(data, CAMERA_MIME).split()
        if cameras:
            runs.run("pane.put", window=window, pane=pane, camera=cameras[0])
        return bool(cameras)
    if data.hasFormat(SCENE_MIME):
        runs.run("scene.put", window=window, pane=pane, scene=_text(data, SCENE_MIME))
        return True
    if data.hasFormat(PANE_MIME):
        source, _slash, index = _text(data, PANE_MIME).rpartition("/")
        if index.isdigit() and (source, int(index)) != (window, pane):
            runs.run("pane.swap", window=source, pane=int(index), to_window=window, to_pane=pane)
            return True
    return False


def _text(data: QMimeData, kind: str) -> str:
    return bytes(data.data(kind).data()).decode(errors="replace")
