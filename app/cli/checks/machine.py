"""The machine itself: Python, cores and memory, shared memory, disk, clock."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.cli.checks.finding import Finding, apt, bad, good, note
from app.runtime import paths
from app.runtime.language import gettext as _

LEAST_PYTHON = (3, 12)
LEAST_MEMORY_GB = 2.0       # 64 panes take 0.8 GB of it (docs/performance.md), the desktop wants the rest
LEAST_SHARED_MB = 256       # 64 panes on a 4K wall: 33 MB a picture's worth of pixels, 3 slots each, and room
LEAST_DISK_GB = 1.0         # registry, logs and the demo city's clips
STA_UNSYNC = 0x40           # linux/timex.h: nothing keeps the clock
TIMEX_STATUS_OFFSET = 40    # struct timex on 64-bit Linux: modes padded to 8, then four longs
TIMEX_BYTES = 256           # the structure has 208


def python() -> Iterator[Finding]:
    """The interpreter."""
    text = _("Python {version}").format(version=platform.python_version())
    yield good(text) if sys.version_info >= LEAST_PYTHON else bad(
        _("{python} is too old, 3.12 is the least.").format(python=text), "make setup")


def strength() -> Iterator[Finding]:
    """Cores and memory."""
    gigabytes = psutil.virtual_memory().total / 1e9
    text = _("{cores} processor cores, {memory:.1f} GB of memory").format(cores=os.cpu_count() or 1, memory=gigabytes)
    yield good(text) if gigabytes >= LEAST_MEMORY_GB else note(
        _("{strength}: enough for a small wall only.").format(strength=text))


def shared_memory() -> Iterator[Finding]:
    """Pictures travel through it."""
    if not Path("/dev/shm").is_dir():
        return
    free = shutil.disk_usage("/dev/shm").free / 1e6
    if free >= LEAST_SHARED_MB:
        yield good(_("Shared memory for pictures: {free:.0f} MB free.").format(free=free))
    else:
        yield bad(_("Only {free:.0f} MB of shared memory are free; a full wall needs {least} MB.").format(
            free=free, least=LEAST_SHARED_MB), "sudo mount -o remount,size=1G /dev/shm")


def disk() -> Iterator[Finding]:
    """Where the registry, the logs and the demo's clips lie."""
    places = {_("registry"): paths.data_dir(), _("logs"): paths.log_dir(), _("cache"): paths.cache_dir()}
    for name, folder in places.items():
        there = next(p for p in (folder, *folder.parents) if p.exists())
        free = shutil.disk_usage(there).free / 1e9
        text = _("Disk for {what}: {free:.1f} GB free in {folder}").format(what=name, free=free, folder=folder)
        if not os.access(there, os.W_OK):
            yield bad(_("{folder} cannot be written ({what}).").format(folder=there, what=name),
                      f"sudo chown -R $USER {there}")
        else:
            yield good(text) if free >= LEAST_DISK_GB else note(_("{disk}: little.").format(disk=text), "df -h")


def clock() -> Iterator[Finding]:
    """Evidence is worth what its times are worth."""
    kept = _clock_is_kept()
    if kept is None:
        yield note(_("This system does not tell whether its clock is kept right."))
    elif kept:
        yield good(_("The clock is kept right by a time server."))
    else:
        yield note(_("Nothing keeps the clock right; times of bookmarks and recordings may be wrong."),
                   apt("chrony") + "   |   sudo timedatectl set-ntp true")


def _clock_is_kept() -> bool | None:
    """What systemd says, else the kernel's own answer (adjtimex, modes = 0: only asks)."""
    try:
        answer = subprocess.run(["timedatectl", "show", "-p", "NTPSynchronized", "--value"], capture_output=True,
                                text=True, timeout=5, check=True).stdout.strip()
        if answer in ("yes", "no"):
            return answer == "yes"
    except (OSError, subprocess.SubprocessError):
        pass
    try:
        timex = ctypes.create_string_buffer(TIMEX_BYTES)
        if ctypes.CDLL(None).adjtimex(timex) < 0:
            return None
    except (OSError, AttributeError, TypeError):
        return None
    status = int.from_bytes(timex.raw[TIMEX_STATUS_OFFSET:TIMEX_STATUS_OFFSET + 4], sys.byteorder)
    return not status & STA_UNSYNC
