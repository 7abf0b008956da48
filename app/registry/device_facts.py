"""What devices told of themselves: one JSON value per camera and fact, with the moment it was learned.

Runs on: the registry lane. A fact is what a question to the device cost and the next program need not ask again:
profiles, presets, quirks, firmware. Secrets have no place here.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass

from app.model.errors import OperatorError
from app.registry.store import Store
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.registry")

LONGEST = 100_000           # characters of JSON: the profiles of a 64-channel recorder are about 40,000
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


@dataclass(frozen=True, slots=True)
class Fact:
    """``learned_at`` is UTC text that sorts."""

    value: Json
    learned_at: str


class DeviceFacts:
    """The device facts of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, camera: str, fact: str) -> Fact | None:
        """The fact, or None when it was never learned or was edited into nonsense."""
        return self.of(camera).get(fact)

    def of(self, camera: str) -> dict[str, Fact]:
        """All facts of a camera by name."""
        found: dict[str, Fact] = {}
        for name, text, learned_at in self._store.rows(
                "SELECT fact, json, learned_at FROM device_facts WHERE camera = ? ORDER BY fact", [camera]):
            try:
                found[name] = Fact(json.loads(text), learned_at)
            except ValueError:
                log.warning("the fact %s of camera %s cannot be read; passed over", name, camera)
        return found

    def named(self, fact: str) -> dict[str, Fact]:
        """One fact of every camera that has it, by camera id: what a program reads once when it starts."""
        found: dict[str, Fact] = {}
        for camera, text, learned_at in self._store.rows(
                "SELECT camera, json, learned_at FROM device_facts WHERE fact = ?", [fact]):
            try:
                found[camera] = Fact(json.loads(text), learned_at)
            except ValueError:
                log.warning("the fact %s of camera %s cannot be read; passed over", fact, camera)
        return found

    def put(self, camera: str, fact: str, value: Json) -> bool:
        """Keeps a fact; the same value again only moves its moment, without a log entry. False: no such camera.

        Raises OperatorError when it is too large, ValueError for a name or value that is none.
        """
        if not _NAME.fullmatch(fact):
            raise ValueError(f"no name of a fact: {fact[:80]!r}")
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        if len(text) > LONGEST:
            raise OperatorError(_("What the device tells of itself is longer than {most} characters.").format(
                most=LONGEST))
        store = self._store
        with store.write():
            if not store.rows("SELECT 1 FROM cameras WHERE id = ?", [camera]):
                return False
            before = store.rows("SELECT json FROM device_facts WHERE camera = ? AND fact = ?", [camera, fact])
            if before and before[0][0] == text:
                store.run("UPDATE device_facts SET learned_at = ? WHERE camera = ? AND fact = ?",
                          [store.now(), camera, fact])
                return True
            store.run("INSERT INTO device_facts (camera, fact, json, learned_at, station) VALUES (?, ?, ?, ?, ?) "
                      "ON CONFLICT (camera, fact) DO UPDATE SET json = excluded.json, "
                      "learned_at = excluded.learned_at, station = excluded.station, revision = revision + 1",
                      [camera, fact, text, store.now(), store.station])
            # Its length instead of the value: the log would hold each answer of each device for good.
            store.log("device_facts", f"{camera}/{fact}", "changed" if before else "added", {"characters": len(text)})
        return True

    def forget(self, camera: str, fact: str | None = None) -> int:
        """Forgets one fact or all of a camera, so that the device is asked again; gives how many there were."""
        store = self._store
        with store.write():
            names = [name for name in self._names(camera) if fact is None or name == fact]
            for name in names:
                store.run("DELETE FROM device_facts WHERE camera = ? AND fact = ?", [camera, name])
                store.log("device_facts", f"{camera}/{name}", "removed", {})
            return len(names)

    def _names(self, camera: str) -> list[str]:
        return [row[0] for row in self._store.rows("SELECT fact FROM device_facts WHERE camera = ?", [camera])]
