"""What is remembered of a stream's login that a camera refused: never the login itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusedStream:
    """``door``: "host:port" of the stream; ``tries``: how many of two were spent, 0 when it was let in again;
    ``alone``: others were let in there with the same login, so that it is this camera that does not want it."""

    door: str
    tries: int
    alone: bool = False
