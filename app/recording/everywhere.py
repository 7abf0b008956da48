"""What several places for recordings hold, as if it were one index; of one that is away, that it is away.

Runs on: the thread "recorded" of app.recording.keepers, which owns the connections. An index that does not answer is
left out of that answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from app.model.clip import Gap, GapCause, Segment
from app.model.errors import OperatorError

_log = logging.getLogger("lawang.recording")

type Stretch = tuple[int, int]          # from, to: UTC, microseconds
type Lively = tuple[int, int, int]      # from, to, bytes


class Coverage(Protocol):
    """See app.registry.coverage."""

    def stretches(self, camera: str, t0: int, t1: int) -> tuple[Stretch, ...]: ...
    def gaps(self, camera: str, t0: int, t1: int, least: int = 0) -> tuple[Gap, ...]: ...
    def sizes(self, cameras: Iterable[str], t0: int, t1: int, step: int) -> dict[str, tuple[Lively, ...]]: ...


class Readable(Protocol):
    """What is asked of an index that is only read; see app.registry.recordings."""

    @property
    def stale(self) -> bool: ...
    @property
    def coverage(self) -> Coverage: ...
    def segments(self, camera: str, t0: int, t1: int) -> tuple[Segment, ...]: ...
    def gaps(self, camera: str, t0: int, t1: int) -> tuple[Gap, ...]: ...
    def cameras(self) -> list[str]: ...
    def holders(self) -> frozenset[str]: ...
    def close(self) -> None: ...


type Away = Mapping[str, Sequence[Stretch]]     # camera -> what lies at places that are away


class Everywhere:
    """``away``: what is known to lie where nobody can read it now. ``release``: see Keepers.release."""

    def __init__(self, indexes: Collection[Readable], away: Away, release: Callable[[str], object]) -> None:
        self._indexes, self._away, self._release = indexes, away, release

    @property
    def coverage(self) -> Everywhere:
        """Its questions are answered here as well."""
        return self

    def segments(self, camera: str, t0: int, t1: int) -> tuple[Segment, ...]:
        """What is recorded between two moments, by time, wherever it lies."""
        found = [one for several in self._each(lambda index: index.segments(camera, t0, t1)) for one in several]
        return tuple(sorted(found, key=lambda one: (one.t0, one.t1)))

    def gaps(self, camera: str, t0: int, t1: int, least: int = 0) -> tuple[Gap, ...]:
        """What is known to be missing, and what is away, by time."""
        found = [gap for several in self._each(lambda index: index.coverage.gaps(camera, t0, t1, least) if least
                                               else index.gaps(camera, t0, t1)) for gap in several]
        found += [Gap(begin, end, GapCause.STORAGE_AWAY, camera) for begin, end in self._away.get(camera, ())
                  if begin <= t1 and end >= t0 and end - begin >= least]
        return tuple(sorted(found, key=lambda gap: (gap.t0, gap.t1)))

    def cameras(self) -> list[str]:
        """Of whom something lies anywhere, also where it cannot be read now."""
        return sorted({camera for several in self._each(lambda index: index.cameras()) for camera in several}
                      | set(self._away))

    def stretches(self, camera: str, t0: int, t1: int) -> tuple[Stretch, ...]:
        """(from, to) of what is recorded, by time; of two places they may overlap."""
        return tuple(sorted(one for several in self._each(lambda index: index.coverage.stretches(camera, t0, t1))
                            for one in several))

    def sizes(self, cameras: Iterable[str], t0: int, t1: int, step: int) -> dict[str, tuple[Lively, ...]]:
        """Camera -> (from, to, bytes), by time; see app.registry.coverage."""
        wanted = tuple(cameras)
        answers = list(self._each(lambda index: index.coverage.sizes(wanted, t0, t1, step)))
        return {camera: tuple(sorted(one for answer in answers for one in answer.get(camera, ())))
                for camera in wanted}

    def many(self, cameras: Iterable[str], t0: int, t1: int, least: int = 0
             ) -> dict[str, tuple[tuple[Stretch, ...], tuple[Gap, ...]]]:
        """Camera -> (stretches, gaps) of several."""
        return {camera: (self.stretches(camera, t0, t1), self.gaps(camera, t0, t1, least)) for camera in cameras}

    def holders(self) -> frozenset[str]:
        """Everybody who holds something anywhere."""
        return frozenset(one for several in self._each(lambda index: index.holders()) for one in several)

    def release(self, holder: str) -> None:
        """It may go with its age, everywhere."""
        self._release(holder)

    def _each(self, ask: Callable[[Readable], Any]) -> Iterator[Any]:
        for index in self._indexes:
            try:
                yield ask(index)
            except OperatorError as error:
                _log.warning("%s", error)
