"""What SQLite says, turned into sentences that tell the operator what happened and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.model.errors import DamagedFile, OperatorError
from app.runtime.language import gettext as _

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class DamagedRegistry(OperatorError):
    """The file at ``path`` cannot be read as a registry; ``kept`` is where it was put aside, ``last_good`` the newest
    copy. It can be put back (app.registry.copies) when both are there."""

    def __init__(self, sentence: str, path: Path, kept: Path | None, last_good: Path | None) -> None:
        super().__init__(sentence)
        self.path = path
        self.kept = kept
        self.last_good = last_good


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its extension (https://www.sqlite.org/rescode.html), 0 when unknown."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raises OperatorError instead of what SQLite raises for a full, read-only, busy, missing or damaged file.

    DamagedFile, one of them, for a damaged one. A broken rule of the tables (IntegrityError) and wrong SQL are our
    bugs and pass through.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.Error as error:
        sentence = _sentence(path, error)
        if sentence is None:
            raise
        kind = DamagedFile if primary_code(error) in DAMAGED else OperatorError
        raise kind(sentence) from error


def _sentence(path: Path, error: sqlite3.Error) -> str | None:
    match primary_code(error):
        case code if code in NO_ROOM:
            return _("The registry {path} could not be written: the disk is full or failing. "
                     "Nothing was changed. Free some space and try again.").format(path=path)
        case sqlite3.SQLITE_READONLY:
            return _("The registry {path} is read-only. Nothing was changed. "
                     "Give this user the right to write it, or choose another file with --registry.").format(path=path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _("Another program is writing the registry {path} and does not finish. "
                     "Nothing was changed. Try again when it is done.").format(path=path)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _("The registry {path} cannot be opened. "
                     "Check that its folder exists and that this user may write there.").format(path=path)
        case code if code in DAMAGED:
            return _("The registry {path} is damaged. Nothing was changed. "
                     "Restart the program: it will put the file aside and offer the last good copy.").format(path=path)
        case _unknown:
            return None
