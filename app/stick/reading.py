"""All sticks that are plugged in, read as they move; one that is pulled out rests at that moment.

Runs on: a thread of its own, named "sticks"; it calls what it was given on that thread. It sleeps in poll() until a
device or the folder has news: a stick that rests costs nothing.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.stick.folder import FolderWatch
from app.stick.kernel import EV_ABS, EV_KEY, EV_SYN, EVENT, SYN_DROPPED, SYN_REPORT, Opened, open_stick
from app.stick.shaping import RESTING, Deflection, Shape, deflection

log = logging.getLogger("lawang.ptz")

FOLDER = Path("/dev/input")
MOST_STICKS = 8             # at one desk
_READ = EVENT.size * 64     # what the kernel keeps for a reader at most
CLOSE_S = 2.0


@dataclass
class _Stick:
    """One open device. ``lost``: the kernel dropped events; everything up to the next report is void. ``armed``: it was
    seen at rest once; one that is plugged in deflected may lie askew."""

    path: Path
    device: Opened
    values: dict[int, int] = field(default_factory=dict)
    pressed: set[int] = field(default_factory=set)
    deflected: Deflection = RESTING
    lost: bool = False
    armed: bool = False
    rest: bytes = b""


class Sticks:
    """``moved`` gets the deflection that counts now, the newest of all sticks; ``pressed`` a button's number and
    whether it is down; ``present`` the names of what is plugged in. ``shape`` is asked at every movement."""

    def __init__(self, moved: Callable[[Deflection], None], pressed: Callable[[int, bool], None],
                 present: Callable[[tuple[str, ...]], None], shape: Callable[[], Shape] = Shape,
                 folder: Path = FOLDER, opens: Callable[[Path], Opened | None] = open_stick) -> None:
        self._moved, self._pressed, self._present, self._shape = moved, pressed, present, shape
        self._folder, self._opens = folder, opens
        self._open: dict[int, _Stick] = {}
        self._others: dict[Path, tuple[int, int]] = {}      # looked at: no sticks
        self._told: Deflection = RESTING
        self._names: tuple[str, ...] = ()
        self._poll: select.poll | None = None
        self._thread: threading.Thread | None = None
        self._wake, self._wakes = -1, -1

    def start(self) -> None:
        """Where the system has no inotify there are no sticks; the log says so."""
        try:
            watch = FolderWatch(self._folder)
        except OSError as error:
            log.info("no sticks on this system: %s", error)
            return
        self._wake, self._wakes = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._read, args=(watch,), name="sticks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; what was deflected rests."""
        if self._thread is not None:
            os.write(self._wakes, b"x")
            self._thread.join(CLOSE_S)
            os.close(self._wakes)
            self._thread = None

    # --- the thread ---

    def _read(self, watch: FolderWatch) -> None:
        self._poll = select.poll()
        self._poll.register(watch.fd, select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)
        try:
            self._look()
            while True:
                ready = dict(self._poll.poll())
                if self._wake in ready:
                    return
                for fd in ready:
                    if fd in self._open:
                        self._take(self._open[fd])
                if watch.fd in ready:
                    watch.renew()
                    self._look()
        finally:
            for stick in tuple(self._open.values()):
                self._gone(stick, "the program ends")
            watch.close()
            os.close(self._wake)

    def _look(self) -> None:
        """What came and what left. A device that may not be read yet is tried again at the folder's next news, which a
        change of its rights is."""
        try:
            here = {path for path in self._folder.iterdir() if path.name.startswith("event")}
        except OSError:
            here = set()
        for stick in tuple(self._open.values()):
            if stick.path not in here:
                self._gone(stick, "unplugged")
        self._others = {path: known for path, known in self._others.items() if path in here}
        opened = {stick.path for stick in self._open.values()}
        for path in sorted(here - opened):
            with contextlib.suppress(OSError):
                about = path.stat()
                known = (about.st_ino, about.st_ctime_ns)
                if self._others.get(path) != known and len(self._open) < MOST_STICKS and not self._come(path):
                    self._others[path] = known
        self._tell_names()

    def _come(self, path: Path) -> bool:
        """False when it is something else. Raises OSError when it may not be read (yet)."""
        device = self._opens(path)
        if device is None:
            return False
        stick = self._open[device.fd] = _Stick(path, device)
        assert self._poll is not None
        self._poll.register(device.fd, select.POLLIN)
        log.info("stick %s is plugged in", device.name)
        now = device.asks()
        if now is not None:
            stick.values, stick.pressed = now[0], set(now[1]) & set(device.buttons)
        stick.armed = deflection(device, stick.values, self._shape()) == RESTING
        return True

    def _gone(self, stick: _Stick, why: str) -> None:
        assert self._poll is not None
        del self._open[stick.device.fd]
        self._poll.unregister(stick.device.fd)
        os.close(stick.device.fd)
        log.info("stick %s: %s", stick.device.name, why)
        for code in tuple(stick.pressed):
            self._press(stick, code, False)
        if self._told != RESTING:
            self._told = RESTING
            self._moved(RESTING)
        self._tell_names()

    def _take(self, stick: _Stick) -> None:
        try:
            data = os.read(stick.device.fd, _READ)
        except BlockingIOError:
            return
        except OSError:                                     # ENODEV: pulled out
            data = b""
        if not data:
            self._gone(stick, "unplugged")
            return
        data = stick.rest + data
        whole = len(data) // EVENT.size * EVENT.size
        stick.rest = data[whole:]
        for _s, _us, kind, code, value in EVENT.iter_unpack(data[:whole]):
            self._hear(stick, kind, code, value)

    def _hear(self, stick: _Stick, kind: int, code: int, value: int) -> None:
        if kind == EV_SYN and code == SYN_DROPPED:
            stick.lost = True
        elif kind == EV_SYN and code == SYN_REPORT:
            if stick.lost:
                stick.lost = False
                self._ask_state(stick)
            self._report(stick)
        elif stick.lost:
            return
        elif kind == EV_ABS and code in stick.device.axes:
            stick.values[code] = value
        elif kind == EV_KEY and value in (0, 1):            # 2 is a repeat
            self._press(stick, code, bool(value))

    def _ask_state(self, stick: _Stick) -> None:
        """As the kernel has it now: buttons that went down or up unseen are told."""
        now = stick.device.asks()
        if now is None:
            return
        stick.values |= now[0]
        for code in stick.device.buttons:
            if (code in now[1]) != (code in stick.pressed):
                self._press(stick, code, code in now[1])

    def _press(self, stick: _Stick, code: int, down: bool) -> None:
        if code not in stick.device.buttons or down == (code in stick.pressed):
            return
        (stick.pressed.add if down else stick.pressed.discard)(code)
        self._pressed(stick.device.buttons.index(code) + 1, down)

    def _report(self, stick: _Stick) -> None:
        """The newest counts: this stick, unless it came to rest while another is held."""
        now = deflection(stick.device, stick.values, self._shape())
        stick.armed = stick.armed or now == RESTING
        if now == stick.deflected or not stick.armed:
            return
        stick.deflected = now
        if now == RESTING:
            now = next((each.deflected for each in self._open.values() if each.deflected != RESTING), RESTING)
        if now != self._told:
            self._told = now
            self._moved(now)

    def _tell_names(self) -> None:
        names = tuple(stick.device.name for stick in self._open.values())
        if names != self._names:
            self._names = names
            self._present(names)
