"""Cameras, their areas, streams and credentials: rows to values of app.model and back. Runs on: the registry lane."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.model.camera import Camera, Place, StreamProfile, StreamRole, Transport
from app.model.errors import OperatorError
from app.model.secret import NOTHING, Credentials
from app.registry.store import HIDDEN, Row, Store
from app.runtime.language import gettext as _
from app.video.addresses import parse

log = logging.getLogger("lawang.registry")

FAR_DOWN = 16       # levels of areas; a row edited by hand into a circle ends here


class Cameras:
    """The camera tables of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Camera]:
        """Every camera, ordered by number, with opened credentials. Rows that make no sense are left out and logged."""
        store = self._store
        areas = self._area_paths()
        streams: dict[str, list[StreamProfile]] = {}
        for row in store.query("SELECT camera, role, url, transport, width, height FROM streams ORDER BY camera, role"):
            profile = _profile(row)
            if profile is not None:
                streams.setdefault(row["camera"], []).append(profile)
        credentials = self._credentials()
        return [
            Camera(row["id"], row["number"], row["name"], areas.get(row["area"], ()), _place(row),
                   tuple(streams.get(row["id"], ())), credentials.get(row["id"], Credentials()))
            for row in store.query("SELECT id, number, name, area, latitude, longitude FROM cameras ORDER BY number")
        ]

    def save(self, cameras: Iterable[Camera]) -> list[Camera]:
        """Adds or changes cameras, all or none; a camera without id is added and gets one. Gives them as kept.

        A camera that equals what is kept writes nothing. Raises OperatorError when a number is taken or an address
        is not allowed.
        """
        store = self._store
        with store.write():
            kept = {camera.id: camera for camera in self.all()}
            wanted = [_without_secrets(camera if camera.id else replace(camera, id=store.make_id()))
                      for camera in cameras]
            self._refuse_taken_numbers(kept, wanted)
            self._park_numbers(kept, wanted)
            areas = _AreaRows(store)
            for camera in wanted:
                self._save_one(kept.get(camera.id), camera, areas)
        return wanted

    def remove(self, ids: Iterable[str]) -> int:
        """Removes cameras with their streams and credentials; gives how many there were."""
        store = self._store
        count = 0
        with store.write():
            for camera_id in ids:
                known = store.query("SELECT number, name FROM cameras WHERE id = ?", [camera_id])
                if known:
                    store.run("DELETE FROM cameras WHERE id = ?", [camera_id])
                    store.log("cameras", camera_id, "removed", known[0])
                    count += 1
        return count

    def _refuse_taken_numbers(self, kept: dict[str, Camera], wanted: Sequence[Camera]) -> None:
        after = {camera_id: camera.number for camera_id, camera in kept.items()}
        after.update((camera.id, camera.number) for camera in wanted)
        owner: dict[int, str] = {}
        for camera_id, number in after.items():
            if number <= 0:
                raise OperatorError(_("A camera number must be 1 or more, not {number}.").format(number=number))
            if number in owner:
                raise OperatorError(_("Camera number {number} is used twice. Give one of them another number.").format(
                    number=number))
            owner[number] = camera_id

    def _park_numbers(self, kept: dict[str, Camera], wanted: Sequence[Camera]) -> None:
        """Frees the numbers that change hands, so that two cameras may swap theirs in one transaction."""
        free = max((camera.number for camera in kept.values()), default=0)
        free = max(free, *(camera.number for camera in wanted), 0) if wanted else free
        for camera in wanted:
            if camera.id in kept and kept[camera.id].number != camera.number:
                free += 1
                self._store.run("UPDATE cameras SET number = ? WHERE id = ?", [free, camera.id])

    def _save_one(self, old: Camera | None, new: Camera, areas: _AreaRows) -> None:
        if old == new:
            return
        store = self._store
        values = [new.number, new.name, areas.id_of(new.area), *_degrees(new.place), store.station]
        if old is None:
            store.run("INSERT INTO cameras (number, name, area, latitude, longitude, station, id) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?)", [*values, new.id])
        elif _fields(old) != _fields(new):
            store.run("UPDATE cameras SET number = ?, name = ?, area = ?, latitude = ?, longitude = ?, station = ?, "
                      "revision = revision + 1 WHERE id = ?", [*values, new.id])
        if old is None or _fields(old) != _fields(new):
            store.log("cameras", new.id, "added" if old is None else "changed", _difference(old, new))
        self._save_streams(old.streams if old else (), new)
        if (old.credentials if old else Credentials()) != new.credentials:
            self._save_credentials(new.id, new.credentials)

    def _save_streams(self, old: Sequence[StreamProfile], new: Camera) -> None:
        store = self._store
        before, after = {s.role: s for s in old}, {s.role: s for s in new.streams}
        for role in sorted(before.keys() - after.keys()):
            store.run("DELETE FROM streams WHERE camera = ? AND role = ?", [new.id, role])
            store.log("streams", f"{new.id}/{role}", "removed", {})
        for role, profile in after.items():
            if before.get(role) == profile:
                continue
            store.run("INSERT INTO streams (camera, role, url, transport, width, height, station) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (camera, role) DO UPDATE SET url = excluded.url, "
                      "transport = excluded.transport, width = excluded.width, height = excluded.height, "
                      "station = excluded.station, revision = revision + 1",
                      [new.id, role, profile.url, profile.transport, profile.width, profile.height, store.station])
            store.log("streams", f"{new.id}/{role}", "changed" if role in before else "added",
                      {"url": profile.url, "transport": profile.transport,
                       "width": profile.width, "height": profile.height})

    def _save_credentials(self, camera_id: str, credentials: Credentials) -> None:
        store = self._store
        if not credentials:
            store.run("DELETE FROM credentials WHERE camera = ?", [camera_id])
            store.log("credentials", camera_id, "removed", {})
            return
        sealed = store.vault.seal(credentials.password, camera_id) if credentials.password else None
        store.run("INSERT INTO credentials (camera, username, password, station) VALUES (?, ?, ?, ?) "
                  "ON CONFLICT (camera) DO UPDATE SET username = excluded.username, password = excluded.password, "
                  "station = excluded.station, revision = revision + 1",
                  [camera_id, credentials.username, sealed, store.station])
        store.log("credentials", camera_id, "changed",
                  {"username": credentials.username, "password": HIDDEN if sealed else ""})

    def _area_paths(self) -> dict[str | None, tuple[str, ...]]:
        rows = {row["id"]: row for row in self._store.query("SELECT id, parent, name FROM areas")}
        paths: dict[str | None, tuple[str, ...]] = {None: ()}
        for area_id in rows:
            path: list[str] = []
            step: str | None = area_id
            while step in rows and len(path) < FAR_DOWN:
                path.append(rows[step]["name"])
                step = rows[step]["parent"]
            paths[area_id] = tuple(reversed(path))
        return paths

    def _credentials(self) -> dict[str, Credentials]:
        store, found, closed = self._store, {}, 0
        for row in store.query("SELECT camera, username, password FROM credentials"):
            password = store.vault.open(row["password"], row["camera"]) if row["password"] else NOTHING
            closed += password is None
            found[row["camera"]] = Credentials(row["username"], password or NOTHING)
        if closed:
            log.warning("%d camera passwords cannot be opened with this key file; enter them again", closed)
        return found


