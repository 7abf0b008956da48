"""The few calls of libxcb by which a window's pictures come from shared memory; on the connection that Qt has.

What both send goes one after the other, so a picture never overtakes what Qt painted before it. No call here waits
for the server: answers are asked for at once and looked for later (``xcb_poll_for_reply``).

Runs on: GUI thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import socket
import sys
from ctypes import POINTER, byref, c_int, c_int16, c_uint, c_uint8, c_uint16, c_uint32, c_void_p
from typing import Any

from PySide6.QtGui import QGuiApplication

_PRESENT_AT = 8             # of a QueryExtension reply, bytes
_DEPTH_AT = 1               # of a GetGeometry reply, bytes
_ERROR_AT = 1               # of an error, bytes: its code


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", c_uint)]


_POINTER = c_void_p
_CALLS: dict[str, tuple[list[Any], Any]] = {        # of libxcb
    "xcb_get_file_descriptor": ([_POINTER], c_int),
    "xcb_connection_has_error": ([_POINTER], c_int),
    "xcb_get_extension_data": ([_POINTER, _POINTER], c_void_p),
    "xcb_generate_id": ([_POINTER], c_uint32),
    "xcb_create_gc": ([_POINTER, c_uint32, c_uint32, c_uint32, c_void_p], _Cookie),
    "xcb_free_gc": ([_POINTER, c_uint32], _Cookie),
    "xcb_get_geometry": ([_POINTER, c_uint32], _Cookie),
    "xcb_poll_for_reply": ([_POINTER, c_uint, POINTER(c_void_p), POINTER(c_void_p)], c_int),
    "xcb_discard_reply": ([_POINTER, c_uint], None),
    "xcb_flush": ([_POINTER], c_int),
}
_SHM_CALLS: dict[str, tuple[list[Any], Any]] = {    # of libxcb-shm
    "xcb_shm_attach_fd_checked": ([_POINTER, c_uint32, c_int, c_uint8], _Cookie),
    "xcb_shm_detach_checked": ([_POINTER, c_uint32], _Cookie),
    "xcb_shm_put_image": ([_POINTER, c_uint32, c_uint32, *[c_uint16] * 6, c_int16, c_int16, *[c_uint8] * 3, c_uint32,
                           c_uint32], _Cookie),
}


@functools.cache
def _libraries() -> tuple[Any, Any] | None:
    """libxcb and libxcb-shm as Qt's own platform plug-in loaded them, None where there are none."""
    try:
        xcb, shm = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL("libxcb-shm.so.0")
        for library, calls in ((xcb, _CALLS), (shm, _SHM_CALLS)):
            for name, (takes, gives) in calls.items():
                call = getattr(library, name)
                call.argtypes, call.restype = takes, gives
    except (OSError, AttributeError):
        return None
    return xcb, shm


_free = ctypes.CDLL(None).free if sys.platform != "win32" else None
if _free is not None:
    _free.argtypes, _free.restype = [c_void_p], None


class Connection:
    """Qt's connection to an X server on this machine that takes shared memory by its descriptor."""

    def __init__(self, pointer: int, xcb: Any, shm: Any) -> None:
        self._pointer, self._xcb, self._shm = c_void_p(pointer), xcb, shm
        self.put = functools.partial(shm.xcb_shm_put_image, self._pointer)

    @classmethod
    def of_qt(cls) -> Connection | None:
        """None where Qt paints by other means, or the server is on another machine and can have no descriptor."""
        application = QGuiApplication.instance()
        if not isinstance(application, QGuiApplication) or application.platformName() != "xcb" \
                or sys.byteorder != "little":
            return None
        native: Any = application.nativeInterface()     # the stubs say object
        libraries = _libraries()
        if native is None or libraries is None:
            return None
        xcb, shm = libraries
        pointer = native.connection()
        if xcb.xcb_connection_has_error(pointer) or not _is_local(xcb.xcb_get_file_descriptor(pointer)):
            return None
        # Known already: Qt asked at its start. A request of an extension that is not there would end the connection.
        told = xcb.xcb_get_extension_data(pointer, ctypes.addressof(c_void_p.in_dll(shm, "xcb_shm_id")))
        if not told or not c_uint8.from_address(told + _PRESENT_AT).value:
            return None
        return cls(pointer, xcb, shm)

    def graphics_context(self, window: int) -> int:
        """A graphics context with nothing changed, for windows of that window's depth."""
        made = int(self._xcb.xcb_generate_id(self._pointer))
        self._xcb.xcb_create_gc(self._pointer, made, window, 0, None)
        return made

    def free_graphics_context(self, context: int) -> None:
        self._xcb.xcb_free_gc(self._pointer, context)

    def attach(self, descriptor: int) -> tuple[int, int]:
        """Show the server memory; (its segment, the request to ask :meth:`refused` about). Closes the descriptor."""
        segment = int(self._xcb.xcb_generate_id(self._pointer))
        return segment, int(self._shm.xcb_shm_attach_fd_checked(self._pointer, segment, descriptor, 1).sequence)

    def detach(self, segment: int) -> None:
        """Whether the server took it or not."""
        self.discard(self._shm.xcb_shm_detach_checked(self._pointer, segment).sequence)

    def ask_depth(self, window: int) -> int:
        """The request to ask :meth:`depth` about."""
        return int(self._xcb.xcb_get_geometry(self._pointer, window).sequence)

    def depth(self, request: int) -> int | None:
        """Bits per pixel that count, 0 when there is no such window; None while there is no answer."""
        done, reply, error = self._poll(request)
        if not done:
            return None
        if error is not None:
            _free_at(error)
        if reply is None:
            return 0
        depth = c_uint8.from_address(reply + _DEPTH_AT).value
        _free_at(reply)
        return depth

    def refused(self, request: int) -> int:
        """The error's code for a request without a reply, 0 when it went well. Ask when a later one was answered."""
        _, _, error = self._poll(request)
        if error is None:
            return 0
        code = c_uint8.from_address(error + _ERROR_AT).value
        _free_at(error)
        return code

    def discard(self, request: int) -> None:
        """Nobody will ask about that request."""
        self._xcb.xcb_discard_reply(self._pointer, request)

    def flush(self) -> None:
        self._xcb.xcb_flush(self._pointer)

    def _poll(self, request: int) -> tuple[bool, int | None, int | None]:
        reply, error = c_void_p(), c_void_p()
        done = self._xcb.xcb_poll_for_reply(self._pointer, request, byref(reply), byref(error))
        return bool(done), reply.value, error.value


def _free_at(address: int) -> None:
    assert _free is not None
    _free(address)


def _is_local(descriptor: int) -> bool:
    """A socket of this machine: others carry no descriptors."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
        return connection.family == socket.AF_UNIX
    return False
