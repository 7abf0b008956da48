"""``main.py cameras``: lists of cameras in and out, and what the registry knows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli import availability, discover, rekey, seen, trial
from app.cli.options import add_common
from app.model.camera import Camera, StreamRole
from app.model.errors import OperatorError
from app.registry.exchange.bring import import_list
from app.registry.exchange.cells import HIGHEST_NUMBER
from app.registry.exchange.columns import FIELDS, PASS_OVER
from app.registry.exchange.known import Options
from app.registry.exchange.report import report_lines
from app.registry.exchange.send import write_list
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

REFUSED_LINES = 1       # the file was read and refused; 2 is kept for a wrong command line


def add(parser: argparse.ArgumentParser) -> None:
    """The verbs; what was watched has a module of its own."""
    verbs = parser.add_subparsers(
        dest="verb", metavar="import|export|undo-import|seen|availability|discover|test|rekey|list", required=True)
    _add_import(verbs.add_parser("import", help=_("read cameras from a list"), description=_(
        "Reads CSV, Excel, M3U, XSPF, GeoJSON, KML and the YAML of Frigate, go2rtc and MediaMTX. A head names the "
        "columns in Indonesian or English: number, name, main_url and, where you have them, {fields}.").format(
            fields=", ".join(field for field in FIELDS if field not in ("number", "name", "main_url")))))
    send = verbs.add_parser("export", help=_("write all cameras to a list without passwords"))
    send.add_argument("file", metavar="FILE.csv|FILE.xlsx|FILE.geojson", type=Path)
    add_common(send, below=True)
    send.set_defaults(run=export_cameras)
    back = verbs.add_parser("undo-import", help=_("take the last import back"))
    add_common(back, below=True)
    back.set_defaults(run=undo_import)
    seen.add(verbs)
    availability.add(verbs)
    discover.add(verbs)
    trial.add(verbs)
    rekey.add(verbs.add_parser("rekey", help=_("a new key for the camera passwords, or another place for it")))
    show = verbs.add_parser("list", help=_("show the cameras of the registry"))
    add_common(show, below=True)
    show.set_defaults(run=list_cameras)


def _add_import(bring: argparse.ArgumentParser) -> None:
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    bring.add_argument("--map", metavar="HEAD=FIELD", action="append", default=[], help=_(
        "this column of the list is that field, such as \"Nama Kamera=name\"; {mark} passes it over; "
        "remembered for the next list").format(mark=PASS_OVER))
    bring.add_argument("--number-from", metavar="NUMBER", type=_first_number, default=0,
                       help=_("cameras without a number get free ones from here on"))
    bring.add_argument("--url-template", metavar="URL", default="", help=_(
        "main stream of cameras of which the list has only the address, such as rtsp://{address}:554/stream1").replace(
            "%", "%%"))
    bring.add_argument("--sub-template", metavar="URL", default="", help=_("the same for the small stream"))
    bring.add_argument("--overwrite", action="store_true",
                       help=_("a number that another camera has is given to the camera of the list"))
    bring.add_argument("--good-lines", action="store_true",
                       help=_("write the lines without fault though others have one"))
    add_common(bring, below=True)
    bring.set_defaults(run=import_cameras)


def import_cameras(given: argparse.Namespace) -> int:
    """All lines or none, unless told otherwise; every refused line is told with its reason."""
    options = Options(_mapping(given.map), given.number_from, given.url_template, given.sub_template, given.overwrite,
                      given.good_lines)
    path = given.registry or _own_registry()
    with Registry.open(path) as registry:
        plan = import_list(registry, given.file.expanduser(), options, dry_run=given.dry_run)
    refused = bool(plan.refused)
    for line in report_lines(plan, dry_run=given.dry_run):
        print(line, file=sys.stderr if refused else sys.stdout)
    return REFUSED_LINES if refused else 0


def export_cameras(given: argparse.Namespace) -> int:
    """Every camera, in the form that the file's name ends with."""
    file = given.file.expanduser()
    with Registry.open(_registry_there(given)) as registry:
        count = write_list(file, registry.list_cameras(), registry.owners.all())
    print(ngettext("{count} camera written to {path}, without passwords.",
                   "{count} cameras written to {path}, without passwords.", count).format(count=count, path=file))
    return 0


def undo_import(given: argparse.Namespace) -> int:
    """As the register was before the last import."""
    with Registry.open(_registry_there(given)) as registry:
        last = registry.imports.undo()
    print(_("The import of {file} is undone: {added} cameras removed, {changed} as they were before.").format(
        file=last.file, added=last.added, changed=last.changed))
    return 0


def list_cameras(given: argparse.Namespace) -> int:
    """One camera a line: number, name, area, streams without passwords; tabs between, for cut and grep."""
    with Registry.open(_registry_there(given)) as registry:
        cameras = registry.list_cameras()
    for camera in cameras:
        print("\t".join(_columns(camera)))
    return 0


def _columns(camera: Camera) -> tuple[str, ...]:
    main, sub = camera.stream(StreamRole.MAIN), camera.stream(StreamRole.SUB)
    return camera.label, camera.name, " / ".join(camera.area), main.url if main else "", sub.url if sub else ""


def _mapping(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in given:
        head, equals, field = text.rpartition("=")
        if not equals or not head.strip() or field.strip() not in (*FIELDS, PASS_OVER):
            raise OperatorError(_("“{text}” is no mapping. Write the head of a column, = and a field: {known}.").format(
                text=text, known=", ".join((*FIELDS, PASS_OVER))))
        found[head.strip()] = field.strip()
    return found


def _first_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= HIGHEST_NUMBER):
        raise OperatorError(_("“{text}” is no camera number; they go from 1 to {most}.").format(
            text=text, most=HIGHEST_NUMBER))
    return int(text)


def _registry_there(given: argparse.Namespace) -> Path:
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    return path


def _own_registry() -> Path:
    path = paths.registry_path()
    try:
        paths.ensure(path.parent)
    except OSError as error:
        raise OperatorError(_("The folder {path} cannot be made: {reason}.").format(
            path=path.parent, reason=error.strerror)) from error
    return path
