"""Who was watched, who was not: the proof of watching put together with the register. Pure.

Watching is written down by whole hours; so a span begins at a whole hour, and "last seen" names an hour.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from app.model.camera import Camera
from app.model.register import Owner, Risk
from app.runtime.language import gettext as _
from app.runtime.zone import Zone, local

HOUR_S = 3600
_FORMULA = ("=", "+", "-", "@", "\t", "\r")     # what a spreadsheet would reckon with: OWASP, "CSV Injection"
_WIDEST = 60                                    # characters of a name in the report's lines


class SeenHours(Protocol):
    """Seconds of one camera in one window of one station; app.registry.seen.Seen is one."""

    @property
    def camera(self) -> str: ...

    @property
    def place(self) -> str: ...

    @property
    def seconds(self) -> float: ...

    @property
    def station(self) -> str: ...


class By(StrEnum):
    """What the cameras are put together by."""

    AREA = "area"
    OWNER = "owner"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Line:
    """One camera. ``places``: seconds by (station, window id). ``last`` is the hour in which it was seen last, ever
    (hours since 1970 UTC), or None."""

    camera: Camera
    owner: str
    risk: Risk
    seconds: float
    places: Mapping[tuple[str, str], float]
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Cameras of one area, owner or risk class: how many, how many of them were not seen, how long in all."""

    name: str
    cameras: int
    unseen: int
    seconds: float


def lines(cameras: Iterable[Camera], owners: Mapping[str, Owner], risk: Callable[[tuple[str, ...]], Risk],
          seen: Iterable[SeenHours], last: Mapping[str, int]) -> tuple[Line, ...]:
    """One line per camera of the register: least seen first, then by number."""
    places: dict[str, dict[tuple[str, str], float]] = {}
    for row in seen:
        here = places.setdefault(row.camera, {})
        here[row.station, row.place] = here.get((row.station, row.place), 0.0) + row.seconds
    made = []
    for camera in cameras:
        at = places.get(camera.id, {})
        owner = owners.get(camera.owner)
        made.append(Line(camera, owner.name if owner is not None else "", risk(camera.area), sum(at.values()), at,
                         last.get(camera.id)))
    return tuple(sorted(made, key=lambda line: (line.seconds, line.camera.number)))


def unseen(report: Iterable[Line]) -> tuple[Line, ...]:
    """Those that were on no lit pane at all: red alleys first, then whoever was not seen for longest."""
    ranks = {Risk.RED: 0, Risk.YELLOW: 1}
    return tuple(sorted((line for line in report if line.seconds <= 0),
                        key=lambda line: (ranks.get(line.risk, 2), line.last or 0, line.camera.number)))


def groups(report: Iterable[Line], by: By) -> tuple[Group, ...]:
    """Put together; those with the largest share of cameras not seen first. A name may be "" (unknown)."""
    found: dict[str, list[Line]] = {}
    for line in report:
        name = {By.AREA: " › ".join(line.camera.area), By.OWNER: line.owner, By.RISK: line.risk.value}[by]
        found.setdefault(name, []).append(line)
    made = [Group(name, len(held), sum(line.seconds <= 0 for line in held), sum(line.seconds for line in held))
            for name, held in found.items()]
    return tuple(sorted(made, key=lambda group: (-group.unseen / group.cameras, group.name.casefold())))


def place_name(station: str, place: str, own: str) -> str:
    """A window as operators count them, with the station when it is another one."""
    number = place[1:] if place[:1] == "w" and place[1:].isdecimal() else place
    here = _("window {number}").format(number=number)
    return here if station == own else f"{here} ({station[:8]})"


def hour_text(hour: int | None, zone: Zone) -> str:
    """"2026-11-22 14:00 WITA", or that it never was."""
    if hour is None:
        return _("never")
    return f"{local(datetime.fromtimestamp(hour * HOUR_S, UTC), zone):%Y-%m-%d %H:00} {zone.value}"


def span_text(seconds: float) -> str:
    """"1:02:03", hours without limit."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def as_csv(report: Sequence[Line], zone: Zone, own: str) -> str:
    """One row per camera and window, with a head; a camera that was not seen has one row with 0 seconds."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("number"), _("name"), _("area"), _("owner"), _("risk"), _("window"), _("seconds"),
                     _("last seen")])
    for line in report:
        about = [str(line.camera.number), _text(line.camera.name), _text(" > ".join(line.camera.area)),
                 _text(line.owner), line.risk.value]
        last = hour_text(line.last, zone)
        for (station, place), seconds in sorted(line.places.items()) or [(("", ""), 0.0)]:
            name = place_name(station, place, own) if place else ""
            writer.writerow([*about, name, round(seconds), last])
    return out.getvalue()


def as_words(report: Sequence[Line], zone: Zone) -> Iterable[str]:
    """The list of those not seen, as lines of text: number, name, area, last seen."""
    for line in unseen(report):
        name = line.camera.name if len(line.camera.name) <= _WIDEST else f"{line.camera.name[:_WIDEST - 1]}…"
        risk = f"  {line.risk.value}" if line.risk is not Risk.NONE else ""
        yield f"{line.camera.label}  {name}  {', '.join(reversed(line.camera.area))}{risk}  " \
              f"{hour_text(line.last, zone)}"


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
