"""The folder that recordings lie in: which disk it is, and that one program alone writes there.

Runs on: the thread "recording", or a command line's main thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Callable, Collection
from enum import StrEnum
from pathlib import Path

from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

MARKER = "lawang-recordings.json"   # says which place this is: a disk that is not mounted has none
LOCK = ".lock"
WALL, HEADLESS = "wall", "record"
KINDS = {WALL: N_("A wall"), HEADLESS: N_("The recorder without windows")}


class State(StrEnum):
    """How a place was found."""

    UNSEEN = "unseen"
    WELL = "well"
    AWAY = "away"               # its mark is missing: the disk is not mounted
    OTHER = "other"             # another mark: another disk
    TAKEN = "taken"             # another program records there
    REFUSED = "refused"         # it cannot be written
    DISTRUSTED = "distrusted"   # it is slow, or refused a moment ago


type Rivals = Callable[[bool], Collection[Path]]


class Place:
    """``known``: the mark that was seen there before, "" at the first time; ``keep`` is given a new one.

    ``kind``: what this program is called in the lock, for those who come second: a word of KINDS. ``taken``: the place
    is right, but another program records there. ``rivals``: other places of this program that another one had when they
    were looked at last; who has one of them has all. Asked whether this one is held: then only those before it in the
    list, so that of two programs that took one each the first gives up nothing.
    """

    def __init__(self, root: Path, known: str = "", keep: Callable[[str], None] = lambda _id: None,
                 kind: str = WALL, rivals: Rivals = lambda _holding: ()) -> None:
        self.root = root
        self.state = State.UNSEEN
        self._rivals = rivals
        self.register = ""              # of the camera register that a new place is made for
        self.taken = False
        self._known, self._keep, self._kind = known, keep, kind
        self._lock = -1

    def wrong(self) -> str:
        """A sentence when nothing may be written here, "" when all is well; a missing mount is never written over."""
        self.taken = False
        found = self._mark()
        if found and self._known and found != self._known:
            self.state = State.OTHER
            return _("Nothing is recorded: at {place} lies another recording place than before. Mount the right "
                     "disk, or choose the folder anew in the settings.").format(place=self.root)
        if not found and self._known:
            self.state = State.AWAY
            return _("Nothing is recorded: {place} is not the disk that it was (its mark is missing). Mount it, or "
                     "choose the folder anew in the settings.").format(place=self.root)
        try:
            if not found:
                found = self._make()
            if not self._take():
                self.taken, self.state = True, State.TAKEN
                kind, pid = self._holder()
                return _("{who} (process {pid}) records to {place}; this program does not.").format(
                    who=_(KINDS.get(kind, N_("Another Lawang"))), pid=pid or "?", place=self.root)
            if not os.access(self.root, os.W_OK):
                raise OSError(30, "read-only")
        except OSError as error:
            self.state = State.REFUSED
            return _("Nothing is recorded: {place} cannot be written ({reason}).").format(
                place=self.root, reason=error.strerror or type(error).__name__)
        if not self._known:
            self._known = found
            self._keep(found)
        self.state = State.WELL
        return ""

    @property
    def id(self) -> str:
        """The mark that was seen there, "" while none was."""
        return self._known

    def take_for(self, mark: str) -> None:
        """Somebody has chosen the disk that lies there now; "" says nothing."""
        self._known = mark or self._known

    def let_go(self) -> None:
        """Another program may record here."""
        handle, self._lock = self._lock, -1
        if handle >= 0:
            os.close(handle)

    @property
    def owner(self) -> str:
        """The id of the camera register that this place is of, "" when its mark says nothing."""
        return owner_of(self.root)

    def adopt(self, register: str) -> None:
        """From now on it is this register's. Raises OSError."""
        draft = self.root / f"{MARKER}.{os.getpid()}.part"
        draft.write_text(json.dumps({"id": self._mark(), "register": register}) + "\n", encoding="utf-8")
        draft.replace(self.root / MARKER)

    def _mark(self) -> str:
        return _read(self.root, "id")

    def _make(self) -> str:
        marker = self.root / MARKER
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = uuid.uuid4().hex
        draft = marker.with_name(f"{MARKER}.{os.getpid()}.part")
        of = {"register": self.register} if self.register else {}
        draft.write_text(json.dumps({"id": made} | of) + "\n", encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(draft, marker)              # of two programs at the first start the second takes the first's
        draft.unlink()
        return self._mark() or made

    def _take(self) -> bool:
        """The lock goes with the process, also when it is killed."""
        if os.name != "posix":
            return True
        import fcntl
        if any(map(taken, self._rivals(self._lock >= 0))):
            self.let_go()
            return False
        if self._lock >= 0:
            return True
        handle = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._lock = handle
        with contextlib.suppress(OSError):      # a full disk; the lock holds without a name
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{self._kind} {os.getpid()}\n".encode(), 0)
        return True

    def _holder(self) -> tuple[str, str]:
        try:
            kind, pid = (self.root / LOCK).read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return "", ""
        return kind, pid


def taken(root: Path) -> bool:
    """Whether a program records to a place; never asked of one that this program has itself."""
    if os.name != "posix":
        return False
    import fcntl
    try:
        handle = os.open(root / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(handle)


def mark_of(root: Path) -> str:
    """The mark of a place, "" when there is none."""
    return _read(root, "id")


def owner_of(root: Path) -> str:
    """The id of the camera register that a place is of, "" when its mark says nothing."""
    return _read(root, "register")


def _read(root: Path, what: str) -> str:
    try:
        return str(json.loads((root / MARKER).read_text(encoding="utf-8"))[what])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
