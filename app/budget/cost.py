"""What a layout costs before it opens: the pixels of each pane's stream against what the machine decodes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.budget.ceiling import Ceiling
from app.model.camera import StreamProfile, StreamRole

# What a stream is taken for while the camera has never told: the usual main and sub stream of a city camera.
_UNKNOWN = {StreamRole.MAIN: (1920, 1080), StreamRole.SUB: (640, 360)}
_RATE = {StreamRole.MAIN: 25.0, StreamRole.SUB: 15.0}


@dataclass(frozen=True, slots=True)
class Load:
    """One stream that is decoded: pixels, pictures a second."""

    codec: str
    width: int
    height: int
    rate: float

    @property
    def megapixels(self) -> float:
        """A second."""
        return self.width * self.height * self.rate / 1e6


def load_of(profile: StreamProfile, *, codec: str = "h264", rate: float = 0.0) -> Load:
    """What a pane with this stream costs; ``rate`` in pictures a second, 0 while it is not known."""
    width, height = (profile.width, profile.height) if profile.width and profile.height else _UNKNOWN[profile.role]
    return Load(codec, width, height, rate or _RATE[profile.role])


def share(loads: Iterable[Load], ceiling: Ceiling) -> float:
    """The part of this machine that they take; over 1.0 it cannot follow."""
    return sum(load.megapixels / ceiling.of(load.codec) for load in loads)
