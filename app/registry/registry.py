"""The registry: one open file with its cameras, owners, areas, wall states and settings.

Runs on: the one thread that opened it. A desktop uses it through app.registry.lane, a command line directly.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from app.model.camera import Camera
from app.model.edit import Change, Changes, Edit
from app.model.secret import NOTHING, Secret
from app.model.wall import WallState
from app.registry.areas import Areas
from app.registry.availability import AvailabilityRows
from app.registry.bookmarks import Bookmarks
from app.registry.cameras import Cameras
from app.registry.copies import copy_of_today, make_copy
from app.registry.custody import CustodyRows
from app.registry.device_facts import DeviceFacts
from app.registry.edits import Edits
from app.registry.errors import explained
from app.registry.history import history_of
from app.registry.ids import new_id
from app.registry.imports import Imports
from app.registry.layouts import Layouts
from app.registry.opening import may_write, open_database, version_of
from app.registry.owners import Owners
from app.registry.presence import write_again
from app.registry.refusals import RefusedLogins
from app.registry.rekey import rekey
from app.registry.scenes import Scenes
from app.registry.search import Search
from app.registry.seen import SeenRows
from app.registry.settings import SettingRows
from app.registry.store import Store
from app.registry.tours import Tours
from app.registry.walls import Walls
from app.registry.watching import Watch
from app.runtime import desktop_keyring, paths
from app.runtime.key_store import Kept
from app.runtime.secrets import Vault
from app.runtime.settings import Value

log = logging.getLogger("lawang.registry")

KEY_FILE = "registry.key"       # in the config folder: apart from the data, so that a copied registry opens no camera
STATION_FILE = "station-id"


class Registry:
    """An open registry file. Every write is one transaction with its change-log entry; all raise OperatorError."""

    def __init__(self, path: Path, *, vault: Vault | None = None, station: str | None = None, read_only: bool = False,
                 clock: Callable[[], float] = time.time, make_id: Callable[[], str] = new_id) -> None:
        """Opens ``path``, made when missing; see app.registry.opening for what is refused.

        ``vault`` and ``station`` default to the key file and the station id of this user's config folder.
        """
        self.path = path
        self.read_only = read_only or not may_write(path)
        vault = vault or vault_of_this_user()
        station = station_id(paths.config_dir()) if station is None else station
        db = open_database(path, read_only=self.read_only, clock=clock)
        self._store = Store(db, path, vault, station=station, clock=clock, make_id=make_id)
        self.owners = Owners(self._store)
        self.areas = Areas(self._store)
        self.cameras = Cameras(self._store, self.areas)
        self.settings = SettingRows(self._store)
        self.edits = Edits(self._store, self.cameras, self.settings)
        self.imports = Imports(self._store, self.cameras, self.owners, self.areas)
        self.device_facts = DeviceFacts(self._store)
        self.refused_logins = RefusedLogins(self._store, self.device_facts)
        self.layouts = Layouts(self._store)
        self.walls = Walls(self._store)
        self.scenes = Scenes(self._store)
        self.tours = Tours(self._store)
        self.seen = SeenRows(self._store)
        self.custody = CustodyRows(self._store)
        self.bookmarks = Bookmarks(self._store, self.custody)
        self.availability = AvailabilityRows(self._store)
        self.search = Search(self._store)
        if not self.read_only:
            self.search.catch_up()

    @classmethod
    def open(cls, path: Path) -> Self:
        """The registry at ``path`` with this user's key file and station id."""
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    @property
    def version(self) -> int:
        """The version of the file's shape."""
        return version_of(self._store.db)

    def transaction(self) -> AbstractContextManager[None]:
        """``with registry.transaction():`` makes several writes one: all or none."""
        return self._store.write()

    def list_cameras(self) -> list[Camera]:
        """Every camera, ordered by number."""
        return self.cameras.all()

    def save_cameras(self, *cameras: Camera) -> list[Camera]:
        """Adds (empty id) or changes cameras in one transaction; gives them with their ids."""
        return self.cameras.save(cameras)

    def edit(self, ids: Iterable[str], changes: Changes) -> list[Camera]:
        """Changes many cameras in one transaction, with undo; gives those that became different."""
        return self.edits.change(ids, changes)

    def can_undo(self) -> bool:
        """Whether this station has an edit to undo."""
        return self.edits.last() is not None

    def undo_edit(self) -> Edit:
        """Undoes this station's newest edit; a sentence says why when somebody changed the rows since."""
        return self.edits.undo()

    def history(self, camera_id: str) -> list[Change]:
        """What the change log tells of a camera, newest first; never a secret."""
        return history_of(self._store, camera_id)

    def save_wall(self, name: str, state: WallState) -> bool:
        """Keeps a wall state; survives a kill -9 from the moment this returns. False when nothing changed."""
        return self.walls.save(name, state)

    def load_wall(self, name: str) -> WallState | None:
        """The kept wall state, or None."""
        return self.walls.load(name)

    def setting(self, key: str) -> Value:
        """The value in force of a declared setting."""
        return self.settings.get(key)

    def set_setting(self, key: str, value: object) -> Value:
        """Keeps a setting; a sentence says why when the value is refused."""
        return self.settings.put(key, value)

    def last_change(self) -> int:
        """Grows with each logged write, by whichever program."""
        rows = self._store.query("SELECT seq FROM sqlite_sequence WHERE name = 'change_log'")
        return int(rows[0]["seq"]) if rows else 0

    def changed_tables(self, since: int) -> frozenset[str]:
        """The tables written after ``last_change()`` gave ``since``; empty when someone wrote past the log."""
        rows = self._store.rows("SELECT DISTINCT tbl FROM change_log WHERE id > ?", [since])
        return frozenset(row[0] for row in rows)

    def watch(self) -> Watch:
        """Tells from now on what was written, by this program or another."""
        return Watch(self._store)

    def keep_copy(self) -> Path | None:
        """Today's copy of the file, when not made yet; none of a read-only one; a failure is logged."""
        return None if self.read_only else copy_of_today(self._store.db.conn, self.path)

    def keep_last(self) -> None:
        """A copy of a file that is about to be left for another one; a failure is logged."""
        try:
            make_copy(self._store.db.conn, self.path)
        except (OSError, sqlite3.Error) as error:
            log.warning("no copy of the lost registry was made: %s", error)

    def write_again(self, clear: Callable[[], None], mode: int) -> None:
        """Writes the file anew where nothing lies any more; see app.registry.presence. Raises OperatorError."""
        write_again(self._store.db.conn, self.path.resolve(), clear, mode)

    def rekey(self, kept: Kept | None = None, passphrase: Secret = NOTHING) -> int:
        """A new key for every password, kept there (None: where it is now); gives how many there were."""
        return rekey(self._store, kept or self._store.vault.kept or Kept.FILE, passphrase)

    def settle(self) -> None:
        """Leaves one whole file without companions, packed: for a file that is shipped or carried away."""
        with explained(self.path):
            self._store.db.disable_wal()
            self._store.db.vacuum()

    def close(self) -> None:
        """Closes the file; what was written is on disk."""
        with explained(self.path):
            self._store.db.close()


def vault_of_this_user() -> Vault:
    """The vault with the key of this user: of the desktop's keyring, the key file or a passphrase."""
    return Vault(paths.config_dir() / KEY_FILE, desktop_keyring.of_this_user())


def station_id(folder: Path) -> str:
    """This station's text id, made at first use and kept beside the key: a copied registry is another station's."""
    file = folder / STATION_FILE
    try:
        kept = file.read_text(encoding="ascii").strip()
        if kept:
            return kept
    except (OSError, ValueError):
        kept = ""
    made = new_id()
    try:
        paths.ensure(folder)
        file.write_text(made + "\n", encoding="ascii")
    except OSError:
        return made     # a read-only profile: rows bear an id that lives as long as this run
    return made
