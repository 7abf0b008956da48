"""The availability report: one line per camera, area or owner, worst first; on the page, in the terminal, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.availability.uptime import DAYS, NOT_WATCHED, RANGES_S, UNKNOWN, History, Uptime, totals
from app.model.camera import Camera
from app.model.register import Owner

HOUR_S = 3600.0
RANGE_NAMES = ("24h", "7d", "30d")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")     # a spreadsheet would run a cell that begins so


class By(Enum):
    """What a line stands for."""

    CAMERA = "camera"
    AREA = "area"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Line:
    """``key``: camera id, area path joined by " > ", owner id ("" without owner). ``cameras`` of it, ``watched`` of
    those in the longest range. ``ranges`` as RANGES_S."""

    key: str
    number: str
    name: str
    area: str
    owner: str
    cameras: int
    watched: int
    ranges: tuple[Uptime, ...]
    bars: tuple[float | None, ...] = (None,) * DAYS


def lines(by: By, cameras: Iterable[Camera], owners: Mapping[str, Owner], known: Mapping[str, History]) -> list[Line]:
    """Every camera, area or owner, in the order of the register; areas of all levels, each with all below it."""
    if by is By.CAMERA:
        return [_camera(camera, owners, known.get(camera.id, UNKNOWN)) for camera in cameras]
    groups: dict[str, list[str]] = {}
    counts: dict[str, list[int]] = {}
    for camera in cameras:
        names = _areas(camera) if by is By.AREA else [camera.owner]
        groups[camera.id] = names
        for name in names:
            count = counts.setdefault(name, [0, 0])
            count[0] += 1
            count[1] += known.get(camera.id, UNKNOWN).ranges[-1].share is not None
    sums = totals(known, groups)
    nothing = (NOT_WATCHED,) * len(RANGES_S)
    found = []
    for key, (total, watched) in counts.items():
        owner = owners[key].name if by is By.OWNER and key in owners else ""
        area = key if by is By.AREA else ""
        found.append(Line(key, "", (area.rpartition(" > ")[2] or owner), area, owner, total, watched,
                          sums.get(key, nothing)))
    return sorted(found, key=lambda line: (line.area.casefold(), line.owner.casefold()))


def worst_first(found: Iterable[Line], index: int) -> list[Line]:
    """By the share in RANGES_S[index], the smallest first; what nobody watched comes last, in its order."""
    def badness(line: Line) -> tuple[float, float]:
        share = line.ranges[index].share
        return (2.0, 0.0) if share is None else (share, -line.ranges[index].down_s)
    return sorted(found, key=badness)


def _camera(camera: Camera, owners: Mapping[str, Owner], history: History) -> Line:
    owner = owners.get(camera.owner)
    return Line(camera.id, camera.label, camera.name, " > ".join(camera.area), owner.name if owner else "", 1,
                int(history.ranges[-1].share is not None), history.ranges, history.bars)


def _areas(camera: Camera) -> list[str]:
    return [" > ".join(camera.area[:depth]) for depth in range(1, len(camera.area) + 1)] or [""]


def columns() -> list[str]:
    """The head of the CSV; English, so that programs find their columns whatever the language."""
    return ["number", "name", "area", "owner", "cameras",
            *(f"{what}_{name}" for name in RANGE_NAMES
              for what in ("uptime_percent", "watched_hours", "outages", "longest_outage_minutes"))]


def cells(line: Line) -> list[str]:
    """One row of the CSV; an uptime that nobody watched is empty, not zero."""
    row = [line.number, line.name, line.area, line.owner, str(line.cameras)]
    for found in line.ranges:
        row += ["" if found.share is None else f"{found.share * 100:.2f}", f"{found.watched_s / HOUR_S:.2f}",
                str(found.outages), f"{found.longest_s / 60:.1f}"]
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row]


def as_csv(found: Sequence[Line]) -> str:
    """The whole report; begins with a byte order mark, by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns())
    writer.writerows(cells(line) for line in found)
    return "\ufeff" + text.getvalue()
