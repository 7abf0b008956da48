"""A branch of the camera list that was looked into: how much of it is shown, and how many of its cameras are wrong."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from app.model.camera import Camera
from app.registry.search_groups import Branch


@dataclass(slots=True, eq=False)
class Node:
    parent: Node | None
    row: int
    serial: int                                  # place in CameraTree._nodes: what a QModelIndex can carry
    branch: Branch
    children: list[Node] = field(default_factory=list)     # none, or all, see CameraTree._children
    shown: int = 0
    wrong: int = 0

    @property
    def rest(self) -> int:
        return len(self.branch.cameras) - self.shown

    @property
    def rows(self) -> int:
        return len(self.branch.branches) + self.shown + (self.rest > 0)


def place_of(node: Node, camera: Camera) -> int | None:
    """The place of a camera among those of a branch."""
    cameras = node.branch.cameras
    if node.parent is None:                                     # hits lie best first
        return next((place for place, known in enumerate(cameras) if known.id == camera.id), None)
    place = bisect_left(cameras, camera.number, key=lambda known: known.number)
    return place if place < len(cameras) and cameras[place].id == camera.id else None
