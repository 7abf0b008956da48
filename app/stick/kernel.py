"""Linux input devices as the kernel speaks of them: struct input_event and the EVIOC questions (linux/input.h).

No package does this for us: ``evdev`` on PyPI has no wheels and needs a compiler and the kernel's headers, which a
fresh machine at a control desk lacks. The numbers are those of asm-generic (x86, ARM, RISC-V), not of MIPS or SPARC.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:                     # another system: no sticks there
    fcntl = None                        # type: ignore[assignment]

EVENT = struct.Struct("@llHHi")         # time in seconds and microseconds, type, code, value; native sizes
EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
SYN_REPORT, SYN_DROPPED = 0, 3
ABS_X, ABS_Y, ABS_Z, ABS_RX, ABS_RY, ABS_RZ = range(6)
MOST_AXES = 6                           # hats, throttles and pressure do not steer
JOYSTICK, GAMEPAD = 0x120, 0x130        # the first buttons of each; BTN_JOYSTICK, BTN_GAMEPAD
_BUTTONS = (range(0x120, 0x140), range(0x2C0, 0x2E8), range(0x100, 0x110))     # in joydev's own order
_POINTS = (0x14A, 0x140, 0x145, 0x110)  # BTN_TOUCH, BTN_TOOL_PEN, BTN_TOOL_FINGER, BTN_LEFT: no stick has these
_ACCELEROMETER = 6                      # INPUT_PROP_ACCELEROMETER: a gamepad's tilt sensor is a device of its own
_KEY_BYTES, _ABS_BYTES, _PROP_BYTES = 96, 8, 4
_INFO = struct.Struct("@6i")            # struct input_absinfo: value, minimum, maximum, fuzz, flat, resolution


@dataclass(frozen=True, slots=True)
class Axis:
    """What the device's own units are; ``flat``: it calls so much around the centre still."""

    least: int
    most: int
    flat: int = 0

    def share(self, value: int) -> float:
        """-1..1 of the way from the centre; 0 within the flat part."""
        half = (self.most - self.least) / 2
        if half <= 0:
            return 0.0
        from_centre = value - (self.most + self.least) / 2
        return 0.0 if abs(from_centre) <= self.flat else min(max(from_centre / half, -1.0), 1.0)


@dataclass(frozen=True, slots=True)
class Opened:
    """A stick that was opened. ``buttons``: key codes in the order in which people count them; ``asks``: values of axes
    and pressed buttons as they are now, which the kernel keeps for whoever missed something."""

    fd: int
    name: str
    axes: Mapping[int, Axis]
    buttons: tuple[int, ...]
    asks: Callable[[], tuple[dict[int, int], frozenset[int]] | None] = lambda: None

    @property
    def zoom_axis(self) -> tuple[int, int] | None:
        """Which axis zooms and with which sign: the twist of a joystick, the right stick of a gamepad pushed away."""
        pad = any(GAMEPAD <= code < GAMEPAD + 16 for code in self.buttons)
        wanted = ((ABS_RY, -1),) if pad else ((ABS_RZ, 1), (ABS_Z, 1))
        return next(((code, sign) for code, sign in wanted if code in self.axes), None)


def open_stick(path: Path) -> Opened | None:
    """The device when it is a stick, None when it is something else. Raises OSError when it may not be read yet."""
    if fcntl is None:
        return None
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        keys, axes = _bits(fd, 0x20 + EV_KEY, _KEY_BYTES), _bits(fd, 0x20 + EV_ABS, _ABS_BYTES)
        props = b""
        with contextlib.suppress(OSError):              # older kernels know no properties
            props = _ask(fd, 0x09, _PROP_BYTES)
        if not is_stick(keys, axes, props):
            os.close(fd)
            return None
        name = _ask(fd, 0x06, 128).split(b"\0")[0].decode("utf-8", "replace").strip()
        ranges = {code: _axis(fd, code)[1] for code in range(MOST_AXES) if _has(axes, code)}
        buttons = tuple(code for codes in _BUTTONS for code in codes if _has(keys, code))
    except OSError:
        os.close(fd)
        raise
    return Opened(fd, name, ranges, buttons, lambda: _state(fd, ranges))


def is_stick(keys: bytes, axes: bytes, props: bytes = b"") -> bool:
    """By what it can do: two axes and buttons of a joystick or gamepad, and neither a pen, a finger nor a mouse."""
    if not (_has(axes, ABS_X) and _has(axes, ABS_Y)) or _has(props, _ACCELEROMETER):
        return False
    return any(_has(keys, code) for codes in _BUTTONS for code in codes) and not any(_has(keys, c) for c in _POINTS)


def _state(fd: int, axes: Mapping[int, Axis]) -> tuple[dict[int, int], frozenset[int]] | None:
    try:
        keys = _ask(fd, 0x18, _KEY_BYTES)               # EVIOCGKEY
        return ({code: _axis(fd, code)[0] for code in axes},
                frozenset(code for code in range(_KEY_BYTES * 8) if _has(keys, code)))
    except OSError:
        return None                                     # it went meanwhile; reading says so too


def _axis(fd: int, code: int) -> tuple[int, Axis]:
    value, least, most, _fuzz, flat, _resolution = _INFO.unpack(_ask(fd, 0x40 + code, _INFO.size))
    return value, Axis(least, most, flat)


def _bits(fd: int, number: int, size: int) -> bytes:
    try:
        return _ask(fd, number, size)
    except OSError as error:
        if error.errno in (13, 19):                     # EACCES, ENODEV: worth another try
            raise
        return b""                                      # not an input device


def _ask(fd: int, number: int, size: int) -> bytes:
    """An EVIOCG question: _IOC(_IOC_READ, 'E', number, size)."""
    assert fcntl is not None
    room = bytearray(size)
    fcntl.ioctl(fd, 2 << 30 | size << 16 | ord("E") << 8 | number, room)
    return bytes(room)


def _has(bits: bytes, number: int) -> bool:
    return number // 8 < len(bits) and bool(bits[number // 8] >> number % 8 & 1)
