"""``main.py cameras availability``: who was up, and for how long, as a table or as CSV."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from app.availability.report import By, Line, as_csv, lines, worst_first
from app.availability.uptime import DAY_S, DAYS, histories
from app.cli.options import add_common
from app.model.errors import OperatorError
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.zone import in_force

_RANGES = {1: 0, 7: 1, 30: 2}


def add(verbs: Any) -> None:
    """The verb below ``cameras``."""
    parser = verbs.add_parser("availability", help=_("who was up and who was not, worst first"))
    parser.add_argument("--days", type=int, choices=sorted(_RANGES), default=30, help=_("order by these last days"))
    parser.add_argument("--by", choices=[by.value for by in By], default=By.CAMERA.value,
                        help=_("one line per camera, area or owner"))
    parser.add_argument("--csv", metavar="FILE", type=Path, help=_("write everything to this file; - is the terminal"))
    add_common(parser, below=True)
    parser.set_defaults(run=availability)


def availability(given: argparse.Namespace) -> int:
    """Cameras that nobody watched are left out of the table; the CSV holds all. Raises OperatorError."""
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    now, index = time.time(), _RANGES[given.days]
    with Registry.open(path) as registry:
        zone = in_force(str(registry.settings.get("window.zone"))).zoneinfo
        known = histories(registry.availability.spans(now - (DAYS + 1) * DAY_S, now), now, zone)
        found = lines(By(given.by), registry.list_cameras(), {o.id: o for o in registry.owners.all()}, known)
    found = worst_first(found, index)
    if given.csv is not None:
        _write(given.csv, as_csv(found))
        return 0
    watched = [line for line in found if line.ranges[index].share is not None]
    for line in watched:
        print("\t".join(_columns(line, index)))
    if not watched:
        print(_("Nobody watched a camera in these days."))
    return 0


def _columns(line: Line, index: int) -> tuple[str, ...]:
    found = line.ranges[index]
    return (f"{(found.share or 0.0) * 100:6.2f} %", line.number or str(line.cameras), line.name or line.owner or "-",
            _("{count} outages").format(count=found.outages),
            _("longest {minutes} min").format(minutes=round(found.longest_s / 60)),
            _("watched {hours} h").format(hours=round(found.watched_s / 3600, 1)))


def _write(path: Path, text: str) -> None:
    if str(path) == "-":
        print(text.removeprefix("\ufeff"), end="")
        return
    try:
        path.expanduser().write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OperatorError(_("{path} could not be written: {reason}.").format(
            path=path, reason=error.strerror or type(error).__name__)) from error
