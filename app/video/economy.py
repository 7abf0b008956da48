"""What a machine that cannot follow leaves out, in which order, and when it dares to take it back. Pure.

A wall that loses pictures by chance lies about all of its panes. So it gives up on purpose, step by step, the selected
panes last, and says on each pane what it gave up.
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum

from app.model.pane import Saving
from app.video.annexb import is_disposable
from app.video.transport import Unit

LOOK_S = 4.0                # over which lost pictures are counted; a step has as long to show what it saves
MOST_LOST = 0.10            # of all pictures: more, and the wall stutters for whoever looks
FEW_LOST = 0.02             # libVLC loses so many in any hiccup of the machine
LEAST_PICTURES = 30         # fewer say nothing: two panes for a second
CALM_S = 20.0               # without loss before one step is taken back ...
MOST_CALM_S = 320.0         # ... doubled, up to this, each time that a step back was too early
TOO_EARLY_S = 30.0
SMALL_PX = 300              # panes up to this height are small: five in a row on a screen of 1080 lines and more


class Level(IntEnum):
    """How far the machine is from following; each level does what the ones before it do."""

    FULL = 0
    SUB = 1                 # sub streams instead of main ones
    FEWER = 2               # pictures that no other picture needs are left out
    SMALL_KEYS = 3          # key pictures only on small panes
    KEYS = 4                # and on all the others
    ALL_KEYS = 5            # and on selected panes, which were left alone until here


def saving_of(level: Level, *, important: bool, height: int) -> Saving:
    """What a pane of ``height`` device pixels gives up in its pictures; ``important``: selected, or an alarm shows."""
    if level >= (Level.ALL_KEYS if important else Level.KEYS if height > SMALL_PX else Level.SMALL_KEYS):
        return Saving.KEYS
    return Saving.FEWER if level >= Level.FEWER and not important else Saving.NONE


def sub_only(level: Level, *, important: bool) -> bool:
    """Whether a pane takes its sub stream however large it is."""
    return level >= (Level.KEYS if important else Level.SUB)


class Ladder:
    """Goes up while pictures are lost, down in calm; each of its looks is one tick of the supervisor."""

    def __init__(self) -> None:
        self.level = Level.FULL
        self._looks: deque[tuple[float, int, int]] = deque()        # (when, shown, lost) since the look before
        self._changed = float("-inf")
        self._calm_since = 0.0
        self._calm_s = CALM_S
        self._eased = float("-inf")                                 # when a step was last taken back

    def look(self, shown: int, lost: int, now: float) -> Level:
        """``shown`` and ``lost`` pictures of all panes since the last look; ``now`` in seconds."""
        looks = self._looks
        looks.append((now, shown, lost))
        while now - looks[0][0] > LOOK_S:
            looks.popleft()
        all_shown, all_lost = sum(look[1] for look in looks), sum(look[2] for look in looks)
        share = all_lost / max(all_shown + all_lost, 1)
        if share > FEW_LOST or not self._calm_since:
            self._calm_since = now
        watched = now - looks[0][0] >= 0.75 * LOOK_S    # looks come five times a second
        strained = watched and share > MOST_LOST and all_shown + all_lost >= LEAST_PICTURES
        if strained and self.level < Level.ALL_KEYS:
            if now - self._eased < TOO_EARLY_S:
                self._calm_s = min(2 * self._calm_s, MOST_CALM_S)
            self._step(Level(self.level + 1), now)
        elif self.level and now - self._calm_since >= self._calm_s:
            self._eased = now
            self._step(Level(self.level - 1), now)
        elif not self.level and now - self._changed > MOST_CALM_S:
            self._calm_s = CALM_S
        return self.level

    def _step(self, level: Level, now: float) -> None:
        self.level, self._changed, self._calm_since = level, now, now
        self._looks.clear()


class Sieve:
    """Lets the pictures of one stream pass that a saving leaves, and never one without those that it builds on."""

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._waits = False         # pictures were left out that others need: nothing passes before a key picture

    def passes(self, unit: Unit, saving: Saving) -> bool:
        """Whether a unit goes on to the decoder."""
        if unit.key:
            self._waits = False
            return True
        if saving is Saving.KEYS and self._codec != "mjpeg":
            self._waits = True
        if self._waits:
            return False
        return saving is not Saving.FEWER or not is_disposable(self._codec, unit.data)
