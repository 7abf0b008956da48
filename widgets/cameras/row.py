"""What is known of one row of the camera list: by Qt's roles, or all that is painted of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import Qt

from app.model.camera import Camera
from app.model.pane import PaneState


class Role(IntEnum):
    """What the delegate asks for beyond Qt's own roles."""

    CAMERA = Qt.ItemDataRole.UserRole + 1        # Camera, or None for a branch and for "n more"
    STATE = Qt.ItemDataRole.UserRole + 2         # PaneState, or None while no pane shows the camera
    DEPTH = Qt.ItemDataRole.UserRole + 3         # 0 for the widest branch
    COUNT = Qt.ItemDataRole.UserRole + 4         # (working, total) of a branch
    PATH = Qt.ItemDataRole.UserRole + 5          # names of a branch, from the widest on
    MORE = Qt.ItemDataRole.UserRole + 6          # how many cameras "n more" stands for, 0 for other rows


@dataclass(frozen=True, slots=True)
class Row:
    """``camera`` is None for a branch, which has a ``count``, and for "n more", which has none."""

    text: str
    depth: int
    camera: Camera | None = None
    state: PaneState | None = None
    count: tuple[int, int] | None = None         # working, total
