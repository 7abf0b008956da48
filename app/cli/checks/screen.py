"""What shows pictures: Qt, a display, the libraries that Qt expects of the system, fonts."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from app.cli.checks.finding import Finding, apt, ask, bad, good, note
from app.runtime import paths
from app.runtime.language import gettext as _

# Qt's wheels bring Qt, not what lies below it; each library with the package that has it.
LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0", "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-randr.so.0": "libxcb-randr0", "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3", "libfontconfig.so.1": "libfontconfig1",
}
FONTS = ("Inter-Regular", "Inter-Medium", "Inter-SemiBold")


def qt() -> Iterator[Finding]:
    """PySide6, asked in a process of its own: this room must not import Qt."""
    version = ask("import PySide6.QtWidgets, PySide6; print(PySide6.__version__)")
    yield good(_("PySide6 {version}").format(version=version)) if version else bad(
        _("PySide6 does not load: no window opens."), "make setup")


def display() -> Iterator[Finding]:
    """Where windows would appear."""
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY", ""), os.environ.get("DISPLAY", "")
    if wayland:
        yield good(_("Display: Wayland ({name}).").format(name=wayland))
    elif x11:
        yield from _x11(x11)
    elif sys.platform == "linux":
        yield bad(_("There is no display here (DISPLAY and WAYLAND_DISPLAY are empty)."),
                  "xvfb-run -s '-screen 0 1920x1080x24' make demo")
    if sys.platform == "linux" and shutil.which("Xvfb") is None:
        yield note(_("Xvfb is missing: the tests of windows cannot run."), apt("xvfb"))


def libraries() -> Iterator[Finding]:
    """The libraries below Qt."""
    if sys.platform != "linux":
        return
    lacks = [package for name, package in LIBRARIES.items() if not _loads(name)]
    yield bad(_("Qt needs libraries that are missing: {names}.").format(names=", ".join(lacks)), apt(*lacks)) if lacks \
        else good(_("The libraries below Qt are there."))


def fonts() -> Iterator[Finding]:
    """Inter is bundled; without it the wall's figures do not stand in columns."""
    folder = paths.resources_dir() / "fonts"
    lacks = [name for name in FONTS if not any(folder.glob(f"{name}.*"))]
    if lacks:
        yield bad(_("Fonts are missing: {names}.").format(names=", ".join(lacks)), "git checkout resources/fonts")
    else:
        yield good(_("The fonts are there."))


def _x11(name: str) -> Iterator[Finding]:
    host, _colon, rest = name.rpartition(":")
    socket = Path(f"/tmp/.X11-unix/X{rest.split('.')[0]}")
    if host in ("", "unix") and not socket.exists():
        yield bad(_("DISPLAY is {name}, but no X server answers there.").format(name=name), "echo $DISPLAY")
    else:
        yield good(_("Display: X11 ({name}).").format(name=name))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
