"""Edits of cameras as values: what a bulk edit changes, what can be undone, what the change log tells of a camera."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict

from app.model.camera import Camera, Place, StreamProfile, Transport
from app.model.secret import Credentials


class Changes(TypedDict, total=False):
    """What an edit changes of each of its cameras; a key that is missing leaves the field as it is.

    ``tags`` puts others in place of all, ``add_tags`` and ``remove_tags`` change some. ``append_notes`` adds a line.
    ``transport`` is that of all streams. ``number`` makes sense for one camera only.
    """

    number: int
    name: str
    area: tuple[str, ...]
    place: Place | None
    owner: str
    height: float | None
    heading: float | None
    field_of_view: float | None
    rotation: int
    restricted: bool
    make: str
    model: str
    serial: str
    mac: str
    service: str
    notes: str
    append_notes: str
    tags: Iterable[str]
    add_tags: Iterable[str]
    remove_tags: Iterable[str]
    streams: tuple[StreamProfile, ...]
    transport: Transport
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Beside:
    """A setting that changes with an edit of cameras: its whole new text, and the ids of those it changes for."""

    setting: str
    text: str
    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that can be undone: when (UTC text), how many cameras, which fields; "added" and "removed" are such."""

    id: str
    at: str
    cameras: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a camera's history. ``field`` is "" when the camera itself was added or removed.

    ``before`` is None when the log does not reach back so far. A password is never told, only that it changed.
    """

    at: str                 # UTC text
    station: str
    action: str             # added, changed, removed
    field: str
    before: object = None
    after: object = None


DEVICE_FIELDS = ("make", "model", "serial", "mac", "service")
_PLAIN = ("number", "name", "area", "place", "owner", "height", "heading", "field_of_view", "rotation", "restricted",
          "notes", "streams", "credentials")
_KNOWN = frozenset(Changes.__annotations__)


def changed(camera: Camera, changes: Changes) -> Camera:
    """The camera after the edit. Raises TypeError for a field that no edit knows: a bug of whoever asks."""
    if unknown := sorted(changes.keys() - _KNOWN):
        raise TypeError(f"no edit changes {', '.join(unknown)}")
    values = {key: value for key, value in changes.items() if key in _PLAIN}
    device = {key: value for key, value in changes.items() if key in DEVICE_FIELDS}
    after = replace(camera, **values) if values else camera     # type: ignore[arg-type]
    if device:
        after = replace(after, device=replace(after.device, **device))      # type: ignore[arg-type]
    if changes.keys() & {"tags", "add_tags", "remove_tags"}:
        tags = set(changes.get("tags", after.tags)) - set(changes.get("remove_tags", ()))
        after = replace(after, tags=tuple(sorted(tags | set(changes.get("add_tags", ())))))
    if line := changes.get("append_notes", "").strip():
        after = replace(after, notes=f"{after.notes.rstrip()}\n{line}".lstrip("\n"))
    if "transport" in changes:
        after = replace(after, streams=tuple(replace(s, transport=changes["transport"]) for s in after.streams))
    return after
