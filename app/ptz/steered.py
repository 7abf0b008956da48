"""What the hand on the camera remembers of a camera that it steered. Pure."""

from __future__ import annotations

from dataclasses import dataclass


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
