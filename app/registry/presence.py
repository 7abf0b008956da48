"""Whether the registry's file still lies where it was opened, and how it is written again when it does not.

Runs on: the registry lane. On Linux a deleted file lives on while a program has it open: nothing is lost yet, but what
is written goes nowhere. Nobody at a wall wants to be asked about it at night. So the lane waits GONE_SECONDS, in which
whoever moved the file may put another one there, and then writes it again from the open one. It never replaces a file:
one that is put there is changed over to, once it is whole.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path

from app.model.errors import OperatorError
from app.registry.opening import COMPANIONS
from app.runtime.language import gettext as _

GONE_SECONDS = 10.0         # from noticing that the file is gone to writing it again: by hand it is put back in less
STILL_SECONDS = 2.0         # a file that was put in place and has not grown for so long is not being copied any more
DRAFT_SECONDS = 60.0        # a draft older than this was left by a program that died; writing 60,000 cameras takes 0.5


type Mark = tuple[int, int, int, int]       # device, number, size, moment


class Where(Enum):
    """What lies at the registry's path, as against the file that is open."""
    HERE = "here"           # or: nothing can be said
    GONE = "gone"
    OTHER = "other"         # another file lies there now


class Presence:
    """Looks after one opened file."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path.resolve()     # SQLite's companions lie beside the file itself, not beside a link to it
        self._clock = clock
        self._last: Mark | None = None
        self.mode = 0o600       # the file's rights: those who could read it may read the one that is written again
        self._opened = self._last = self._mark()
        self._since = clock()
        self._companions: dict[Path, tuple[int, int]] = {}

    def look(self) -> Where:
        """Costs three stats."""
        mark = self._mark()
        if mark != self._last:
            self._last, self._since = mark, self._clock()
        if self._opened is None or (mark is not None and mark[:2] == self._opened[:2]):
            for path in (Path(f"{self._path}{tail}") for tail in COMPANIONS if tail):
                with suppress(OSError):
                    found = path.stat()
                    self._companions[path] = (found.st_dev, found.st_ino)
            return Where.HERE
        return Where.GONE if mark is None else Where.OTHER

    def is_due(self) -> bool:
        """Whether it has been gone, or another file has been still, for long enough to act; then again after that."""
        waited = self._clock() - self._since
        if waited < (GONE_SECONDS if self._last is None else STILL_SECONDS):
            return False
        self._since = self._clock()
        return True

    def clear_companions(self) -> None:
        """Removes what belonged to the lost file: SQLite would take its journal for the next file's and mix the two.

        Those of a file that another program put there and works with are others, and stay. Raises OSError.
        """
        for path, known in self._companions.items():
            with suppress(FileNotFoundError):
                found = path.stat()
                if (found.st_dev, found.st_ino) == known:
                    path.unlink()

    def sentence(self, where: Where) -> OperatorError:
        """What the operator is told while the file is not there."""
        if where is Where.OTHER:
            return OperatorError(_("Another file lies in place of the registry. The program changes over to it once it "
                                   "is whole; the wall goes on. ({path})").format(path=self._path))
        # What matters first: a title bar shows some eighty characters.
        return OperatorError(_("The registry is gone: deleted or moved. It is written again in {seconds:g} seconds "
                               "unless it comes back. The wall goes on. ({path})").format(
                                   path=self._path, seconds=GONE_SECONDS))

    def _mark(self) -> Mark | None:
        """Device, number, size and moment of the file; None when it is not there."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError:
            return self._last       # a network folder that does not answer just now
        self.mode = stat.S_IMODE(found.st_mode)
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def write_again(db: sqlite3.Connection, path: Path, clear: Callable[[], None], mode: int) -> None:
    """Writes the file of an open connection to ``path``, where nothing may lie; ``clear`` removes old companions.

    ``mode`` holds the rights that the lost file had.

    Raises OperatorError when that fails; does nothing when a file appeared there meanwhile.
    """
    draft = path.with_name(f"{path.name}.again")
    try:
        _claim(draft)
        try:
            copy = sqlite3.connect(draft)
            try:
                db.backup(copy)
                copy.execute("PRAGMA journal_mode=delete")
            finally:
                copy.close()
            if path.exists():
                return
            clear()
            draft.chmod(mode)
            os.link(draft, path)        # never replaces
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        return      # another program was quicker
    except (OSError, sqlite3.Error) as error:
        raise OperatorError(_("The registry is gone and cannot be written again ({reason}). The wall goes on; what is "
                              "changed now is lost when the program ends. ({path})").format(
                                  path=path, reason=getattr(error, "strerror", None) or error)) from error


def _claim(draft: Path) -> None:
    """Of several programs on one file only one writes it again. Raises FileExistsError for the others."""
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        if time.time() - draft.stat().st_mtime < DRAFT_SECONDS:
            raise
        draft.unlink()
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
