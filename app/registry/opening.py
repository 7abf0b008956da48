"""Opens a registry file: refuses newer and foreign ones, keeps a damaged one aside, carries an older one forward.

Runs on: the thread that will own the connection.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from app.model.errors import OperatorError
from app.registry import schema
from app.registry.copies import copies_of, make_copy
from app.registry.errors import DAMAGED, DamagedRegistry, explained, primary_code
from app.runtime import paths
from app.runtime.language import gettext as _

BUSY_SECONDS = 5.0      # an import of 60,000 cameras holds the file for about 3 s
SQLITE_MAGIC = b"SQLite format 3\0"
STARTER = paths.ROOT / "camera_registry.db"     # in the tree: made by app.registry.starter, never written by a wall
COMPANIONS = ("", "-wal", "-shm", "-journal")


def open_database(path: Path, *, read_only: bool = False, steps: Migrations = schema.migrations,
                  clock: Callable[[], float] = time.time) -> Database:
    """The open, checked and current file, made when missing. WAL, foreign keys on, waits BUSY_SECONDS for others.

    Raises OperatorError (newer, foreign, unwritable file) and DamagedRegistry.
    """
    read_only = read_only or not may_write(path)
    _refuse_what_is_no_database(path)
    try:
        return _open(path, read_only, steps, clock)
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in DAMAGED:
            raise
        if read_only:
            raise OperatorError(_("The registry {path} is damaged and read-only; it was left as it is. "
                                  "Name another file with --registry.").format(path=path)) from error
        raise _put_aside(path, clock()) from error


def may_write(path: Path) -> bool:
    """False for the starter in the tree and for a file that this user may not write."""
    return path.resolve() != STARTER and (not path.exists() or os.access(path, os.W_OK))


def version_of(db: Database) -> int:
    """The file's version: how many steps made it (PRAGMA user_version, written with each step)."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _open(path: Path, read_only: bool, steps: Migrations, clock: Callable[[], float]) -> Database:
    db = Database(_connect(path, read_only))
    try:
        with explained_unless_damaged(path):
            _check(db)
            _refuse_foreign_or_newer(db, path, steps)
            if not read_only:
                db.execute("PRAGMA foreign_keys=on")
                # With WAL a power cut may cost the last write, never the file; a kill -9 costs nothing.
                db.execute("PRAGMA synchronous=normal")
                db.enable_wal()
            _carry_forward(db, path, read_only, steps, clock)
    except BaseException:
        db.close()
        raise
    return db


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    with explained(path):
        if not read_only:
            return sqlite3.connect(path, timeout=BUSY_SECONDS)
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        db = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)
        try:
            db.execute("PRAGMA schema_version").fetchone()
            return db
        except sqlite3.OperationalError:
            db.close()
            # A WAL file in a folder that may not be written has no room for its index: read it as it lies.
            return sqlite3.connect(f"{address}&immutable=1", uri=True)


@contextmanager
def explained_unless_damaged(path: Path):  # type: ignore[no-untyped-def]
    """Like ``explained``, but damage stays SQLite's error so that the file can be put aside once it is closed."""
    try:
        with explained(path):
            yield
    except OperatorError as error:
        cause = error.__cause__
        if isinstance(cause, sqlite3.DatabaseError) and primary_code(cause) in DAMAGED:
            raise cause from None
        raise


def _check(db: Database) -> None:
    found = [row[0] for row in db.execute("PRAGMA quick_check(1)").fetchall()]
    if found != ["ok"]:
        damage = sqlite3.DatabaseError(found[0] if found else "quick_check gave nothing")
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _refuse_what_is_no_database(path: Path) -> None:
    """A text file given by mistake is left alone; only what was a registry once (it has copies) counts as damaged."""
    try:
        with path.open("rb") as file:
            head = file.read(len(SQLITE_MAGIC))
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise OperatorError(_("The folder {path} does not exist; the registry cannot be made there.").format(
                path=path.parent)) from None
        return
    except OSError as error:
        raise OperatorError(_("The registry {path} cannot be read ({reason}).").format(
            path=path, reason=error.strerror or type(error).__name__)) from None
    if head and head != SQLITE_MAGIC and not copies_of(path):
        raise OperatorError(_("{path} is not a camera registry. It was left as it is; "
                              "name another file with --registry.").format(path=path))


def _refuse_foreign_or_newer(db: Database, path: Path, steps: Migrations) -> None:
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise OperatorError(_("{path} is a database of another program. It was left as it is; "
                              "name another file with --registry.").format(path=path))
    known = len(schema.step_names(steps))
    if version_of(db) > known:
        raise OperatorError(_("The registry {path} has version {newer}, this program knows versions up to {known}. "
                              "It was left as it is. Update the program, or name another file with --registry.").format(
                                  path=path, newer=version_of(db), known=known))


def _carry_forward(db: Database, path: Path, read_only: bool, steps: Migrations, clock: Callable[[], float]) -> None:
    names = schema.step_names(steps)
    before = version_of(db)
    if before == len(names):
        return
    if read_only:
        raise OperatorError(_("The registry {path} has version {version} and must be carried forward to {known}, "
                              "but it is read-only. Copy it to a folder that this user may write.").format(
                                  path=path, version=before, known=len(names)))
    if before > 0:
        try:
            make_copy(db.conn, path, note=f"-v{before}", now=clock())
        except OSError as error:
            raise OperatorError(_("No copy of the registry {path} could be made before carrying it forward ({reason}). "
                                  "Nothing was changed.").format(path=path, reason=error.strerror)) from error
    while (version := version_of(db)) < len(names):
        db.execute("BEGIN IMMEDIATE")
        try:
            version = version_of(db)    # another program may have done this step while we waited for the lock
            if version < len(names):
                following = names[version + 1:version + 2]
                steps.apply(db, stop_before=following or None)
                db.execute("UPDATE _sqlite_migrations SET applied_at = ? WHERE name = ?",
                           [datetime.fromtimestamp(clock(), UTC).isoformat(), names[version]])
                db.execute(f"PRAGMA user_version = {version + 1}")
                db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            db.commit()
        except BaseException:
            db.rollback()
            raise


def _put_aside(path: Path, now: float) -> DamagedRegistry:
    """Renames the damaged file with its companions, so that nothing is lost and the next start is not blocked."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    kept = path.with_name(f"{path.name}.damaged-{stamp}")
    last_good = next(iter(copies_of(path)), None)
    try:
        for tail in COMPANIONS:
            companion = Path(f"{path}{tail}")
            if companion.exists():
                companion.rename(f"{kept}{tail}")
    except OSError as error:
        return DamagedRegistry(_("The registry {path} is damaged and could not be put aside ({reason}).").format(
            path=path, reason=error.strerror), path, None, last_good)
    if last_good is None:
        return DamagedRegistry(_("The registry {path} is damaged. It was kept as {kept}; there is no copy of it. "
                                 "Start again for an empty one and import the cameras.").format(
                                     path=path, kept=kept.name), path, kept, None)
    return DamagedRegistry(_("The registry {path} is damaged. It was kept as {kept}. "
                             "The last good copy is {copy}; put it back to go on.").format(
                                 path=path, kept=kept.name, copy=last_good), path, kept, last_good)
