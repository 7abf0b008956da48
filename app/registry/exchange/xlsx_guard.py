"""Looks into a workbook's parts before openpyxl does: kilobytes can unpack to gigabytes, or to millions of objects.

Runs on: any thread. The parts are streamed; nothing is held but a chunk.
"""

from __future__ import annotations

import re
import zipfile

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

LARGEST_SHEET = 128 * 1024 ** 2     # bytes of one sheet unpacked: 60,000 rows of 20 cells are about 60 MB; streamed
LARGEST_PART = 48 * 1024 ** 2       # of any other part; the texts of 60,000 rows are about 20 MB
LARGEST_WHOLE = 256 * 1024 ** 2
MOST_PARTS = 4096
MOST_TEXTS = 1_200_000              # shared texts: 100,000 rows of 12 different ones
MOST_IN_ROW = 70_000                # ends of elements in one row: 16,384 cells, Excel's most, have four each at most
CHUNK = 1024 ** 2
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_TEXT = re.compile(rb"<(?:\w+:)?si[\s>/]")


def refuse_bombs(parts: zipfile.ZipFile) -> None:
    """Raises OperatorError for a workbook that would unpack to more than any list of cameras needs."""
    listed = parts.infolist()
    if len(listed) > MOST_PARTS:
        raise OperatorError(_("The workbook has more than {most} parts; no list of cameras has.").format(
            most=MOST_PARTS))
    for part in listed:
        most = LARGEST_SHEET if _is_sheet(part) else LARGEST_PART
        # zipfile never unpacks more than the size that stands here.
        if part.file_size > most:
            raise _too_large(part.filename, part.file_size, most)
    whole = sum(part.file_size for part in listed)
    if whole > LARGEST_WHOLE:
        raise _too_large(_("all parts"), whole, LARGEST_WHOLE)
    for part in listed:
        if _is_sheet(part):
            _look_at_sheet(parts, part)
        elif part.filename.endswith(".xml"):
            _look_at_texts(parts, part)


def _is_sheet(part: zipfile.ZipInfo) -> bool:
    return "worksheets/" in part.filename and "/_rels/" not in part.filename


def _look_at_sheet(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A row of a million cells would become a million objects at once."""
    rows = ends = 0
    rest = b""
    with parts.open(part) as file:
        while chunk := file.read(CHUNK):
            data = rest + chunk
            cut = data.rfind(b"<")          # a tag may lie across two chunks; the last one waits for the next
            if cut < 0 or len(data) - cut > CHUNK:
                cut = len(data)
            data, rest = data[:cut], data[cut:]
            # What a text may not hold and no program writes here: it could hide where rows begin.
            if b"<!" in data:
                raise OperatorError(_("The workbook holds comments or entities within its sheets; no program writes "
                                      "such. Save it anew."))
            last = 0
            for match in _ROW.finditer(data):
                _refuse_wide(ends + data.count(b"/", last, match.start()), rows)
                rows, ends, last = rows + 1, 0, match.start()
            ends += data.count(b"/", last)
            _refuse_wide(ends, rows)


def _refuse_wide(ends: int, rows: int) -> None:
    if ends > MOST_IN_ROW:
        raise OperatorError(_("Line {line}: the row has more cells than a sheet may have.").format(line=max(rows, 1)))


def _look_at_texts(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    count = 0
    with parts.open(part) as file:
        while chunk := file.read(CHUNK):
            count += len(_TEXT.findall(chunk))
            if count > MOST_TEXTS:
                raise OperatorError(_("The workbook holds more than {most} texts; no list of cameras does.").format(
                    most=MOST_TEXTS))


def _too_large(name: str, size: int, most: int) -> OperatorError:
    return OperatorError(_("The workbook would unpack to {size} MB in {part}, more than {most} MB. Save only the sheet "
                           "with the cameras as a new workbook, or as CSV.").format(
                               size=size // 1024 ** 2, part=name[:60], most=most // 1024 ** 2))
