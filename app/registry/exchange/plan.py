"""What a list would do to the register: added, changed, the same, refused and why. Nothing is written here.

Runs on: any thread; it works on a snapshot of the register.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.model.camera import Camera, StreamRole
from app.model.errors import OperatorError
from app.registry.exchange.cells import LEVELS, BadCell
from app.registry.exchange.columns import Columns, find_columns, head_place
from app.registry.exchange.formula import unquoted
from app.registry.exchange.known import Known, Numbers, Options
from app.registry.exchange.parted import list_text, path_text
from app.registry.exchange.rows import LacksColumn, merged
from app.registry.exchange.table import Line, Table
from app.registry.exchange.watch import UNWATCHED, Watch
from app.runtime.language import gettext as _

NEEDED = ("number", "name", "main_url")         # of a new camera
SHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was refused. Line 0 speaks of the whole file; column 0, counted from 1, of the whole line."""

    line: int
    sentence: str
    column: int = 0
    head: str = ""              # the column's head as it stands in the list
    field: str = ""

    def __str__(self) -> str:
        if self.line and self.column:
            return _("Line {line}, column {column} “{head}”: {sentence}").format(
                line=self.line, column=self.column, head=self.head, sentence=self.sentence)
        if self.line:
            return _("Line {line}: {sentence}").format(line=self.line, sentence=self.sentence)
        return self.sentence


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a known camera, as it is and as it would be; a password shows as stars."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """A camera that the list adds (``before`` None) or changes. ``new_owner``: to be made, the camera gets its id."""

    line: int
    camera: Camera
    before: Camera | None
    changes: tuple[Change, ...] = ()
    new_owner: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do, and whether it was done. Nothing in ``repr`` shows a cell of the list."""

    path: Path
    options: Options = field(default_factory=Options, repr=False)
    table: Table | None = field(default=None, repr=False)
    columns: Columns | None = field(default=None, repr=False)
    steps: tuple[Step, ...] = field(default=(), repr=False)
    unchanged: tuple[tuple[int, int], ...] = ()             # (line, camera number)
    refused: tuple[Refusal, ...] = ()
    new_owners: tuple[str, ...] = ()
    new_areas: tuple[tuple[tuple[str, ...], str], ...] = ()     # path, level ("" unknown)
    written: bool = False

    @property
    def added(self) -> tuple[tuple[int, int], ...]:
        """(line, camera number) of each new camera."""
        return tuple((step.line, step.camera.number) for step in self.steps if step.before is None)

    @property
    def changed(self) -> tuple[tuple[int, int], ...]:
        """(line, camera number) of each known camera that the list changes."""
        return tuple((step.line, step.camera.number) for step in self.steps if step.before is not None)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Heads of columns that mean nothing here."""
        return self.columns.passed_over if self.columns else ()

    @property
    def may_write(self) -> bool:
        """Whether there is anything to write and no fault forbids it."""
        return bool(self.steps) and (not self.refused or (self.options.good_lines and self.columns is not None))

    def row_at(self, line: int) -> Line | None:
        """The row of the list that begins on this line."""
        rows = self.table.rows if self.table else ()
        place = bisect_left(rows, line, key=lambda row: row.number)
        return rows[place] if place < len(rows) and rows[place].number == line else None


def failed(path: Path, options: Options, sentence: str, line: int = 0, table: Table | None = None) -> Plan:
    """The plan of a list of which nothing can be used."""
    return Plan(path, options, table, refused=(Refusal(line, sentence),))


def make_plan(path: Path, table: Table, known: Known, options: Options, watch: Watch = UNWATCHED) -> Plan:
    """Checks every row. Raises Cancelled; what is wrong with the list is in the plan."""
    try:
        columns = find_columns(table, options.mapping, known.mapping)
    except OperatorError as error:
        line = table.rows[head_place(table.rows, options.mapping)].number
        return failed(path, options, str(error), line, table)
    rows = table.rows[columns.first:]
    numbers = Numbers([*known.by_number, *_numbers_of(rows, columns)], options.number_from)
    first_line: dict[int, int] = {}
    steps: list[Step] = []
    unchanged: list[tuple[int, int]] = []
    refused: list[Refusal] = []
    lacking: dict[str, list[int]] = {}
    owners: dict[str, str] = {}
    areas: dict[tuple[str, ...], str] = {}
    for count, row in enumerate(rows):
        watch.step(count, len(rows))
        try:
            cells = _cells(columns, row)
            found = merged(cells, known, numbers, options)
            camera = found.camera
            if camera.number in first_line:
                raise BadCell(_("number {number} is already used on line {line}. The nearest free number is {free}.")
                              .format(number=camera.number, line=first_line[camera.number],
                                      free=f"{numbers.nearest(camera.number):04d}"), "number")
        except BadCell as error:
            place = columns.places.get(error.field)
            refused.append(Refusal(row.number, str(error), field=error.field) if place is None else Refusal(
                row.number, str(error), place + 1, columns.title(error.field)[:40], error.field))
            continue
        except LacksColumn as error:
            lacking.setdefault(error.field, []).append(row.number)
            continue
        first_line[camera.number] = row.number
        new_owner = owners.setdefault(found.new_owner.casefold(), found.new_owner) if found.new_owner else ""
        if found.before == camera and not new_owner:
            unchanged.append((row.number, camera.number))
        else:
            changes = differences(found.before, camera, known, new_owner) if found.before else ()
            _note_areas(areas, camera.area, cells, known)
            steps.append(Step(row.number, camera, found.before, changes, new_owner))
    watch.step(len(rows), len(rows))
    if lacking:
        refused += _lack(lacking, columns, numbers, whole=not steps and not unchanged)
    refused.sort(key=lambda refusal: refusal.line)
    return Plan(path, options, table, columns, tuple(steps), tuple(unchanged), tuple(refused), tuple(owners.values()),
                tuple(areas.items()))


def differences(before: Camera, after: Camera, known: Known, new_owner: str = "") -> tuple[Change, ...]:
    """The fields in which two cameras differ, in words; never a password."""
    old, new = shown_fields(before, known.owner_names), shown_fields(after, known.owner_names)
    if new_owner:
        new["owner"] = new_owner
    found = [Change(name, old[name], new[name]) for name in new if old[name] != new[name]]
    if before.credentials.password != after.credentials.password:
        found.append(Change("password", str(before.credentials.password), str(after.credentials.password)))
    return tuple(found)


def shown_fields(camera: Camera, owner_names: Mapping[str, str]) -> dict[str, str]:
    """The camera's fields as cells of a list, by field, without its password."""
    main, sub, place = camera.stream(StreamRole.MAIN), camera.stream(StreamRole.SUB), camera.place
    return {
        "number": camera.label, "name": camera.name, "area": path_text(camera.area),
        "owner": owner_names.get(camera.owner, ""),
        "main_url": main.url if main else "", "sub_url": sub.url if sub else "",
        "username": camera.credentials.username,
        "latitude": _figure(place.latitude) if place else "", "longitude": _figure(place.longitude) if place else "",
        "tags": list_text(camera.tags), "notes": camera.notes, "make": camera.device.make,
        "model": camera.device.model, "serial": camera.device.serial, "mac": camera.device.mac,
        "service": camera.device.service,
        "height": _figure(camera.height), "heading": _figure(camera.heading),
        "field_of_view": _figure(camera.field_of_view), "rotation": str(camera.rotation),
        "restricted": "yes" if camera.restricted else "",
    }


