"""A new key for all passwords of a registry, or another place for it: all of them or none.

Runs on: the registry's thread. A kill at any moment leaves every row sealed with one key, the old or the new, and a
key file that opens it:

1. the new key is made and its key file prepared (old keys in it too); nothing is changed yet;
2. in one transaction every password is sealed anew, then the key file is put in place, then the transaction ends.
   Before it ends the rows are the old ones, and the new key file opens them; after it they are the new ones.
3. the former entry in a keyring is taken out.

Who seals at the same time waits for the transaction, and then reads the key file that is in force.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from app.model.errors import OperatorError
from app.model.secret import NOTHING, Secret
from app.registry.store import Store
from app.runtime.key_store import Kept
from app.runtime.language import ngettext
from app.runtime.secrets import Change
from app.runtime.settings import SETTINGS


def rekey(store: Store, kept: Kept, passphrase: Secret = NOTHING) -> int:
    """Gives the number of passwords. Raises OperatorError, and then nothing has changed: one of them cannot be opened
    with the keys at hand, or the new key cannot be kept there."""
    change = store.vault.begin_change(kept, passphrase)
    try:
        with store.write():
            count = _cameras(store, change) + _settings(store, change)
            _undos(store, change)
            store.log("credentials", "*", "rekeyed", {"passwords": count, "kept": kept})
            change.publish()
    finally:
        change.finish()
    return count


def _cameras(store: Store, change: Change) -> int:
    rows = store.query("SELECT camera, password FROM credentials WHERE password IS NOT NULL")
    closed = 0
    for row in rows:
        secret = store.vault.open(row["password"], row["camera"])
        if secret is None:
            closed += 1
            continue
        store.run("UPDATE credentials SET password = ?, station = ?, revision = revision + 1 WHERE camera = ?",
                  [change.seal(secret, row["camera"]), store.station, row["camera"]])
    if closed:
        raise OperatorError(ngettext(
            "{count} password cannot be opened with the key at hand. Enter it again first; nothing was changed.",
            "{count} passwords cannot be opened with the key at hand. Enter them again first; nothing was changed.",
            closed).format(count=closed))
    return len(rows)


def _settings(store: Store, change: Change) -> int:
    count = 0
    for key in (setting.key for setting in SETTINGS if setting.secret):
        for row in store.query("SELECT json FROM settings WHERE key = ?", [key]):
            secret = store.vault.open(base64.b64decode(json.loads(row["json"])), f"setting:{key}")
            if secret is None:
                continue            # a kiosk password that nobody can look at any more: it is set again, not saved
            sealed = base64.b64encode(change.seal(secret, f"setting:{key}")).decode()
            store.run("UPDATE settings SET json = ?, station = ?, revision = revision + 1 WHERE key = ?",
                      [json.dumps(sealed), store.station, key])
            count += 1
    return count


def _undos(store: Store, change: Change) -> None:
    """What the undo of edits and of the last import keeps: the same passwords once more. One that cannot be opened
    stays as it is, and so does a row edited by hand into nonsense: its undo offers nothing either way."""
    for table, column, halves in (("edits", "json", _of_edit), ("imports", "before", _of_import)):
        for row_id, text in store.rows(f"SELECT id, {column} FROM {table}"):
            try:
                kept = json.loads(text)
                halves(kept, lambda camera, fields: _reseal(store, change, camera, fields))
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            new = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            if new != text:
                store.run(f"UPDATE {table} SET {column} = ?, revision = revision + 1 WHERE id = ?",
                          [new, row_id])


def _of_edit(kept: Any, each: Callable[[str, dict[str, Any]], None]) -> None:
    for camera, *sides in kept:
        for fields in filter(None, sides):
            each(camera, fields)


def _of_import(kept: Any, each: Callable[[str, dict[str, Any]], None]) -> None:
    for camera, fields in kept["changed"].items():
        each(camera, fields)


def _reseal(store: Store, change: Change, camera: str, fields: dict[str, Any]) -> None:
    """In place: the password of one camera as app.registry.camera_text keeps it."""
    if "credentials" not in fields:
        return
    username, text = fields["credentials"]
    try:
        secret = store.vault.open(base64.b64decode(text, validate=True), camera) if text else None
    except binascii.Error:
        return
    if secret is not None:
        fields["credentials"] = [username, base64.b64encode(change.seal(secret, camera)).decode()]
