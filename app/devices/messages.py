"""What the desktop and the devices worker tell each other (msgspec), tagged by class name."""

from __future__ import annotations

import msgspec

from app.model.device import DeviceFacts


class Message(msgspec.Struct, tag=True, frozen=True):
    """Base of all messages."""


class Learn(Message, frozen=True):
    """Ask a device everything. The password travels here, over a private pipe, and nowhere else."""

    camera: str
    address: str
    username: str = ""
    password: str = ""


class Learned(Message, frozen=True):
    """What it told."""

    camera: str
    facts: DeviceFacts


class Failed(Message, frozen=True):
    """Why it told nothing: a stable cause key and a detail without secrets."""

    camera: str
    cause: str
    detail: str = ""


type ToWorker = Learn
type FromWorker = Learned | Failed
