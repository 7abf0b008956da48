"""What the desktop and the devices worker tell each other (msgspec), tagged by class name."""

from __future__ import annotations

from app.model.device import DeviceFacts
from app.model.found import Asked, FoundDevice, Search
from app.runtime.process import Message


class Learn(Message, frozen=True):
    """Ask a device everything. The password travels here, over a private pipe, and nowhere else."""

    camera: str
    address: str
    username: str = ""
    password: str = ""


class Find(Message, frozen=True):
    """Search the network; a search that runs is given up. No login travels here, and none is sent to anybody."""

    turn: int
    search: Search


class StopFinding(Message, frozen=True):
    """Give the search up."""


class Found(Message, frozen=True):
    """A device answered, or more is known of one."""

    turn: int
    device: FoundDevice


class Progress(Message, frozen=True):
    """What was asked so far."""

    turn: int
    asked: Asked


class FindEnded(Message, frozen=True):
    """The search is over."""

    turn: int


class Learned(Message, frozen=True):
    """What it told."""

    camera: str
    facts: DeviceFacts


class Failed(Message, frozen=True):
    """Why it told nothing: a stable cause key and a detail without secrets."""

    camera: str
    cause: str
    detail: str = ""


type ToWorker = Learn | Find | StopFinding
type FromWorker = Learned | Failed | Found | Progress | FindEnded
