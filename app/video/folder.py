"""The runtime folder of one engine, where the FIFOs of its feeds lie for the moment until both ends are held.

A desktop that is killed cannot remove it: its ingest workers do (they outlive it by a moment), and what a power cut
or a killing of everything leaves behind is swept at the next start.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import psutil

_NAME = re.compile(r"lawang-(\d+)-\w{8}")       # as tempfile.mkdtemp completes it


def make_folder() -> Path:
    """A new folder that only this user may enter; sweeps what dead engines left."""
    made = Path(tempfile.mkdtemp(prefix=f"lawang-{os.getpid()}-", dir=os.environ.get("XDG_RUNTIME_DIR")))
    sweep(made.parent)
    return made


def sweep(base: Path) -> None:
    """Remove the folders of engines whose process is gone; never anything that holds more than FIFOs."""
    for path in base.glob("lawang-*"):
        match = _NAME.fullmatch(path.name)
        if match is None or psutil.pid_exists(int(match[1])):
            continue
        remove_folder(path)


def remove_folder(path: Path) -> None:
    """Remove the FIFOs of a folder and the folder, if nothing else is in it."""
    try:
        own = not path.is_symlink() and (os.name != "posix" or path.stat().st_uid == os.getuid())
        if own and all(one.is_fifo() for one in path.iterdir()):
            shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return                          # another user's, or another engine was quicker
