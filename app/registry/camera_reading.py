"""Rows of the camera tables as values of app.model; what was edited by hand into nonsense is mended or left out.

Runs on: the registry lane. Rows are read as bare tuples: 60,000 cameras have 300,000 rows, and a dictionary each
costs more than the rest of the work.
"""

from __future__ import annotations

import gc
import json
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from sys import intern

from app.model.camera import ROTATIONS, Camera, Place, StreamProfile, StreamRole, Transport
from app.model.register import NO_DEVICE, Device
from app.model.secret import NOTHING, Credentials
from app.registry.store import Store

log = logging.getLogger("lawang.registry")

FAR_DOWN = 16       # levels of areas; a row edited by hand into a circle ends here
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_ROLES: Mapping[str, StreamRole] = {role.value: role for role in StreamRole}
_TRANSPORTS: Mapping[str, Transport] = {transport.value: transport for transport in Transport}
_NO_LOGIN = Credentials()


def read_cameras(store: Store, ids: Collection[str] | None = None) -> list[Camera]:
    """Every camera, or those of ``ids`` that exist, ordered by number, with opened credentials."""
    with _collector_resting(ids is None):
        areas = area_paths(store)
        owners = {owner: owner for (owner,) in store.rows("SELECT id FROM owners")}
        which, values = chosen("id", ids)
        # One text per id and one number per angle: 60,000 cameras take 15 MB less, and leave fewer holes behind.
        known = {camera_id: camera_id for (camera_id,) in store.each(f"SELECT id FROM cameras {which}", values)}
        same: dict[float | None, float | None] = {}
        streams = _streams(store, ids, known)
        tags = _tags(store, ids, known)
        logins = logins_of(store, ids, known)
        cameras, lost = [], 0
        for (camera_id, number, name, area, latitude, longitude, owner, height, heading, view, notes, make, model,
             serial, mac, service, restricted, rotation) in store.each(
                "SELECT id, number, name, area, latitude, longitude, owner, height, heading, field_of_view, notes, "
                "make, model, serial, mac, service, restricted, rotation "
                f"FROM cameras {which} ORDER BY number", values):
            if owner is not None and owner not in owners:
                owner, lost = None, lost + 1
            camera_id = known.get(camera_id, camera_id)
            cameras.append(Camera(
                camera_id, number, name if name.isprintable() else UNPRINTABLE.sub(" ", name), areas.get(area, ()),
                None if latitude is None else Place(latitude, longitude), streams.get(camera_id, ()),
                logins.get(camera_id, _NO_LOGIN), owners[owner] if owner else "",
                same.setdefault(height, height), same.setdefault(heading, heading), same.setdefault(view, view),
                tags.get(camera_id, ()), notes,
                Device(intern(make), intern(model), serial, mac, service)
                if make or model or serial or mac or service else NO_DEVICE,
                restricted != 0, rotation if rotation in ROTATIONS else 0))
    if lost:
        log.warning("%d cameras name an owner who is not in the register; they are shown without owner", lost)
    return cameras


def area_paths(store: Store) -> dict[str | None, tuple[str, ...]]:
    """The path of every area by its id; () for None."""
    rows = {area_id: (parent, name) for area_id, parent, name in store.rows("SELECT id, parent, name FROM areas")}
    paths: dict[str | None, tuple[str, ...]] = {None: ()}
    for area_id in rows:
        path: list[str] = []
        step: str | None = area_id
        while step in rows and len(path) < FAR_DOWN:
            path.append(rows[step][1])
            step = rows[step][0]
        paths[area_id] = tuple(reversed(path))
    return paths


def chosen(column: str, ids: Collection[str] | None) -> tuple[str, tuple[str, ...]]:
    """A WHERE clause for these ids, and its value: one JSON list, for SQLite bounds the number of parameters."""
    if ids is None:
        return "", ()
    return f"WHERE {column} IN (SELECT value FROM json_each(?))", (json.dumps(sorted(ids)),)


@contextmanager
def _collector_resting(wanted: bool) -> Iterator[None]:
    """Values of a register make no circles: looking for some among half a million new ones costs 0.4 s."""
    resting = wanted and gc.isenabled()
    if resting:
        gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()


def _streams(store: Store, ids: Collection[str] | None,
             known: Mapping[str, str]) -> dict[str, tuple[StreamProfile, ...]]:
    which, values = chosen("camera", ids)
    found: dict[str, tuple[StreamProfile, ...]] = {}
    strange = 0
    same: dict[int, int] = {}       # of 120,000 sizes a handful differ
    for camera, role, url, transport, width, height in store.each(
            f"SELECT camera, role, url, transport, width, height FROM streams {which}", values):
        if role in _ROLES and transport in _TRANSPORTS:
            profile = StreamProfile(_ROLES[role], url, same.setdefault(width, width), same.setdefault(height, height),
                                    _TRANSPORTS[transport])
            camera = known.get(camera, camera)
            others = found.get(camera, ())
            found[camera] = (profile, *others) if profile.role is StreamRole.MAIN else (*others, profile)
        else:
            strange += 1
    if strange:
        log.warning("%d streams have an unknown role or transport; left out", strange)
    return found


def _tags(store: Store, ids: Collection[str] | None, known: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    which, values = chosen("camera", ids)
    found: dict[str, tuple[str, ...]] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}       # a city has few sets of tags: each is kept once
    for camera, tag in store.each(f"SELECT camera, tag FROM camera_tags {which}", values):
        if tag.isprintable() and tag.strip():
            tags = (*found.get(camera, ()), intern(tag))
            if len(tags) > 1:
                tags = tuple(sorted(tags))
            found[known.get(camera, camera)] = same.setdefault(tags, tags)
        else:
            log.warning("a tag of camera %s holds control characters; left out", camera)
    return found


def logins_of(store: Store, ids: Collection[str] | None, known: Mapping[str, str]) -> dict[str, Credentials]:
    """By camera id; ``known`` gives back ids that are held already."""
    which, values = chosen("camera", ids)
    found, closed = {}, 0
    for camera, username, sealed in store.each(f"SELECT camera, username, password FROM credentials {which}", values):
        password = store.vault.open(sealed, camera) if sealed else NOTHING
        closed += password is None
        found[known.get(camera, camera)] = Credentials(intern(username), password or NOTHING)
    if closed:
        log.warning("%d camera passwords cannot be opened with this key file; enter them again", closed)
    return found
