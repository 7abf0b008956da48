"""Settings kept in the registry, one row per setting that differs from its default. Runs on: the registry lane."""

from __future__ import annotations

import json
import logging

from app.registry.store import Store
from app.runtime.settings import BY_KEY, SETTINGS, Value, checked, declared, from_json

log = logging.getLogger("lawang.registry")


class SettingRows:
    """The settings of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> dict[str, Value]:
        """Every declared setting with its value in force; a kept value that makes no sense gives way to the default."""
        values: dict[str, Value] = {setting.key: setting.default for setting in SETTINGS}
        for row in self._store.query("SELECT key, json FROM settings"):
            if row["key"] not in BY_KEY:
                continue        # of another version of the program: left in the file, not shown
            value = from_json(row["key"], row["json"])
            if value is None:
                log.warning("the setting %s holds nonsense in the file; its default is used", row["key"])
            else:
                values[row["key"]] = value
        return values

    def get(self, key: str) -> Value:
        """The value in force. Raises OperatorError when there is no such setting."""
        declared(key)
        return self.all()[key]

    def put(self, key: str, value: object) -> Value:
        """Checks and keeps a value. Raises OperatorError with a sentence when it is of no use."""
        kept = checked(key, value)
        store, text = self._store, json.dumps(kept)
        with store.write():
            if store.query("SELECT 1 AS same FROM settings WHERE key = ? AND json = ?", [key, text]):
                return kept
            store.run("INSERT INTO settings (key, json, station) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                      "json = excluded.json, station = excluded.station, revision = revision + 1",
                      [key, text, store.station])
            store.log("settings", key, "changed", {"value": kept})
        return kept
