"""Reads a table that people typed: guesses encoding and separator, gives rows with their line numbers.

Nothing here knows cameras. Runs on: any thread.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

LARGEST_BYTES = 32 * 1024 * 1024    # 60,000 cameras with every column filled are about 15 MB
LONGEST_CELL = 4096                 # characters; an address may have 2048
SEPARATORS = (",", ";", "\t")       # ';' is what Excel writes where the comma is the decimal mark, as in Indonesia


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the file's line on which it begins (counted from 1) and its cells without outer blanks."""

    number: int
    cells: tuple[str, ...]


def read_table(path: Path) -> list[Line]:
    """All rows that are not empty. Raises OperatorError: a sentence with the line where the file makes no sense."""
    text = _decode(path)
    nul = text.find("\0")
    if nul >= 0:
        raise OperatorError(_("Line {line}: the file holds a NUL character; this is no table of text. "
                              "Save it as CSV (UTF-8).").format(line=_line_of(text, nul)))
    rows = list(_rows(text, _separator(text)))
    if not rows:
        raise OperatorError(_("The file is empty."))
    return rows


def _decode(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise OperatorError(_("{path} cannot be read ({reason}).").format(
            path=path, reason=error.strerror or type(error).__name__)) from None
    if len(data) > LARGEST_BYTES:
        raise OperatorError(_("{path} is larger than {most} MB. Split it.").format(
            path=path, most=LARGEST_BYTES // (1024 * 1024)))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):    # Excel's "Unicode text"
        encodings = ["utf-16"]
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "windows-1252"]      # what Excel writes when asked for plain CSV
    where = 0
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            where = error.start
    raise OperatorError(_("Line {line}: the text is neither UTF-8 nor Windows-1252. "
                          "Save the file as CSV (UTF-8).").format(line=data.count(b"\n", 0, where) + 1))


def _separator(text: str) -> str:
    """The separator that parts the first filled line into most cells."""
    head = next((line for line in text[:LONGEST_CELL * 4].splitlines() if line.strip()), "")
    return max(SEPARATORS, key=head.count)


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
            raise OperatorError(_sentence(begins, str(error))) from None
        long = next((len(cell) for cell in cells if len(cell) > LONGEST_CELL), 0)
        if long:
            raise OperatorError(_too_long(begins))
        if any(cell.strip() for cell in cells):
            yield Line(begins, tuple(cell.strip() for cell in cells))
        begins = reader.line_num + 1


def _sentence(line: int, said: str) -> str:
    if "field limit" in said:
        return _too_long(line)
    if "unexpected end" in said:
        return _("Line {line}: a cell begins with a quotation mark that is never closed.").format(line=line)
    return _("Line {line}: the quotation marks do not fit. "
             "Inside a quoted cell write each one twice.").format(line=line)


def _too_long(line: int) -> str:
    return _("Line {line}: a cell is longer than {most} characters. Perhaps a quotation mark is not closed.").format(
        line=line, most=LONGEST_CELL)


def _line_of(text: str, place: int) -> int:
    before = text[:place].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1
