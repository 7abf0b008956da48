"""XML walked element by element with expat: no document types, so no entities; depth and texts are bounded.

Runs on: any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn
from xml.parsers import expat

from app.model.errors import OperatorError
from app.registry.exchange.table import LONGEST_CELL, too_long
from app.runtime.language import gettext as _

DEEPEST = 64            # KML folders in folders; a real file has six

type Start = Callable[[str, Mapping[str, str], int], None]      # element without its prefix, attributes, line
type End = Callable[[str, str], None]                           # element, its own text


def walk_xml(data: bytes, start: Start, end: End, texts: frozenset[str]) -> None:
    """Calls ``start`` and ``end`` for each element; text is kept only of the elements ``texts``.

    Raises OperatorError with the line for what is no XML, declares a document type, or is too deep or too long.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth: list[str] = []
    words: list[list[str]] = []

    def refuse_doctype(*_given: object) -> NoReturn:
        raise OperatorError(_("Line {line}: the file declares a document type (DOCTYPE), which lists of cameras never "
                              "need. Save it anew without.").format(line=parser.CurrentLineNumber))

    def begin(tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(depth) >= DEEPEST:
            raise OperatorError(_("Line {line}: elements lie deeper than {most} in each other.").format(
                line=parser.CurrentLineNumber, most=DEEPEST))
        depth.append(name)
        words.append([])
        start(name, attributes, parser.CurrentLineNumber)

    def text(data: str) -> None:
        if depth and depth[-1] in texts:
            words[-1].append(data)
            if sum(map(len, words[-1])) > LONGEST_CELL:
                raise too_long(parser.CurrentLineNumber)

    def finish(_tag: str) -> None:
        end(depth.pop(), "".join(words.pop()).strip())

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    parser.StartElementHandler = begin
    parser.CharacterDataHandler = text
    parser.EndElementHandler = finish
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise OperatorError(_("Line {line}: this is no whole XML ({reason}).").format(
            line=error.lineno, reason=expat.ErrorString(error.code))) from None
    except (ValueError, LookupError) as error:     # an encoding that Python does not know, or that is no such text
        raise OperatorError(_("Line {line}: this is no whole XML ({reason}).").format(
            line=parser.CurrentLineNumber, reason=type(error).__name__)) from None
