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
import json

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
