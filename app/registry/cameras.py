"""Cameras with their tags, streams and credentials: kept, changed, removed. Runs on: the registry lane.

Reading is in camera_reading, what is refused in camera_checks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from app.model.camera import Camera, Place, StreamProfile
from app.model.errors import OperatorError
from app.model.secret import Credentials
from app.registry.areas import Areas
from app.registry.camera_checks import checked_camera
from app.registry.camera_reading import chosen, read_cameras
from app.registry.refusals import FACT, STREAM
from app.registry.store import HIDDEN, Store
from app.runtime.breath import Breath
from app.runtime.language import gettext as _


class Cameras:
    """The camera tables of one store."""

    def __init__(self, store: Store, areas: Areas) -> None:
        self._store = store
        self._areas = areas

    def all(self) -> list[Camera]:
        """Every camera, ordered by number, with opened credentials. Rows that make no sense are left out and logged."""
        return read_cameras(self._store)

    def some(self, ids: Collection[str]) -> list[Camera]:
        """Those of ``ids`` that exist, ordered by number; costs what they cost, not what the whole register does."""
        return read_cameras(self._store, ids)

    def ids_in(self, areas: Collection[str]) -> frozenset[str]:
        """The ids of the cameras that lie directly in these areas, named by id."""
        which, values = chosen("area", areas)
        return frozenset(row[0] for row in self._store.rows(f"SELECT id FROM cameras {which}", values))

    def save(self, cameras: Iterable[Camera], kept: Mapping[str, Camera] | None = None) -> list[Camera]:
        """Adds or changes cameras, all or none; a camera without id is added and gets one. Gives them as kept.

        A camera that equals what is kept writes nothing. ``kept`` holds them as they are, by id, for a caller who has
        read them in the same transaction. Raises OperatorError when a number is taken, an owner is not in the register,
        an address is not allowed or a value makes no sense.
        """
        store = self._store
        with store.write():
            given = list(cameras)
            if kept is None:
                kept = {camera.id: camera for camera in self.some([camera.id for camera in given])}
            breath, wanted = Breath(), []
            for camera in given:
                breath()
                wanted.append(checked_camera(camera if camera.id else replace(camera, id=store.make_id()),
                                             kept.get(camera.id)))
            self._refuse_taken_numbers(wanted)
            self._refuse_unknown_owners(wanted)
            self._park_numbers(kept, wanted)
            area_ids = self._areas.finder()
            for camera in wanted:
                self._save_one(kept.get(camera.id), camera, area_ids)
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

    def _refuse_taken_numbers(self, wanted: Sequence[Camera]) -> None:
        holder: dict[int, str] = {}
        ids = {camera.id for camera in wanted}
        numbers = json.dumps([camera.number for camera in wanted])
        for number, camera_id in self._store.rows(
                "SELECT number, id FROM cameras WHERE number IN (SELECT value FROM json_each(?))", [numbers]):
            if camera_id not in ids:
                holder[number] = camera_id
        for camera in wanted:
            if holder.setdefault(camera.number, camera.id) != camera.id:
                raise OperatorError(_("Camera number {number} is used twice. Give one of them another number.").format(
                    number=camera.number))

    def _refuse_unknown_owners(self, wanted: Sequence[Camera]) -> None:
        known = {row[0] for row in self._store.rows("SELECT id FROM owners")} | {""}
        for camera in wanted:
            if camera.owner not in known:
                raise OperatorError(_("The owner of camera {number} is not in the register.").format(
                    number=camera.number))

    def _park_numbers(self, kept: Mapping[str, Camera], wanted: Sequence[Camera]) -> None:
        """Frees the numbers that change hands, so that two cameras may swap theirs in one transaction."""
        moving = [camera for camera in wanted if camera.id in kept and kept[camera.id].number != camera.number]
        if not moving:
            return
        [(highest,)] = self._store.rows("SELECT max(number) FROM cameras")
        free = max(highest, *(camera.number for camera in wanted), 0)
        for step, camera in enumerate(moving, 1):
            self._store.run("UPDATE cameras SET number = ? WHERE id = ?", [free + step, camera.id])

    def _save_one(self, old: Camera | None, new: Camera, area_id: Callable[[tuple[str, ...]], str | None]) -> None:
        if old == new:
            return
        store = self._store
        before = fields_of(old) if old else {}
        different = {key: value for key, value in fields_of(new).items() if before.get(key) != value}
        # Only what differs is written: an area or owner that someone made nonsense of by hand is not carried on.
        columns = {key: value for key, value in different.items() if key != "tags"}
        if "area" in columns:
            columns["area"] = area_id(new.area)
        if "owner" in columns:
            columns["owner"] = new.owner or None
        if old is None:
            columns = {key: value for key, value in columns.items() if value is not None}
            store.run(f"INSERT INTO cameras ({', '.join(columns)}, station, id) "
                      f"VALUES ({'?, ' * len(columns)}?, ?)", [*columns.values(), store.station, new.id])
            # An empty field of a new camera says nothing: without them the log of an import is half as long.
            store.log("cameras", new.id, "added",
                      {key: value for key, value in different.items() if value not in (None, "", [], False)})
        elif different:
            store.run(f"UPDATE cameras SET {''.join(f'{column} = ?, ' for column in columns)}station = ?, "
                      "revision = revision + 1 WHERE id = ?", [*columns.values(), store.station, new.id])
            store.log("cameras", new.id, "changed", different)
        self._save_tags(old.tags if old else (), new)
        self._save_streams(old.streams if old else (), new)
        login = old.credentials if old else Credentials()
        if login != new.credentials:
            self._save_credentials(new.id, login, new.credentials)
            # Who refused the former login may be asked with this one.
            for fact in (FACT, STREAM) if old is not None else ():
                if store.run("DELETE FROM device_facts WHERE camera = ? AND fact = ?", [new.id, fact]):
                    store.log("device_facts", f"{new.id}/{fact}", "removed", {})

    def _save_tags(self, old: Sequence[str], new: Camera) -> None:
        """Logged with the camera's own row: to whoever reads the log a tag is a field of the camera."""
        for tag in sorted(set(old) - set(new.tags)):
            self._store.run("DELETE FROM camera_tags WHERE camera = ? AND tag = ?", [new.id, tag])
        for tag in sorted(set(new.tags) - set(old)):
            self._store.run("INSERT INTO camera_tags (camera, tag, station) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                            [new.id, tag, self._store.station])

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

    def _save_credentials(self, camera_id: str, old: Credentials, credentials: Credentials) -> None:
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
        what = {"username": credentials.username, "password": HIDDEN if sealed else ""}
        if old.password == credentials.password:
            del what["password"]
        store.log("credentials", camera_id, "changed", what)


def fields_of(camera: Camera) -> dict[str, object]:
    """What the change log tells of a camera's own row and tags, by column; never a secret."""
    latitude, longitude = _degrees(camera.place)
    return {"number": camera.number, "name": camera.name, "area": " > ".join(camera.area),
            "latitude": latitude, "longitude": longitude, "owner": camera.owner, "height": camera.height,
            "heading": camera.heading, "field_of_view": camera.field_of_view, "tags": list(camera.tags),
            "notes": camera.notes, "make": camera.device.make, "model": camera.device.model,
            "serial": camera.device.serial, "mac": camera.device.mac,
            "service": camera.device.service, "restricted": camera.restricted, "rotation": camera.rotation}


def _degrees(place: Place | None) -> tuple[float | None, float | None]:
    return (place.latitude, place.longitude) if place else (None, None)
