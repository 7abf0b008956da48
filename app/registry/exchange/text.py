"""The bytes of a list as text: size bounded, encoding found out, line-exact sentences. Runs on: any thread."""

from __future__ import annotations

import codecs
from pathlib import Path

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

LARGEST_BYTES = 32 * 1024 * 1024    # 60,000 cameras with every column filled are about 15 MB
LOOKED_AT = 4096                    # bytes in which text of two bytes a character shows itself


def read_bytes(path: Path, most: int = LARGEST_BYTES) -> bytes:
    """The whole file. Raises OperatorError when it cannot be read or is larger than ``most`` bytes."""
    try:
        if not path.is_file() and path.exists():       # a pipe would hold the reader for ever
            raise OperatorError(_("{path} is no file.").format(path=path))
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise OperatorError(_("{path} cannot be read ({reason}).").format(
            path=path, reason=error.strerror or type(error).__name__)) from None
    if len(data) > most:
        raise OperatorError(_("{path} is larger than {most} MB. Split it.").format(path=path, most=most // 1024 ** 2))
    return data


def decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises OperatorError with the line where it makes no sense."""
    where = 0
    for name, codec in _candidates(data):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            where = error.start
            continue
        nul = text.find("\0")
        if nul >= 0:
            raise OperatorError(_("Line {line}: the file holds a NUL character; this is no table of text. "
                                  "Save it as CSV (UTF-8).").format(line=line_of(text, nul)))
        return text, name
    raise OperatorError(_("Line {line}: the text is neither UTF-8 nor Windows-1252. "
                          "Save the file as CSV (UTF-8).").format(line=data.count(b"\n", 0, where) + 1))


def line_of(text: str, place: int) -> int:
    """The line, from 1, of a place in a text; lines end at \\n, \\r\\n or \\r."""
    before = text[:place].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1


def _candidates(data: bytes) -> list[tuple[str, str]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):     # Excel's "Unicode text"
        return [("UTF-16", "utf-16")]
    if data.startswith(codecs.BOM_UTF8):
        return [("UTF-8", "utf-8-sig")]
    head = data[:LOOKED_AT]
    half = len(head) // 2
    # Latin text of two bytes a character has a NUL in nearly every second byte; a file with a stray NUL has not.
    if half >= 4 and head[1::2].count(0) > half * 0.7 and head[0::2].count(0) < half * 0.1:
        return [("UTF-16", "utf-16-le")]
    if half >= 4 and head[0::2].count(0) > half * 0.7 and head[1::2].count(0) < half * 0.1:
        return [("UTF-16", "utf-16-be")]
    return [("UTF-8", "utf-8"), ("Windows-1252", "windows-1252")]       # the latter is Excel's plain CSV
