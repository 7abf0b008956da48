"""What the hand remembers of cameras that it steered: which move, which stops are unanswered, when the last input was.

Pure but for the clock it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

UNANSWERED_S = 0.4          # a stop that takes longer is told: most cameras answer within 0.05 s


@dataclass(frozen=True, slots=True)
class Steered:
    """What is known of a camera that was steered. Times are monotonic seconds.

    ``asked``: when the newest stop was sent, 0 when it was answered. ``trouble``: why it is not answered, or why a move
    was refused; ``touched``: the last input.
    """

    moving: bool = False
    asked: float = 0.0
    trouble: str = ""
    touched: float = 0.0


class SteeredCameras:
    """By camera id; who is free again and stands is forgotten but for its last input."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._states: dict[str, Steered] = {}
        self._hands: dict[str, float] = {}              # the last input on cameras that are free again

    def __contains__(self, camera: str) -> bool:
        return camera in self._states

    def picture(self) -> dict[str, Steered]:
        """All of them as they are now: a copy, also for other threads."""
        return dict(self._states)

    def moves(self, camera: str) -> None:
        """A move was sent."""
        self._states[camera] = Steered(moving=True, touched=self._clock())

    def is_asked_to_stand(self, camera: str) -> None:
        """A stop was sent."""
        now = self._clock()
        self._states[camera] = Steered(moving=False, asked=now, touched=now)

    def touched(self, camera: str) -> None:
        """An input that moves nothing by itself."""
        self._states[camera] = replace(self._states.get(camera, Steered()), touched=self._clock())

    def stands(self, camera: str) -> bool:
        """It answered its stop. False for one that nobody steered."""
        if camera in self._states:
            self._states[camera] = replace(self._states[camera], asked=0.0, moving=False, trouble="")
        return camera in self._states

    def is_troubled(self, camera: str, cause: str) -> bool:
        """Its stop was not answered. False for one that nobody steered."""
        if camera in self._states:
            self._states[camera] = replace(self._states[camera], trouble=cause)
        return camera in self._states

    def goes_on(self, camera: str) -> None:
        """It moves although it answered: said at once, not after UNANSWERED_S."""
        self._states[camera] = replace(self._states.get(camera, Steered()), moving=False, trouble="still-moving",
                                       asked=self._clock() - UNANSWERED_S)

    def moving(self, camera: str) -> bool:
        """Whether it was told to move and not to stand."""
        return camera in self._states and self._states[camera].moving

    def may_move(self, camera: str) -> bool:
        """A stop was asked and is not answered for longer than a blink."""
        state = self._states.get(camera)
        return state is not None and state.asked > 0 and self._clock() - state.asked > UNANSWERED_S

    @property
    def waits(self) -> bool:
        """Whether any stop is not answered."""
        return any(state.asked for state in self._states.values())

    def forget(self, held: Callable[[str], bool]) -> None:
        """Those that stand, without trouble, and that nobody holds."""
        for camera, state in tuple(self._states.items()):
            if not state.moving and not state.asked and not state.trouble and not held(camera):
                self._hands[camera] = self._states.pop(camera).touched

    def free_s(self, camera: str) -> float:
        """Seconds since the last input on a camera that is free again, without end when there was none."""
        return self._clock() - self._hands.get(camera, -inf)
