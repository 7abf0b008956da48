"""``main.py cameras``: import a list of cameras from a CSV file, list what the registry knows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.cli.options import add_common
from app.model.camera import Camera, StreamRole
from app.model.errors import OperatorError
from app.registry.csv_import import import_csv
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _

REFUSED_LINES = 1       # the file was read and refused; 2 is kept for a wrong command line


def add(parser: argparse.ArgumentParser) -> None:
    """The two verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="import|list", required=True)
    bring = verbs.add_parser("import", help=_("read cameras from a CSV file"), description=_(
        "Columns: number, name, main_url, sub_url, username, password, area, latitude, longitude. "
        "Everything after main_url may be empty or missing."))
    bring.add_argument("file", metavar="FILE.csv", type=Path)
    bring.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    add_common(bring, below=True)
    bring.set_defaults(run=import_cameras)
    show = verbs.add_parser("list", help=_("show the cameras of the registry"))
    add_common(show, below=True)
    show.set_defaults(run=list_cameras)


def import_cameras(given: argparse.Namespace) -> int:
    """All lines or none; every refused line is told with its reason."""
    path = given.registry or _own_registry()
    with Registry.open(path) as registry:
        report = import_csv(registry, given.file.expanduser(), given.dry_run)
    for line in report.lines():
        print(line, file=sys.stderr if report.refused else sys.stdout)
    return REFUSED_LINES if report.refused else 0


def list_cameras(given: argparse.Namespace) -> int:
    """One camera a line: number, name, area, streams without passwords; tabs between, for cut and grep."""
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    with Registry.open(path) as registry:
        cameras = registry.list_cameras()
    for camera in cameras:
        print("\t".join(_columns(camera)))
    return 0


def _columns(camera: Camera) -> tuple[str, ...]:
    main, sub = camera.stream(StreamRole.MAIN), camera.stream(StreamRole.SUB)
    return camera.label, camera.name, " / ".join(camera.area), main.url if main else "", sub.url if sub else ""


def _own_registry() -> Path:
    path = paths.registry_path()
    try:
        paths.ensure(path.parent)
    except OSError as error:
        raise OperatorError(_("The folder {path} cannot be made: {reason}.").format(
            path=path.parent, reason=error.strerror)) from error
    return path
