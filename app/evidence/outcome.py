"""How a hand-out ends: with a package, or stopped. Apart from those who make it: windows know it without libav."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class Stopped(Exception):
    """The operator cancelled."""


@dataclass(frozen=True, slots=True)
class Package:
    """What was made. ``zip`` is None when none was asked for. ``empty``: ids of cameras that gave no picture.

    ``viewing``: the folder of the viewing copy, None when none was asked for.
    ``stamped``: an authority's time stamp lies beside the signature.
    """

    folder: Path
    zip: Path | None
    manifest_sha256: str
    empty: tuple[str, ...]
    viewing: Path | None = None
    stamped: bool = False
