"""The register as a file for others: CSV, Excel or GeoJSON, without passwords. Runs on: any thread.

What is written reads back as it was (app.registry.exchange.bring); text that a spreadsheet would run is quoted.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.register import Owner
from app.registry.exchange.formula import kept, quoted
from app.registry.exchange.plan import shown_fields
from app.registry.exchange.watch import UNWATCHED, Watch
from app.runtime.language import gettext as _

SUFFIXES = (".csv", ".xlsx", ".geojson")
COLUMNS = ("number", "name", "area", "owner", "main_url", "sub_url", "username", "latitude", "longitude", "height",
           "heading", "field_of_view", "rotation", "tags", "notes", "make", "model", "serial", "mac", "service",
           "restricted")
FIGURES = frozenset({"number", "latitude", "longitude", "height", "heading", "field_of_view", "rotation"})
SEPARATOR = ","
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")     # XML and so Excel has no place for most of them


def write_list(path: Path, cameras: Sequence[Camera], owners: Iterable[Owner], watch: Watch = UNWATCHED) -> int:
    """Writes the cameras in the form that the file's name ends with; gives how many.

    The file appears whole or not at all. Raises OperatorError with a sentence, Cancelled.
    """
    form = path.suffix.lower()
    if form not in SUFFIXES:
        raise OperatorError(_("“{name}”: the name must end with one of {known}.").format(
            name=path.name, known=", ".join(SUFFIXES)))
    names = {owner.id: owner.name for owner in owners}
    rows = []
    for count, camera in enumerate(cameras):
        watch.step(count, len(cameras))
        rows.append({name: _UNPRINTABLE.sub(" ", text.replace("\r\n", "\n"))
                     for name, text in shown_fields(camera, names).items()})
    data = {".csv": _csv, ".xlsx": _xlsx, ".geojson": _geojson}[form](rows)
    watch.step(len(cameras), len(cameras))
    put_file(path, data)
    return len(rows)


def _csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATOR)
    writer.writerow(COLUMNS)
    writer.writerows([row[name] if name in FIGURES else quoted(row[name]) for name in COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8-sig")      # without the mark Excel takes UTF-8 for Windows-1252


def _xlsx(rows: Sequence[Mapping[str, str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Cameras")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for row in rows:
        cells: list[Any] = []
        for name in COLUMNS:
            text = kept(row[name])
            if name in FIGURES:
                cells.append(float(text) if "." in text else int(text) if text else None)
                continue
            cell: Any = WriteOnlyCell(sheet, text or None)
            if text:
                cell.data_type = "s"        # openpyxl takes a text that begins with = for a formula
            cells.append(cell)
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _geojson(rows: Sequence[Mapping[str, str]]) -> bytes:
    """One feature a line, so that a line number in a report means something."""
    features = []
    for row in rows:
        place = [float(row["longitude"]), float(row["latitude"])] if row["latitude"] else None
        features.append(json.dumps({
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place} if place else None,
            "properties": {name: kept(row[name]) for name in COLUMNS
                           if row[name] and name not in ("latitude", "longitude")},
        }, ensure_ascii=False))
    return ('{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n").encode()


def put_file(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all. Raises OperatorError."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise OperatorError(_("{path} cannot be written ({reason}).").format(
            path=path, reason=error.strerror or type(error).__name__)) from None
