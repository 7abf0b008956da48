"""Cameras as a tree: by area, by owner or by tag. Pure; made off the GUI thread, 60,000 cameras take about 0.15 s."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter, is_

from app.model.camera import Camera
from app.model.register import Owner

BREATH = 1000       # cameras, about 1 ms of work: the GUI thread never waits much longer for the interpreter


class By(StrEnum):
    """What the tree is parted by."""

    AREA = "area"
    OWNER = "owner"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch. ``path`` holds the names from the widest on, its own last; "" where there is no area, owner or tag.

    ``cameras`` lie directly in it, ordered by number; ``total`` includes all below. ``shape`` is equal for branches of
    the same rows: same paths, same cameras in the same order, whatever their names are now.
    """

    path: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    cameras: tuple[Camera, ...] = ()
    total: int = 0
    shape: int = 0


_BARE = Branch()
_number, _id = attrgetter("number"), attrgetter("id")
type Paths = Callable[[Camera], tuple[tuple[str, ...], ...]]


def paths_by(by: By, owners: Mapping[str, Owner]) -> Paths:
    """A function that gives the branches in which a camera lies: one, or one per tag."""
    nowhere = ("",)

    def district(camera: Camera) -> tuple[str, ...]:
        """The second level of the area: within an owner a tree of four more levels would only be in the way."""
        return camera.area[:2][-1:]

    if by is By.OWNER:
        names = {owner_id: (owner.name,) for owner_id, owner in owners.items()}
        return lambda camera: ((*names.get(camera.owner, nowhere), *district(camera)),)
    if by is By.TAG:
        return lambda camera: tuple((tag, *district(camera)) for tag in camera.tags or nowhere)
    return lambda camera: (camera.area or nowhere,)


def grouped(cameras: Iterable[Camera], by: By, owners: Mapping[str, Owner]) -> Branch:
    """The tree below a nameless root. Areas come in the order of their lowest number (number plans are geographic),
    owners and tags by name; those without come last."""
    paths = paths_by(by, owners)
    inside: dict[tuple[str, ...], list[Camera]] = {}
    nowhere = ("",)
    for count, camera in enumerate(sorted(cameras, key=_number)):
        if not count % BREATH:
            time.sleep(0)
        # The usual tree is made without a call per camera.
        for path in (camera.area or nowhere,) if by is By.AREA else paths(camera):
            try:
                inside[path].append(camera)
            except KeyError:
                inside[path] = [camera]
    below: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {(): {}}
    for path in inside:
        for depth in range(len(path)):
            below.setdefault(path[:depth], {})[path[:depth + 1]] = None

    def branch(path: tuple[str, ...]) -> Branch:
        ways = list(below.get(path, ()))
        if not path:
            ways.sort(key=lambda way: _place(way, by))
        branches = tuple(branch(way) for way in ways)
        here = tuple(inside.get(path, ()))
        if len(path) == 1:
            time.sleep(0)
        return Branch(path, branches, here, len(here) + sum(b.total for b in branches),
                      _shape(path, branches, here))

    return branch(())


def pruned(tree: Branch, numbers: Container[int]) -> Branch:
    """The tree with these cameras alone, branches in the order of the whole one; without a branch that holds none.

    Twenty times as fast as grouping anew: 0.3 ms for 6,000 cameras.
    """
    here = tuple([camera for camera in tree.cameras if camera.number in numbers])
    branches = tuple([kept for branch in tree.branches if (kept := pruned(branch, numbers)).total]) \
        if tree.branches else ()
    if len(tree.path) == 1:
        time.sleep(0)
    if not here and not branches:
        return _BARE
    if len(here) == len(tree.cameras) and len(branches) == len(tree.branches) \
            and all(map(is_, branches, tree.branches)):
        return tree
    total = len(here) + sum([branch.total for branch in branches])
    return Branch(tree.path, branches, here, total, _shape(tree.path, branches, here))


def alike(old: Branch, new: Branch) -> bool:
    """The same branches below, whatever cameras lie in them."""
    return len(old.branches) == len(new.branches) and all(
        before.path == after.path and (before.shape == after.shape or alike(before, after))
        for before, after in zip(old.branches, new.branches, strict=True))


def _shape(path: tuple[str, ...], branches: tuple[Branch, ...], here: tuple[Camera, ...]) -> int:
    return hash((path, tuple([b.shape for b in branches]), tuple(map(_id, here))))


def _place(path: tuple[str, ...], by: By) -> tuple[bool, str]:
    """How the widest branches are ordered; areas stay as they came, by number, and so do all those below."""
    return (path == ("",), "" if by is By.AREA else path[-1].casefold())
