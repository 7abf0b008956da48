"""Reads a table that people typed as CSV: guesses the separator, gives rows with their line numbers.

Runs on: any thread.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from app.model.errors import OperatorError
from app.registry.exchange.columns import heads_known
from app.registry.exchange.table import LONGEST_CELL, MOST_ROWS, Kind, Line, Table, too_long, too_many_rows
from app.registry.exchange.watch import UNWATCHED, Watch
from app.runtime.language import gettext as _

SEPARATORS = (",", ";", "\t", "|")      # ';' is what Excel writes where the comma is the decimal mark (Indonesia)
HEAD_LINES = 12                         # a head stands below a title and a few words of who made the list


def read_csv(text: str, encoding: str = "", watch: Watch = UNWATCHED) -> Table:
    """All rows that are not empty. Raises OperatorError: a sentence with the line where the file makes no sense."""
    separator = _separator(text)
    rows = []
    for count, row in enumerate(_rows(text, separator)):
        if count >= MOST_ROWS:
            raise too_many_rows(row.number)
        watch.step(count)
        rows.append(row)
    if not rows:
        raise OperatorError(_("The file is empty."))
    return Table(Kind.CSV, tuple(rows), encoding=encoding, separator=separator)


def _separator(text: str) -> str:
    """The separator that shows most known heads in one of the first lines; without any, that with most cells."""
    lines = [line for line in text[:LONGEST_CELL * 4].splitlines() if line.strip()][:HEAD_LINES]
    heads = {separator: max((heads_known(line.replace('"', "").split(separator)) for line in lines), default=0)
             for separator in SEPARATORS}
    if max(heads.values()) > 1:
        return max(SEPARATORS, key=lambda separator: heads[separator])
    first = next((line for line in lines if any(separator in line for separator in SEPARATORS)), "")
    return max(SEPARATORS, key=first.count)


def _rows(text: str, separator: str) -> Iterator[Line]:
    # Not splitlines(), which also breaks at form feeds and U+2028: the lines of an editor end at \n, \r\n or \r.
    lines = (part + "\n" for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _explained(begins, str(error)) from None
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise too_long(begins)
        if any(cell.strip() for cell in cells):
            yield Line(begins, tuple(cell.strip() for cell in cells))
        begins = reader.line_num + 1


def _explained(line: int, said: str) -> OperatorError:
    if "field limit" in said:
        return too_long(line)
    if "unexpected end" in said:
        return OperatorError(_("Line {line}: a cell begins with a quotation mark that is never closed.").format(
            line=line))
    return OperatorError(_("Line {line}: the quotation marks do not fit. "
                           "Inside a quoted cell write each one twice.").format(line=line))
