"""Keys pressed on an X display at a moment that is known: XTEST by ctypes, since starting xdotool takes 5 to 50 ms."""

from __future__ import annotations

import ctypes
import time
from typing import Any


class Fingers:
    """Keyboard of one display, by X keysym names ("Right", "plus")."""

    def __init__(self, display: str) -> None:
        self._x: Any = ctypes.CDLL("libX11.so.6")
        self._test: Any = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        for call, kinds in ((self._x.XKeysymToKeycode, [ctypes.c_void_p, ctypes.c_ulong]),
                            (self._x.XFlush, [ctypes.c_void_p]), (self._x.XCloseDisplay, [ctypes.c_void_p]),
                            (self._test.XTestFakeKeyEvent, [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int,
                                                            ctypes.c_ulong])):
            call.argtypes = kinds
        self._display = self._x.XOpenDisplay(display.encode())
        if not self._display:
            raise OSError(f"no display {display}")

    def press(self, key: str, down: bool) -> float:
        """The key goes down or up; the monotonic second just before."""
        code = self._x.XKeysymToKeycode(self._display, self._x.XStringToKeysym(key.encode()))
        at = time.monotonic()
        self._test.XTestFakeKeyEvent(self._display, code, int(down), 0)
        self._x.XFlush(self._display)
        return at

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)
