"""A question about cameras and its answer: what is found for a field's text, flat and best first, or as a tree.

Runs on: the thread that asks, or the finder's when the directory has one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.model.camera import Camera
from app.model.pane import PaneState
from app.registry.search_groups import BREATH, Branch, By, grouped
from app.registry.search_text import WRONG_STATES, Asked, taken_apart

if TYPE_CHECKING:
    from app.registry.directory import CameraDirectory

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


class Index(Protocol):
    """What SearchReader gives."""

    def find(self, asked: Asked, most: int, keep: Callable[[int], bool] | None = None) -> list[int]: ...


def answered(question: Question, directory: CameraDirectory, index: Index | None) -> Answer:
    """What is found. ``index`` None asks the cameras in memory, which is slower and forgives no typos."""
    asked = taken_apart(question.text)
    keep = _keeps(question, asked)
    if not asked.words and not asked.filters and asked.risks is None:
        cameras = directory.all() if keep is None else _kept(directory, keep)
    elif index is None:
        cameras = directory.search(asked, question.most, keep)
    else:
        cameras = directory.by_numbers(index.find(asked, question.most, _by_number(directory, keep)))
    tree = None
    if question.by is not None and not asked.words:
        whole = cameras is directory.all()
        tree = directory.tree(question.by) if whole else grouped(cameras, question.by, directory.owners())
    return Answer(question, asked, cameras, tree, index is not None)


def _keeps(question: Question, asked: Asked) -> Callable[[str], bool] | None:
    states = question.states
    if question.only_wrong:
        wrong = frozenset(key for key, state in states.items() if state in WRONG_STATES)
        return lambda camera_id: camera_id in wrong and asked.wants(states.get(camera_id))
    return None if asked.states is None else lambda camera_id: asked.wants(states.get(camera_id))


def _by_number(directory: CameraDirectory, keep: Callable[[str], bool] | None) -> Callable[[int], bool] | None:
    if keep is None:
        return None
    return lambda number: (camera := directory.by_number(number)) is not None and keep(camera.id)


def _kept(directory: CameraDirectory, keep: Callable[[str], bool]) -> tuple[Camera, ...]:
    kept = []
    for count, camera in enumerate(directory.all()):
        if not count % BREATH:
            time.sleep(0)
        if keep(camera.id):
            kept.append(camera)
    return tuple(kept)
