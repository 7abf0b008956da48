"""``main.py cameras seen``: which cameras nobody watched, and how long the others stood on a lit pane."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.cli.options import add_common
from app.model.errors import OperatorError
from app.registry.registry import Registry, station_id
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.zone import in_force
from app.tours import report, shifts
from app.tours.least_seen import risk_of

MOST_HOURS = 24 * 400           # as long as watching is kept (app.registry.seen)


def add(verbs: Any) -> None:
    """The verb, below ``cameras``; ``verbs`` is what ``add_subparsers`` gave."""
    parser = verbs.add_parser("seen", help=_("who was watched on a lit pane, and who was not"))
    parser.add_argument("--hours", type=_hours, default=0, metavar="N",
                        help=_("look back so many hours; otherwise over the last three whole shifts"))
    parser.add_argument("--csv", type=Path, metavar="FILE", help=_("write all cameras with their windows to FILE"))
    add_common(parser, below=True)
    parser.set_defaults(run=show)


def show(args: argparse.Namespace) -> int:
    """Prints the list of cameras not seen; raises OperatorError."""
    path: Path = args.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    with Registry.open(path) as registry:
        settings = registry.settings.all()
        zone = in_force(str(settings["window.zone"]))
        now = datetime.now(UTC)
        since = (now - timedelta(hours=args.hours) if args.hours else
                 shifts.missed_since(now, zone, shifts.parse(str(settings["tour.shifts"]))))
        hour = shifts.hour_of(since)
        risks = {area.path: area.risk for area in registry.areas.all() if area.risk}
        made = report.lines(registry.list_cameras(), {owner.id: owner for owner in registry.owners.all()},
                            lambda path: risk_of(path, risks), registry.seen.since(hour), registry.seen.last())
        first = registry.seen.first_hour()
    if args.csv is not None:
        own = station_id(paths.config_dir())
        try:
            args.csv.expanduser().write_text(report.as_csv(made, zone, own), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise OperatorError(_("{file} cannot be written: {reason}.").format(
                file=args.csv, reason=error.strerror)) from error
    for text in report.as_words(made, zone):
        print(text)
    count = len(report.unseen(made))
    print(ngettext("{count} of {all} cameras was not seen since {since}.",
                   "{count} of {all} cameras were not seen since {since}.", count).format(
        count=count, all=len(made), since=report.hour_text(hour, zone)))
    if first is None:
        print(_("Nothing is written down yet."), file=sys.stderr)
    elif first > hour:
        print(_("Watching is written down since {hour}.").format(hour=report.hour_text(first, zone)), file=sys.stderr)
    return 0


def _hours(text: str) -> int:
    hours = int(text)
    if not 1 <= hours <= MOST_HOURS:
        raise argparse.ArgumentTypeError(text)
    return hours
