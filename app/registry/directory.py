"""The cameras as widgets see them: an immutable snapshot in memory, replaced whole when the registry changed."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from psygnal import Signal

from app.model.camera import Camera
from app.model.register import Area, Owner, Risk
from app.registry.search_answer import MOST_FOUND, Answer, Question, answered
from app.registry.search_groups import BREATH, Branch, By, grouped
from app.registry.search_text import Asked, Field, fold, taken_apart


class Asks(Protocol):
    """What app.registry.search_finder.Finder does."""

    def ask(self, asker: str, question: Question, then: Callable[[Answer], None]) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Snapshot:
    ordered: tuple[Camera, ...] = ()
    numbers: tuple[int, ...] = ()
    ids: Mapping[str, Camera] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Text:
    """What is searched of a camera, folded: its number, " name area", " owner tags notes"."""

    number: str
    name: str
    more: str


class CameraDirectory:
    """Answers from memory, from any thread, without waiting.

    ``changed`` carries a frozenset of the ids that were added, changed or removed. It is emitted on the thread that
    calls ``replace``: the registry lane. A widget hops to the GUI thread itself (widgets/common).
    ``register_changed`` tells that owners or areas are others than before; it is emitted there too. ``finder``, where
    there is one, answers ``ask`` on its own thread.
    """

    changed = Signal(object)
    register_changed = Signal()

    def __init__(self, cameras: Iterable[Camera] = ()) -> None:
        self.finder: Asks | None = None
        self._now = _snapshot(cameras)
        self._texts: tuple[_Snapshot | None, Mapping[str, Owner] | None, tuple[_Text, ...]] = (None, None, ())
        self._trees: dict[By, tuple[_Snapshot, Mapping[str, Owner], Branch]] = {}
        self._owners: Mapping[str, Owner] = MappingProxyType({})
        self._areas: Mapping[tuple[str, ...], Area] = MappingProxyType({})

    def owners(self) -> Mapping[str, Owner]:
        """Every owner by id, in the order of their names: an immutable snapshot."""
        return self._owners

    def areas(self) -> Mapping[tuple[str, ...], Area]:
        """Every area by its path, from wide to narrow: an immutable snapshot."""
        return self._areas

    def replace_register(self, owners: Iterable[Owner], areas: Iterable[Area]) -> bool:
        """Takes the registry's present owners and areas; True when something differs. Called by the lane only."""
        new_owners = {owner.id: owner for owner in owners}
        new_areas = {area.path: area for area in areas}
        if new_owners == self._owners and new_areas == self._areas:
            return False
        self._owners, self._areas = MappingProxyType(new_owners), MappingProxyType(new_areas)
        self.register_changed.emit()
        return True

    def update(self, cameras: Iterable[Camera], gone: Iterable[str] = ()) -> frozenset[str]:
        """Takes the cameras that were added or changed, and the ids of those removed; emits ``changed``.

        Gives the ids that differ. Called by the lane only.
        """
        after = dict(self._now.ids)
        touched = set()
        for camera in cameras:
            if after.get(camera.id) != camera:
                after[camera.id] = camera
                touched.add(camera.id)
        touched.update(camera_id for camera_id in gone if after.pop(camera_id, None) is not None)
        return self._become(after.values(), touched)

    def replace(self, cameras: Iterable[Camera]) -> frozenset[str]:
        """Takes the registry's present cameras; emits ``changed`` when something differs. Called by the lane only.

        What equals a camera that is known stays that camera: whoever holds it need not look again.
        """
        before = self._now.ids
        after: dict[str, Camera] = {}
        touched = set()
        for count, camera in enumerate(cameras):
            if not count % BREATH:
                time.sleep(0)
            known = before.get(camera.id)
            if known is not None and (known is camera or known == camera):
                after[camera.id] = known
            else:
                after[camera.id] = camera
                touched.add(camera.id)
        touched |= before.keys() - after.keys()
        return self._become(after.values(), touched)

    def _become(self, cameras: Iterable[Camera], touched: set[str]) -> frozenset[str]:
        ids = frozenset(touched)
        if ids:
            self._now = _snapshot(cameras)
            self.changed.emit(ids)
        return ids

    def __len__(self) -> int:
        return len(self._now.ordered)

    def all(self) -> tuple[Camera, ...]:
        """Every camera, ordered by number."""
        return self._now.ordered

    def by_id(self, camera_id: str) -> Camera | None:
        return self._now.ids.get(camera_id)

    def by_number(self, number: int) -> Camera | None:
        now = self._now
        place = bisect_left(now.numbers, number)
        return now.ordered[place] if place < len(now.numbers) and now.numbers[place] == number else None

    def by_numbers(self, numbers: Sequence[int]) -> tuple[Camera, ...]:
        """The cameras of these numbers, in their order; numbers that nobody has are left out."""
        if len(numbers) > BREATH:           # so many come sorted, and one walk is cheaper than a search for each
            wanted = frozenset(numbers)
            return tuple([camera for camera in self._now.ordered if camera.number in wanted])
        now = self._now
        known, ordered, end = now.numbers, now.ordered, len(now.numbers)
        return tuple([ordered[place] for number in numbers
                      if (place := bisect_left(known, number)) < end and known[place] == number])

    def nearest(self, number: int, count: int = 3) -> tuple[Camera, ...]:
        """The cameras whose numbers lie closest, closest first; of two equally close the lower one first."""
        now = self._now
        place = bisect_left(now.numbers, number)
        near = now.ordered[max(place - count, 0):place + count]
        return tuple(sorted(near, key=lambda camera: (abs(camera.number - number), camera.number))[:count])

    def ask(self, asker: str, question: Question, then: Callable[[Answer], None]) -> bool:
        """Answers through ``then``, on the finder's thread, or at once on this one where there is no finder.

        An older question of the same asker that still waits is dropped. False when nobody answers any more.
        """
        if self.finder is not None:
            return self.finder.ask(asker, question, then)
        then(answered(question, self, None))
        return True

    def find(self, text: str, most: int = MOST_FOUND) -> tuple[Camera, ...]:
        """Cameras that match what was typed, from memory: for callers that cannot wait for ``ask``, see ``search``."""
        asked = taken_apart(text)
        return self.search(asked, most, None) if asked else self._now.ordered[:most]

    def search(self, asked: Asked, most: int, keep: Callable[[str], bool] | None) -> tuple[Camera, ...]:
        """Cameras that match every word and filter, from memory; best first, without typos and accents' help.

        Order: the number itself, numbers that begin so, words of name or area that begin so, pieces of them, then
        owner, tags and notes; by number within each. At 6,000 cameras under 10 ms, ten times that at 60,000: the
        finder's index is faster, this is what remains where there is none. With filters alone ``most`` does not count.
        """
        ranked: list[tuple[int, int]] = []
        now, texts = self._searchable()
        passes = self._passes(asked)
        for index, text in enumerate(texts):
            if not index % BREATH:
                time.sleep(0)
            worst = _worst(asked.words, text)
            if worst is None or not (passes is None or passes(now.ordered[index])):
                continue
            if keep is None or keep(now.ordered[index].id):
                ranked.append((worst, index))
        ranked.sort()
        return tuple(now.ordered[index] for _rank_, index in (ranked[:most] if asked.words else ranked))

    def tree(self, by: By) -> Branch:
        """All cameras parted by area, owner or tag; made once for what is known now, 0.1 s at 60,000 cameras."""
        now, owners = self._now, self._owners
        kept = self._trees.get(by)
        if kept is None or kept[0] is not now or kept[1] is not owners:
            kept = self._trees[by] = (now, owners, grouped(now.ordered, by, owners))
        return kept[2]

    def tags(self) -> tuple[str, ...]:
        """Every tag, sorted; about 5 ms at 60,000 cameras."""
        return tuple(sorted({tag for camera in self._now.ordered for tag in camera.tags}))

    def risk(self, path: tuple[str, ...]) -> Risk:
        """The risk class of an area; one that is not classed takes after those above it."""
        for depth in range(len(path), 0, -1):
            area = self._areas.get(path[:depth])
            if area is not None and area.risk is not Risk.NONE:
                return area.risk
        return Risk.NONE

    def _searchable(self) -> tuple[_Snapshot, tuple[_Text, ...]]:
        """The texts of the present cameras and owners, made when first asked for: most stations never do."""
        now, owners = self._now, self._owners
        for_cameras, for_owners, texts = self._texts
        if for_cameras is not now or for_owners is not owners:
            texts = tuple(_Text(
                str(camera.number), f" {fold(camera.name)} {fold(' '.join(camera.area))}",
                " ".join(("", fold(owners[camera.owner].name) if camera.owner in owners else "",
                          *map(fold, camera.tags), fold(camera.notes)))) for camera in now.ordered)
            self._texts = (now, owners, texts)
        return now, texts

    def _passes(self, asked: Asked) -> Callable[[Camera], bool] | None:
        if not asked.filters and asked.risks is None:
            return None
        owners = {key: f" {fold(owner.name)}" for key, owner in self._owners.items()}

        def passes(camera: Camera) -> bool:
            if asked.risks is not None and self.risk(camera.area) not in asked.risks:
                return False
            texts = {Field.OWNER: owners.get(camera.owner, ""), Field.AREA: f" {fold(' '.join(camera.area))}",
                     Field.TAG: f" {fold(' '.join(camera.tags))}"}
            return all(any(all(f" {word}" in texts[kind] for word in words) for words in values)
                       for kind, values in asked.filters.items())

        return passes


def _worst(words: tuple[str, ...], text: _Text) -> int | None:
    worst = 0
    for word in words:
        rank = _rank(word, text)
        if rank is None:
            return None
        worst = max(worst, rank)
    return worst


def _rank(word: str, text: _Text) -> int | None:
    """0 is the number, 1 begins it, 2 begins a word, 3 lies within one, 4 and 5 the same elsewhere; None is no match.
    """
    digits = word.lstrip("0")
    if digits and digits.isdigit() and text.number.startswith(digits):
        return 0 if digits == text.number else 1
    for best, where in ((2, text.name), (4, text.more)):
        if word in where:
            return best if f" {word}" in where else best + 1
    return None


def _snapshot(cameras: Iterable[Camera]) -> _Snapshot:
    ordered = tuple(sorted(cameras, key=lambda camera: camera.number))
    return _Snapshot(ordered, tuple(camera.number for camera in ordered), {camera.id: camera for camera in ordered})
