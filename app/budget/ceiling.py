"""What this machine decodes in megapixels a second, measured once by ``doctor --measure`` and kept in the cache.

Runs on: any thread. A figure belongs to one machine: kept with its fingerprint, and forgotten where that differs.
"""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.runtime import paths

FILE = "decoding.json"
HEADROOM = 0.85             # of the processors: beyond it pictures wait for each other (64 panes on two cores)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """``megapixels``: codec ("h264", "hevc") -> megapixels a second with all processors, HEADROOM taken off."""

    megapixels: Mapping[str, float]

    def of(self, codec: str) -> float:
        """The figure of a codec; what was not measured is taken for the most costly one that was."""
        return self.megapixels.get(codec) or min(self.megapixels.values())


def fingerprint() -> str:
    """Which machine this is: processor, how many of them, system."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model} × {os.cpu_count() or 1}, {platform.system()} {platform.machine()}"


def from_cost(seconds: float, megapixels: float, cores: int) -> float:
    """Megapixels a second that ``cores`` processors decode, when one spent ``seconds`` on so many megapixels."""
    return HEADROOM * cores * megapixels / seconds


def save(ceiling: Ceiling) -> Path:
    """Keep it; returns where. Raises OSError when the disk is full or read only."""
    path = paths.ensure(paths.cache_dir()) / FILE
    half = path.with_suffix(".part")
    half.write_text(json.dumps({"machine": fingerprint(), "megapixels": dict(ceiling.megapixels)}))
    half.replace(path)
    return path


def load() -> Ceiling | None:
    """What was measured on this machine; None when it never was, or what is kept is of another or makes no sense."""
    try:
        kept = json.loads((paths.cache_dir() / FILE).read_text())
        if kept["machine"] != fingerprint():
            return None
        found = {str(codec): float(figure) for codec, figure in kept["megapixels"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Ceiling(found) if found and all(0 < figure < math.inf for figure in found.values()) else None
