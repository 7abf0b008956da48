"""What an index must hold, whatever happened to it: bookmarks are the truth, the holds in an index follow them.

A hold can get lost beside its bookmark, and outlive it: killed between the two files, or gone with an index that was
damaged.
Runs on: the thread "recording".
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Protocol

from app.model.recording import Owed

_log = logging.getLogger("lawang.recording")

ASK_S = 10.0            # between two questions that nobody answered

type Wanted = Callable[[], tuple[Owed, ...] | None]


class Holds(Protocol):
    """What is asked of an index and told to it."""

    def held(self) -> dict[tuple[str, str], tuple[int, int]]: ...
    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int) -> None: ...
    def release(self, holder: str) -> None: ...


class Upheld:
    """``wanted``: everything that must be held, and what is held no longer; None as long as that is not known.

    What neither names stays as it is: it may be held by another register, a look or a hand-out.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._done: tuple[Owed, ...] | None = None      # what the index was brought to

    def forget(self) -> None:
        """Another index comes, or the same one from elsewhere."""
        self._done = None

    def follow(self, index: Holds) -> bool:
        """Whether it is known what must be held, and that is held; cheap when nothing changed. Raises OperatorError."""
        wanted = self._wanted()
        if wanted is None:
            return False
        if wanted is not self._done:
            held = index.held() if wanted else {}
            holders = {holder for holder, _camera in held}
            missing = [one for one in wanted
                       if any(held.get((one.holder, camera)) != (one.t0, one.t1) for camera in one.cameras)]
            over = [one for one in wanted if one.what == "release" and one.holder in holders]
            for one in missing:
                index.hold(one.holder, one.cameras, one.t0, one.t1)
            for one in over:
                index.release(one.holder)
            if missing or over:
                _log.warning("%d bookmarks were not held in the index and are now; %d that were deleted are no longer",
                             len(missing), len(over))
            self._done = wanted
        return True


class MustHold:
    """What all indexes must hold, asked for by ``ask`` when one was opened; any thread.

    Without ``ask`` nobody must hold more than the indexes know.
    """

    def __init__(self) -> None:
        self.ask: Callable[[], object] | None = None
        self._known: tuple[Owed, ...] | None = ()
        self._asked = -math.inf

    def again(self) -> None:
        """An index was opened: what must be held may have changed since it was asked last."""
        if self.ask is not None:
            self._known, self._asked = None, -math.inf

    def tell(self, owed: tuple[Owed, ...]) -> None:
        """The answer."""
        self._known = owed

    def __call__(self) -> tuple[Owed, ...] | None:
        """None while nobody answers; it is asked again then."""
        known, ask, now = self._known, self.ask, time.monotonic()
        if known is None and ask is not None and now - self._asked > ASK_S:
            self._asked = now
            ask()
        return known
