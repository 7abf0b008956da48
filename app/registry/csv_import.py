"""Imports cameras from a CSV list: all or nothing, with a report that names lines. Runs on: the registry's thread.

Columns: number, name, main_url, sub_url, username, password, area, latitude, longitude; sub_url and all after it may
be empty or missing. A camera is known by its number. An empty cell changes nothing of a known camera.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.registry.camera_rows import COLUMNS, NEEDED, BadCell, merged
from app.registry.registry import Registry
from app.registry.table_file import Line, read_table
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

MOST_REFUSALS_SHOWN = 50        # a wrong column would otherwise print 6,000 sentences


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was refused; line 0 speaks of the whole file."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return _("Line {line}: {sentence}").format(line=self.line, sentence=self.sentence) if self.line \
            else self.sentence


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do when ``dry_run``. The tuples hold (line, camera number)."""

    path: Path
    dry_run: bool
    added: tuple[tuple[int, int], ...] = ()
    changed: tuple[tuple[int, int], ...] = ()
    unchanged: tuple[tuple[int, int], ...] = ()
    refused: tuple[Refusal, ...] = ()
    passed_over: tuple[str, ...] = field(default=())       # columns of the file that mean nothing here

    @property
    def written(self) -> bool:
        """Whether the registry was written."""
        return not self.dry_run and not self.refused and bool(self.added or self.changed)

    def lines(self) -> list[str]:
        """The report in words, one sentence per line, without secrets."""
        said = [str(refusal) for refusal in self.refused[:MOST_REFUSALS_SHOWN]]
        more = len(self.refused) - len(said)
        if more > 0:
            said.append(ngettext("{count} more line was refused.", "{count} more lines were refused.", more).format(
                count=more))
        if self.passed_over:
            said.append(_("Columns that mean nothing here: {columns}.").format(columns=", ".join(self.passed_over)))
        counts = {"added": len(self.added), "changed": len(self.changed), "unchanged": len(self.unchanged)}
        if self.refused:
            said.append(_("Nothing was imported. Mend these lines and try again."))
        elif self.dry_run:
            said.append(_("Would be added: {added}, changed: {changed}, unchanged: {unchanged}.").format(**counts))
        else:
            said.append(_("Added: {added}, changed: {changed}, unchanged: {unchanged}.").format(**counts))
        return said


def import_csv(registry: Registry, path: Path, dry_run: bool = False) -> ImportReport:
    """Imports ``path``; when any line is refused, or in a dry run, the registry stays exactly as it is.

    What is wrong with the file is in the report. Raises OperatorError when the registry cannot be written.
    """
    try:
        rows = read_table(path)
    except OperatorError as error:
        return ImportReport(path, dry_run, refused=(Refusal(0, str(error)),))
    if dry_run:
        return _plan(registry.list_cameras(), rows, path, dry_run)[0]
    with registry.transaction():        # what is known may not change between looking and writing
        report, cameras = _plan(registry.list_cameras(), rows, path, dry_run)
        if not report.refused:
            registry.cameras.save(cameras)
    return report


def _plan(known: Sequence[Camera], rows: Sequence[Line], path: Path,
          dry_run: bool) -> tuple[ImportReport, list[Camera]]:
    try:
        columns, passed_over = _columns(rows[0])
    except OperatorError as error:
        return ImportReport(path, dry_run, refused=(Refusal(rows[0].number, str(error)),)), []
    headless = _is_headless(rows[0])
    width = len(COLUMNS) if headless else len(rows[0].cells)
    by_number = {camera.number: camera for camera in known}
    first_line: dict[int, int] = {}
    added, changed, unchanged, refused = [], [], [], []
    cameras: list[Camera] = []
    for row in rows if headless else rows[1:]:
        try:
            camera = merged(_cells(columns, width, row), by_number)
        except (BadCell, OperatorError) as error:
            refused.append(Refusal(row.number, str(error)))
            continue
        if camera.number in first_line:
            refused.append(Refusal(row.number, _("number {number} is already used on line {line}.").format(
                number=camera.number, line=first_line[camera.number])))
            continue
        first_line[camera.number] = row.number
        before = by_number.get(camera.number)
        entry = (row.number, camera.number)
        if before is None:
            added.append(entry)
        elif before == camera:
            unchanged.append(entry)
            continue
        else:
            changed.append(entry)
        cameras.append(camera)
    report = ImportReport(path, dry_run, tuple(added), tuple(changed), tuple(unchanged), tuple(refused), passed_over)
    return (replace(report, added=(), changed=(), unchanged=()) if refused else report), cameras


def _is_headless(line: Line) -> bool:
    """A list that begins with a camera number has no head and the usual order of columns."""
    return line.cells[0].isascii() and line.cells[0].isdigit()


def _columns(line: Line) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Which cell holds which column, and the names of columns that mean nothing here."""
    first = line.cells
    if _is_headless(line):
        return {name: place for place, name in enumerate(COLUMNS)}, ()
    names = [cell.casefold().replace(" ", "_") for cell in first]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise OperatorError(_("the first line must name the columns {needed}; missing: {missing}.").format(
            needed=", ".join(NEEDED), missing=", ".join(missing)))
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        raise OperatorError(_("the first line names a column twice: {columns}.").format(columns=", ".join(twice)))
    passed_over = tuple(cell[:40] for cell, name in zip(first, names, strict=True) if name and name not in COLUMNS)
    return {name: names.index(name) for name in COLUMNS if name in names}, passed_over


def _cells(columns: Mapping[str, int], width: int, row: Line) -> dict[str, str]:
    if any(row.cells[width:]):
        raise BadCell(_("the line has {count} cells, the list {columns} columns. "
                        "Put a cell that holds the separator in quotation marks.").format(
                            count=len(row.cells), columns=width))
    return {name: row.cells[place] if place < len(row.cells) else "" for name, place in columns.items()}
