"""Settings kept in the registry, one row per setting that differs from its default. Runs on: the registry lane."""

from __future__ import annotations

import base64
import json
import logging

from app.model.secret import NOTHING, Secret
from app.registry.store import HIDDEN, Store
from app.runtime.settings import BY_KEY, SETTINGS, Value, checked_among, declared, from_json

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
            if value is None and BY_KEY[row["key"]].raw:
                values[row["key"]] = str(row["json"])
            elif value is None:
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
        kept = checked_among(key, value, self.all())
        store, text = self._store, json.dumps(kept)
        with store.write():
            if store.query("SELECT 1 AS same FROM settings WHERE key = ? AND json = ?", [key, text]):
                return kept
            store.run("INSERT INTO settings (key, json, station) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                      "json = excluded.json, station = excluded.station, revision = revision + 1",
                      [key, text, store.station])
            store.log("settings", key, "changed", {"value": HIDDEN if BY_KEY[key].secret else kept})
        return kept

    def reset(self, key: str) -> Value:
        """Back to the default. Raises OperatorError when there is no such setting, or its neighbour forbids it."""
        setting, store = declared(key), self._store
        checked_among(key, setting.default, self.all())
        with store.write():
            if store.run("DELETE FROM settings WHERE key = ?", [key]):
                store.log("settings", key, "removed", {})
        return setting.default

    def put_secret(self, key: str, secret: Secret) -> None:
        """Keeps a text sealed like a camera's password; an empty one is forgotten."""
        if not secret:
            self.reset(key)
            return
        with self._store.write():
            sealed = self._store.vault.seal(secret, f"setting:{key}")
            self.put(key, base64.b64encode(sealed).decode())

    def secret(self, key: str) -> Secret | None:
        """The text kept with ``put_secret``, empty when there is none; None when it cannot be opened."""
        try:
            sealed = base64.b64decode(str(self.get(key)), validate=True)
        except ValueError:
            return None
        return self._store.vault.open(sealed, f"setting:{key}") if sealed else NOTHING
