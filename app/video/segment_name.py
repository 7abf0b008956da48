"""How recorded files are called. Apart from what writes and reads them, which brings libav along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

PART = ".part"              # what is not closed yet
SUFFIX = ".mp4"


def name_of(t0: int, run: str, number: int) -> str:
    """The path below a camera's folder: ``2026-11-22/08/20261122T081500.250Z_<run>_<n>.mp4``, always UTC.

    ``t0`` in microseconds since 1970. Run and number make it unique also when the clock is set back.
    """
    at = datetime.fromtimestamp(t0 / 1e6, UTC)
    return f"{at:%Y-%m-%d}/{at:%H}/{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03d}Z_{run}_{number:05d}{SUFFIX}"


def time_of(path: Path) -> int | None:
    """The time in a file's name, microseconds since 1970 (to the millisecond), or None for a foreign name."""
    try:
        at = datetime.strptime(path.name.partition("Z_")[0], "%Y%m%dT%H%M%S.%f")
    except ValueError:
        return None
    return round(at.replace(tzinfo=UTC).timestamp() * 1e6)


def folders_in(text: str) -> tuple[Path, ...]:
    """Where the files of a camera lie, as one text (see text_of): of several places for recordings."""
    return tuple(Path(line) for line in text.split("\n") if line)


def text_of(folders: Iterable[Path]) -> str:
    """What folders_in reads."""
    return "\n".join(map(str, folders))
