"""Scenes and tours: what is called onto the wall by name, key or number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.wall import WindowState


@dataclass(frozen=True, slots=True)
class Scene:
    """Layout and content of one, some or all windows (the field also says salvo), exact on return.

    ``number`` is called with ``*``; 1 to 9 also with Ctrl and that digit. Scenes and tours share their numbers.
    ``windows`` are matched to those on the wall by id, then by kind and order. ``whole``: it was saved as all windows,
    so that calling it opens those that the wall has not.
    """

    id: str
    number: int
    name: str
    windows: tuple[WindowState, ...] = ()
    whole: bool = False


class StopKind(StrEnum):
    """What one stop of a tour shows."""

    CAMERA = "camera"           # ref: camera id
    AREA = "area"               # ref: area path, parted by " > "; all cameras below it
    TAG = "tag"                 # ref: the tag; all cameras that bear it
    SCENE = "scene"             # ref: scene id
    PRESET = "preset"           # ref: camera id, "/", PTZ preset token


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop; ``dwell`` in seconds, 0 means the tour's own."""

    kind: StopKind
    ref: str
    dwell: float = 0.0


class Order(StrEnum):
    """In which order the cameras of a tour come up."""

    LISTED = "listed"
    LEAST_SEEN = "least-seen"   # whoever was seen least comes first, red-class areas more often


@dataclass(frozen=True, slots=True)
class Tour:
    """Stops that follow each other on a window, page by page; ``dwell`` seconds per page."""

    id: str
    number: int
    name: str
    stops: tuple[Stop, ...] = ()
    dwell: float = 20.0
    order: Order = Order.LISTED
