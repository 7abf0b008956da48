"""Whether this machine's graphics card can decode, and for which streams that is worth it. Pure but for one look.

With memory callbacks the decoded picture is copied back from the card, which costs more than decoding a small stream
in software (reference/video.md section 4): so only large pictures go there. libVLC falls back to software by itself
when the card refuses a stream.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

DEVICES = Path("/dev/dri")
SOFTWARE = "none"               # libVLC's avcodec-hw
WORTH_LINES = {"h264": 1440, "hevc": 1080}      # from this many lines on; H.265 costs twice as much in software


def render_devices(folder: Path = DEVICES) -> tuple[Path, ...]:
    """The graphics cards' render devices that this user may open."""
    found = sorted(folder.glob("renderD*")) if folder.is_dir() else []
    return tuple(device for device in found if os.access(device, os.R_OK | os.W_OK))


def method(folder: Path = DEVICES, platform: str = sys.platform) -> str:
    """libVLC's name for the way to decode in hardware here, or "none"."""
    if platform == "win32":
        return "d3d11va"        # untested
    return "vaapi_drm" if platform == "linux" and render_devices(folder) else SOFTWARE


def chosen(method: str, codec: str, lines: int) -> str:
    """How to decode one stream of so many lines."""
    return method if lines >= WORTH_LINES.get(codec, sys.maxsize) else SOFTWARE
