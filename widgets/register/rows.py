"""Which cameras the list shows and in which order. Pure, no Qt; 6,000 cameras take a few milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter
from urllib.parse import urlsplit

from app.availability.uptime import UNKNOWN, History
from app.model.camera import Camera, StreamRole
from app.model.pane import PaneState
from app.model.register import Owner
from widgets.window.counts import WRONG

MONTH = -1              # the last of RANGES_S


class Chip(Enum):
    """The quick filters of the tool bar."""

    ALL = "all"
    PROBLEMS = "problems"
    RESTRICTED = "restricted"


class Column(Enum):
    """The columns of the table, from left to right."""

    MARK = "mark"
    NUMBER = "number"
    NAME = "name"
    AREA = "area"
    OWNER = "owner"
    MODEL = "model"
    ADDRESS = "address"
    STREAMS = "streams"
    AVAILABILITY = "availability"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Query:
    """``owner`` is an owner's id, "" for all, "-" for cameras without; ``area`` the path above which nothing shows."""

    text: str = ""
    chip: Chip = Chip.ALL
    owner: str = ""
    area: tuple[str, ...] = ()
    column: Column = Column.NUMBER
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are made of at this moment."""

    owners: Mapping[str, Owner]
    states: Mapping[str, PaneState]
    histories: Mapping[str, History]

    def owner(self, camera: Camera) -> str:
        """The name of its owner, "" without one."""
        owner = self.owners.get(camera.owner) if camera.owner else None
        return owner.name if owner is not None else ""


def host_of(camera: Camera) -> str:
    """Where the camera answers, without scheme, login and path; the device's file for local ones."""
    stream = camera.stream(StreamRole.MAIN) or camera.stream(StreamRole.SUB)
    if stream is None:
        return ""
    parts = urlsplit(stream.url)
    try:
        return parts.hostname or parts.path
    except ValueError:
        return ""


def model_of(camera: Camera) -> str:
    """Make and model of the device, as one text."""
    return f"{camera.device.make} {camera.device.model}".strip()


def streams_of(camera: Camera) -> str:
    """"1920×1080 · 640×360": main and small; "M · S" where sizes are not known yet."""
    texts = []
    for role, letter in ((StreamRole.MAIN, "M"), (StreamRole.SUB, "S")):
        stream = camera.stream(role)
        if stream is not None:
            texts.append(f"{stream.width}×{stream.height}" if stream.width else letter)
    return " · ".join(texts)


def chosen(found: Iterable[Camera], query: Query, known: Known) -> list[Camera]:
    """The cameras of ``found`` (those that match the typed text, by number or best first) that the filters let by."""
    depth = len(query.area)
    rows = [camera for camera in found
            if (not depth or camera.area[:depth] == query.area)
            and (not query.owner or (camera.owner or "-") == query.owner)
            and (query.chip is Chip.ALL or _chip(query.chip, camera, known))]
    if query.column is Column.NUMBER and not query.falling and query.text:
        return rows                                  # best first, as found
    key = _KEYS.get(query.column)
    if key is not None:
        decorated = [(key(camera, known), camera.number, camera) for camera in rows]
        decorated.sort(key=itemgetter(0, 1), reverse=query.falling)
        return [row[2] for row in decorated]
    rows.sort(key=lambda camera: camera.number, reverse=query.falling)
    return rows


def _chip(chip: Chip, camera: Camera, known: Known) -> bool:
    if chip is Chip.RESTRICTED:
        return camera.restricted
    return known.states.get(camera.id) in WRONG


def _share(camera: Camera, known: Known) -> float:
    """Cameras that nobody watched come after all that are good."""
    share = known.histories.get(camera.id, UNKNOWN).ranges[MONTH].share
    return 2.0 if share is None else share


_STATE_ORDER = {state: place for place, state in enumerate(
    (PaneState.REFUSED, PaneState.LOST, PaneState.FROZEN, PaneState.LATE, PaneState.CONNECTING, PaneState.LIVE))}
_KEYS: Mapping[Column, Callable[[Camera, Known], object]] = {
    Column.NAME: lambda camera, _known: camera.name.casefold(),
    Column.AREA: lambda camera, _known: tuple(name.casefold() for name in camera.area),
    Column.OWNER: lambda camera, known: known.owner(camera).casefold() or "\uffff",
    Column.MODEL: lambda camera, _known: model_of(camera).casefold() or "\uffff",
    Column.ADDRESS: lambda camera, _known: _natural(host_of(camera)),
    Column.STREAMS: lambda camera, _known: tuple(-stream.width * stream.height for stream in camera.streams),
    Column.AVAILABILITY: _share,
    Column.STATE: lambda camera, known: _STATE_ORDER.get(known.states.get(camera.id, PaneState.EMPTY), 9),
}


def _natural(host: str) -> tuple[tuple[int, str], ...]:
    """10.2.0.9 before 10.2.0.10."""
    return tuple((int(part), "") if part.isdigit() else (1 << 30, part) for part in host.split("."))
