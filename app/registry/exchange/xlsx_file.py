"""Reads a sheet of an Excel workbook, row by row. Runs on: any thread, the import's as a rule.

openpyxl reads its XML through defusedxml, which refuses entities; the sizes of the parts are looked at before any is
unpacked, because a workbook of some kilobytes can hold gigabytes.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from app.model.errors import OperatorError
from app.registry.exchange.columns import HEAD_ROWS, heads_known
from app.registry.exchange.table import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Kind,
    Line,
    Table,
    figure_text,
    too_long,
    too_many_rows,
)
from app.registry.exchange.watch import UNWATCHED, Watch
from app.registry.exchange.xlsx_guard import refuse_bombs
from app.runtime.language import gettext as _

MOST_EMPTY = 1_048_576              # rows of a sheet at most: a format of a whole column reaches down to it
# What openpyxl, zipfile and expat raise for workbooks that are damaged or made to hurt.
BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, EOFError, OSError,
          NotImplementedError, RuntimeError, AssertionError, zipfile.BadZipFile, zlib.error, ParseError)


def read_xlsx(data: bytes, watch: Watch = UNWATCHED) -> Table:
    """The filled rows of the sheet with most known heads. Raises OperatorError, Cancelled."""
    with _explained(), zipfile.ZipFile(io.BytesIO(data)) as parts:
        refuse_bombs(parts)
    with _explained(), warnings.catch_warnings():
        # openpyxl warns of extensions that it does not keep; nothing here is written back.
        warnings.simplefilter("ignore")
        from openpyxl import load_workbook  # 0.2 s that only the first workbook costs
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheets: list[Any] = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            best: tuple[int, Any] = (-1, None)
            for sheet in sheets:
                sheet.reset_dimensions()        # what the file says of its size may be a lie
                known = max((heads_known(row.cells) for row in _some(sheet)), default=-1)
                best = max(best, (known, sheet), key=lambda pair: pair[0])
            if best[1] is None:
                raise OperatorError(_("The file is empty."))
            rows: list[Line] = []
            for row in _rows(best[1], watch):
                if len(rows) >= MOST_ROWS:
                    raise too_many_rows(row.number)
                rows.append(row)
        finally:
            book.close()
    others = [sheet.title for sheet in sheets if sheet is not best[1]]
    told = (_("Sheets that were not read: {sheets}.").format(sheets=", ".join(others)),) if others else ()
    return Table(Kind.XLSX, tuple(rows), sheet=best[1].title, told=told)


def _some(sheet: Any) -> Iterator[Line]:
    for count, row in enumerate(_rows(sheet, UNWATCHED)):
        if count >= HEAD_ROWS:
            return
        yield row


def _rows(sheet: Any, watch: Watch) -> Iterator[Line]:
    filled = 0
    for number, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        if number > MOST_EMPTY:
            raise too_many_rows(number)
        watch.step(number)
        last = MOST_COLUMNS
        while last and values[last - 1:last] in ((None,), ()):
            last -= 1
        if not last:
            continue
        cells = tuple(_text(value) for value in values[:last])
        for column, cell in enumerate(cells, 1):
            if len(cell) > LONGEST_CELL:
                raise too_long(number, column)
            if "\0" in cell:
                raise OperatorError(_("Line {line}: the file holds a NUL character; this is no table of text. "
                                      "Save it as CSV (UTF-8).").format(line=number))
        if any(cells):
            filled += 1
            yield Line(number, cells)


def _text(value: object) -> str:
    """A value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return re.sub(r"_x000[Dd]_", "", value).replace("\r\n", "\n").strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return figure_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).strip()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise OperatorError(_("The workbook cannot be read ({reason}). Open it in Excel or LibreOffice and save it "
                              "anew as XLSX, or as CSV.").format(reason=type(error).__name__)) from error
