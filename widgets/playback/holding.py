"""What is marked stays: the recordings between the marks are held until the look is over or the marks are forgotten.

Runs on: GUI thread; the keeper only queues.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from app.registry.ids import made_at, new_id
from widgets.playback.past import Look

PREFIX = "look-"            # whoever holds by this name is a look; its id tells when it began
OVER_S = 24 * 3600          # older ones are of a run that crashed; younger ones may be of another program at this place

type _Held = tuple[tuple[str, ...], int, int]


class Holding:
    """``follow`` after any change of looks, marks or cameras."""

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper
        self._held: dict[Look, tuple[str, _Held]] = {}
        keeper.submit(_forget)

    def follow(self, looks: Iterable[Look]) -> None:
        """Hold what is marked in these looks, and nothing else."""
        wanted: dict[Look, _Held] = {look: (look.cameras, *span) for look in looks
                                     if look.panes and (span := look.session.marks.span) is not None}
        for look in [look for look in self._held if look not in wanted]:
            self._keeper.release(self._held.pop(look)[0])
        for look, what in wanted.items():
            holder, held = self._held.get(look, ("", None))
            if held != what:
                holder = holder or PREFIX + new_id()
                self._keeper.hold(holder, *what)
                self._held[look] = holder, what


def _forget(index: Any) -> None:
    for holder in index.holders():
        if holder.startswith(PREFIX) and made_at(holder.removeprefix(PREFIX)) < time.time() - OVER_S:
            index.release(holder)
