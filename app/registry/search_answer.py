"""A question about cameras and its answer: what is found for a field's text, flat and best first, or as a tree.

Runs on: the thread that asks, or the finder's when the directory has one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, is_
from typing import Protocol

from app.model.camera import Camera
from app.model.pane import PaneState
from app.model.register import Owner
from app.registry.search_groups import BREATH, Branch, By, pruned
from app.registry.search_text import WRONG_STATES, Asked, taken_apart

_number = attrgetter("number")
MOST_FOUND = 200            # hits; more than anyone reads, another letter shortens the list


@dataclass(frozen=True, slots=True)
class Question:
    """``text`` as typed, filters included. ``by`` None wants no tree. ``states``: what is known of cameras on panes;
    ``only_wrong`` keeps those that are frozen, lost or refused."""

    text: str = ""
    by: By | None = None
    states: Mapping[str, PaneState] = field(default_factory=dict)
    only_wrong: bool = False
    most: int = MOST_FOUND


@dataclass(frozen=True, slots=True)
class Answer:
    """``cameras``: hits for typed words, best first, at most ``question.most``; without words all that the filters let
    through, by number, which ``tree`` parts when one was wanted. ``indexed`` is False when memory answered."""

    question: Question
    asked: Asked
    cameras: tuple[Camera, ...]
    tree: Branch | None
    indexed: bool = False


@dataclass(slots=True)
class Lately:
    """The last tree of filtered cameras, and of what: most letters of ``owner:dishub risk:red`` find the same ones as
    the letter before, and 20,000 cameras of one owner are not parted again for each."""

    snapshots: tuple[object, ...] = ()
    numbers: list[int] = field(default_factory=list)
    cameras: tuple[Camera, ...] = ()
    tree: Branch | None = None

    def holds(self, numbers: list[int], snapshots: tuple[object, ...]) -> bool:
        return (self.tree is not None and len(self.snapshots) == len(snapshots)
                and all(map(is_, self.snapshots, snapshots)) and self.numbers == numbers)


class Index(Protocol):
    """What SearchReader gives."""

    def find(self, asked: Asked, most: int, keep: Callable[[int], bool] | None = None) -> list[int]: ...


class Known(Protocol):
    """The cameras in memory, as far as an answer needs them: what app.registry.directory.CameraDirectory gives."""

    def all(self) -> tuple[Camera, ...]: ...

    def by_number(self, number: int) -> Camera | None: ...

    def by_numbers(self, numbers: Sequence[int]) -> tuple[Camera, ...]: ...

    def owners(self) -> Mapping[str, Owner]: ...

    def search(self, asked: Asked, most: int, keep: Callable[[str], bool] | None) -> tuple[Camera, ...]: ...

    def tree(self, by: By) -> Branch: ...


def answered(question: Question, directory: Known, index: Index | None,
             lately: Lately | None = None) -> Answer:
    """What is found. ``index`` None asks the cameras in memory, which is slower and forgives no typos."""
    asked = taken_apart(question.text)
    keep = _keeps(question, asked)
    whole, by = directory.all(), None if asked.words else question.by
    if not asked.words and not asked.filters and asked.risks is None:
        cameras = whole if keep is None else _kept(directory, keep)
    elif index is None:
        cameras = directory.search(asked, question.most, keep)
    else:
        numbers = index.find(asked, question.most, _by_number(directory, keep))
        if by is not None and lately is not None:
            snapshots = (by, whole, directory.owners())
            if not lately.holds(numbers, snapshots):
                found = directory.by_numbers(numbers)
                lately.tree = _parted(found, by, directory)
                lately.snapshots, lately.numbers, lately.cameras = snapshots, numbers, found
            return Answer(question, asked, lately.cameras, lately.tree, True)
        cameras = directory.by_numbers(numbers)
    if by is None:
        return Answer(question, asked, cameras, None, index is not None)
    tree = directory.tree(by) if cameras is whole else _parted(cameras, by, directory)
    return Answer(question, asked, cameras, tree, index is not None)


def _parted(cameras: Iterable[Camera], by: By, directory: Known) -> Branch:
    return pruned(directory.tree(by), frozenset(map(_number, cameras)))


def _keeps(question: Question, asked: Asked) -> Callable[[str], bool] | None:
    states = question.states
    if question.only_wrong:
        wrong = frozenset(key for key, state in states.items() if state in WRONG_STATES)
        return lambda camera_id: camera_id in wrong and asked.wants(states.get(camera_id))
    return None if asked.states is None else lambda camera_id: asked.wants(states.get(camera_id))


def _by_number(directory: Known, keep: Callable[[str], bool] | None) -> Callable[[int], bool] | None:
    if keep is None:
        return None
    return lambda number: (camera := directory.by_number(number)) is not None and keep(camera.id)


def _kept(directory: Known, keep: Callable[[str], bool]) -> tuple[Camera, ...]:
    kept = []
    for count, camera in enumerate(directory.all()):
        if not count % BREATH:
            time.sleep(0)
        if keep(camera.id):
            kept.append(camera)
    return tuple(kept)