class _AreaRows:
    """Finds or makes the rows of area paths within one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: dict[tuple[str | None, str], str] = {
            (row["parent"], row["name"]): row["id"] for row in store.query("SELECT id, parent, name FROM areas")}

    def id_of(self, path: tuple[str, ...]) -> str | None:
        parent: str | None = None
        for name in path:
            if (parent, name) not in self._ids:
                area_id = self._store.make_id()
                self._store.run("INSERT INTO areas (id, parent, name, station) VALUES (?, ?, ?, ?)",
                                [area_id, parent, name, self._store.station])
                self._store.log("areas", area_id, "added", {"name": name, "parent": parent})
                self._ids[parent, name] = area_id
            parent = self._ids[parent, name]
        return parent


def _without_secrets(camera: Camera) -> Camera:
    """Checks the addresses; user and password that still stand in one become the camera's credentials."""
    streams, credentials = [], camera.credentials
    for profile in camera.streams:
        address = parse(profile.url)
        credentials = credentials or address.credentials
        streams.append(profile if profile.url == address.url else replace(profile, url=address.url))
    return replace(camera, streams=tuple(streams), credentials=credentials)


def _profile(row: Row) -> StreamProfile | None:
    try:
        return StreamProfile(StreamRole(row["role"]), row["url"], row["width"], row["height"],
                             Transport(row["transport"]))
    except ValueError:
        log.warning("stream %r of camera %s has an unknown role or transport; left out", row["role"], row["camera"])
        return None


def _place(row: Row) -> Place | None:
    return None if row["latitude"] is None else Place(row["latitude"], row["longitude"])


def _degrees(place: Place | None) -> tuple[float | None, float | None]:
    return (place.latitude, place.longitude) if place else (None, None)


def _fields(camera: Camera) -> dict[str, object]:
    latitude, longitude = _degrees(camera.place)
    return {"number": camera.number, "name": camera.name, "area": " > ".join(camera.area),
            "latitude": latitude, "longitude": longitude}


def _difference(old: Camera | None, new: Camera) -> dict[str, object]:
    before = _fields(old) if old else {}
    return {key: value for key, value in _fields(new).items() if before.get(key) != value}
