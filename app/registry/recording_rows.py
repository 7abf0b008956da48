"""What single values of an index of recordings mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.model.clip import Clock, ClockSource, GapCause


def run_of(path: str) -> str:
    """The run in a file's name, "" in a foreign one."""
    parts = Path(path).name.split("_")
    return parts[1] if len(parts) == 3 else ""


def clock_in(row: tuple[Any, ...]) -> Clock:
    """Of a row's four columns; the plain one for what an older or newer version wrote."""
    source, error_us, offset_us, synchronised = row
    if source is None:
        return Clock()
    try:
        return Clock(ClockSource(source), error_us, offset_us, None if synchronised is None else bool(synchronised))
    except ValueError:
        return Clock()


def number_of(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever its name."""
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def cause_in(text: str) -> GapCause:
    """Of a row's text; a newer version may know more."""
    try:
        return GapCause(text)
    except ValueError:
        return GapCause.UNKNOWN
