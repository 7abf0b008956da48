"""What a pane may claim: its state, why, since when. Computed by app.video.freshness, never by a player's opinion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.camera import StreamRole


class PaneState(StrEnum):
    """The states of house.md section 6; EMPTY is a pane without a camera."""

    EMPTY = "empty"
    CONNECTING = "connecting"
    LIVE = "live"
    LATE = "late"
    FROZEN = "frozen"
    LOST = "lost"
    REFUSED = "refused"

    @property
    def counts_as_live(self) -> bool:
        """Late panes count as live; frozen, lost, refused and connecting do not (screens.md)."""
        return self in (PaneState.LIVE, PaneState.LATE)


class Fit(StrEnum):
    """How a picture meets its pane: whole with bars, cut to fill, or stretched."""

    FIT = "fit"
    FILL = "fill"
    STRETCH = "stretch"


class StreamWish(StrEnum):
    """The operator's say about the stream of a pane; AUTO leaves it to app.video.choice."""

    AUTO = "auto"
    MAIN = "main"
    SUB = "sub"


class Saving(StrEnum):
    """What a pane gives up while the machine cannot follow; see app.video.economy."""

    NONE = ""
    SUB = "sub"             # the sub stream, although the pane is large
    FEWER = "fewer"         # pictures that no other picture needs are left out
    KEYS = "keys"           # key pictures only


@dataclass(frozen=True, slots=True)
class PaneReport:
    """The truth about one pane at one moment. Times are wall-clock seconds since the epoch (UTC) unless said.

    ``age``: seconds the state's clock shows: since the last new picture (frozen), since the loss (lost),
    since asked (connecting), behind arrival (late); 0 when live.
    ``cause`` is a stable key ("no-route", "refused", "timeout", "too-big", "decoder" ...) for lost, refused and frozen.
    ``retry_in``: seconds until the next attempt, or None when nothing is scheduled.
    ``last_picture``: when the last new picture was published, or None.
    ``delay``: seconds from a packet's arrival to its picture, estimated; ``fps`` pictures per second published.
    ``saving``: what is left out on purpose, because the machine cannot follow.
    """

    state: PaneState = PaneState.EMPTY
    age: float = 0.0
    cause: str = ""
    retry_in: float | None = None
    last_picture: float | None = None
    stream: StreamRole | None = None
    width: int = 0
    height: int = 0
    fps: float = 0.0
    delay: float = 0.0
    dropped: int = 0
    saving: Saving = Saving.NONE


NO_REPORT = PaneReport()
