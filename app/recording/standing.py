"""How each place for recordings stands: what lies there, what is free, how many days it really gives.

Days are told at the rate of the newest day, of what rules keep for days; last minutes do not add up.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.model.errors import OperatorError
from app.model.recording import Usage
from app.recording.choice import capacity_of
from app.recording.place import State, mark_of
from app.recording.roots import GIGABYTE, Root
from app.runtime.language import gettext as _

DAY_US = 86_400_000_000
_LEAST_US = DAY_US // 1440          # a place that is younger than a minute says nothing about a day
_UNITS = {"": 1e9, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*([MGTP]?)B?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standing:
    """``a_day``: bytes that the newest day added. ``usage`` is empty for a place that is away."""

    root: Root
    state: State
    usage: Usage = field(default_factory=Usage)
    a_day: float = 0.0

    @property
    def room(self) -> int:
        """Bytes that what is kept for days may take there, with what lies there now; what is held cannot turn over."""
        whole, _left = capacity_of(self.usage.bytes, self.root.quota, self.usage.free, self.root.floor)
        return max(0, whole - self.usage.held)

    @property
    def days(self) -> float | None:
        """How far back it reaches at this rate, None while nothing adds up."""
        return self.room / self.a_day if self.a_day else None


def rate(grown: int, oldest: int | None, newest: int) -> float:
    """Bytes a day: ``grown`` in the day before ``newest``, or since ``oldest`` when that is later."""
    return grown / min(1.0, max((newest - (oldest or newest)) / DAY_US, _LEAST_US / DAY_US))


class Rows(Protocol):
    """What is asked of an index."""

    def grown(self, since: int) -> dict[str, int]: ...
    def used(self) -> tuple[int, int, int, int | None]: ...


def rate_of(index: Rows) -> float:
    """Bytes that the last day added."""
    now = time.time_ns() // 1000
    return rate(sum(index.grown(now - DAY_US).values()), index.used()[3], now)


def state_at(root: Root, known: str) -> State:
    """How a place is, looked at from outside. ``known``: the mark that was seen there before, "" when none was."""
    found = mark_of(root.path)
    if not found or not known:
        return State.AWAY if known else State.UNSEEN
    if found != known:
        return State.OTHER
    return State.WELL if os.access(root.path, os.W_OK) else State.REFUSED


def read_size(text: str) -> int:
    """"500G", "1.5 TB", "500": bytes; without a unit in gigabytes. Raises OperatorError."""
    match = _SIZE.fullmatch(text.strip())
    size = float(match[1].replace(",", ".")) * _UNITS[match[2].upper()] if match else 0.0
    if not GIGABYTE / 20 <= size <= 1e18:
        raise OperatorError(_("“{text}” is no size: write it as 500G or 2T; at least 50 MB.").format(text=text))
    return int(size)


def folder_of(text: str) -> Path:
    """The folder that somebody named for recordings. Raises OperatorError."""
    path = Path(text.strip()).expanduser()
    if not text.strip() or not path.is_absolute():
        raise OperatorError(_("Name the folder with its whole path, as /mnt/disk2/recordings."))
    path = Path(os.path.normpath(path))
    if not path.is_dir():
        raise OperatorError(_("There is no folder {path}: mount the disk, and make the folder.").format(path=path))
    return path