def _figure(value: float | None) -> str:
    """Nine places: a degree has 111 km, so a tenth of a millimetre."""
    return "" if value is None else f"{value:.9f}".rstrip("0").rstrip(".")


def _cells(columns: Columns, row: Line) -> dict[str, str]:
    if len(row.cells) > columns.width and any(row.cells[columns.width:]):
        raise BadCell(_("the line has {count} cells, the list {columns} columns. "
                        "Put a cell that holds the separator in quotation marks.").format(
                            count=len(row.cells), columns=columns.width))
    cells = row.cells
    for name, place in columns.places.items():
        if place < len(cells) and cells[place] in SHEET_ERRORS:
            raise BadCell(_("the cell holds the error {error} of a formula.").format(error=cells[place]), name)
    return {name: unquoted(cells[place]) if place < len(cells) else "" for name, place in columns.places.items()}


def _numbers_of(rows: Sequence[Line], columns: Columns) -> list[int]:
    """Numbers that the list itself uses: those given to cameras without one may not be among them."""
    place = columns.places.get("number")
    if place is None:
        return []
    texts = (row.cells[place].removeprefix("'") for row in rows if place < len(row.cells))
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 6]


def _lack(lacking: Mapping[str, Sequence[int]], columns: Columns, numbers: Numbers, *,
          whole: bool) -> list[Refusal]:
    """One sentence for the whole list where one thing mends it all; else one per line that is no known camera."""
    line = columns.head.number if columns.head else min(lines[0] for lines in lacking.values())
    if "url_template" in lacking:
        return [Refusal(line, _("the list has addresses and no streams. Give the stream pattern of these cameras, such "
                               "as rtsp://{address}:554/stream1."), field="url_template")]
    if "number" in lacking:
        return [Refusal(line, _("the list has no numbers. Say from which number on its cameras get theirs; from "
                               "{free} on all are free.").format(free=numbers.lowest_beyond()), field="number")]
    if not whole:
        place = columns.places.get("number")
        return [Refusal(each, _("no camera has this number; to add one the list needs the columns {needed}.").format(
            needed=", ".join(NEEDED)), 0 if place is None else place + 1, columns.title("number")[:40], "number")
            for lines in lacking.values() for each in lines]
    return [Refusal(line, _("the first line must name the columns {needed}; missing: {missing}.").format(
        needed=", ".join(NEEDED), missing=", ".join(name for name in NEEDED if name not in columns.places)),
        field=next(iter(lacking)))]


def _note_areas(areas: dict[tuple[str, ...], str], path: tuple[str, ...], cells: Mapping[str, str],
                known: Known) -> None:
    """Notes the areas of a path that the register does not have, with the level of the column that names them."""
    if path in known.areas or path in areas:
        return
    levels = [level for level in LEVELS if cells.get(level)]
    for depth in range(1, len(path) + 1):
        place = depth - 1 - (len(path) - len(levels))
        if path[:depth] not in known.areas:
            areas.setdefault(path[:depth], levels[place] if place >= 0 else "")
