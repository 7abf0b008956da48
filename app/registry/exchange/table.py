"""What every reader of lists gives: rows of cells with the lines on which they stand. Runs on: any thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

MOST_ROWS = 100_000         # more than the largest registry (60,000) with room; a million rows are a mistake
MOST_COLUMNS = 100          # what stands further right in a sheet is format without content
LONGEST_CELL = 10_240       # characters; notes may have 10,000, an address 2048


class Kind(StrEnum):
    """The files that are understood; the value is what the operator reads."""

    CSV = "CSV"
    XLSX = "Excel"
    M3U = "M3U"
    XSPF = "XSPF"
    GEOJSON = "GeoJSON"
    KML = "KML"
    FRIGATE = "Frigate"
    GO2RTC = "go2rtc"
    MEDIAMTX = "MediaMTX"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the file's line on which it begins (counted from 1) and its cells without outer blanks."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The filled rows of a file.

    ``fields`` names the columns when the kind itself says what they are (a playlist); else the head is sought among
    the rows, or is the first one (``head_first``). ``encoding``, ``separator`` and ``sheet`` are what was found out,
    "" when they mean nothing. ``told``: sentences about what was left out.
    """

    kind: Kind
    rows: tuple[Line, ...]
    fields: tuple[str, ...] = ()
    head_first: bool = False
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    told: tuple[str, ...] = ()


def figure_text(value: float) -> str:
    """A number as a person would have typed it: 412.0 is 412, no exponent, 15 figures as Excel knows them."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return f"{value:.12f}".rstrip("0").rstrip(".") if "e-" in text else text


def too_long(line: int, column: int = 0) -> OperatorError:
    """The error for a cell of more than LONGEST_CELL characters."""
    if column:
        return OperatorError(_("Line {line}, column {column}: a cell is longer than {most} characters.").format(
            line=line, column=column, most=LONGEST_CELL))
    return OperatorError(_("Line {line}: a cell is longer than {most} characters. "
                           "Perhaps a quotation mark is not closed.").format(line=line, most=LONGEST_CELL))


def too_many_rows(line: int) -> OperatorError:
    """The error for a list of more than MOST_ROWS rows."""
    return OperatorError(_("Line {line}: the list has more than {most} rows. Split it.").format(
        line=line, most=MOST_ROWS))
