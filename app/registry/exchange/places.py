"""Positions from maps: GeoJSON (RFC 7946) and KML (OGC 12-007r2); points only. Runs on: any thread."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping
from json.decoder import JSONDecoder
from typing import Any

from app.model.errors import OperatorError
from app.registry.exchange.columns import heads_known
from app.registry.exchange.parted import list_text
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
from app.registry.exchange.text import line_of
from app.registry.exchange.watch import UNWATCHED, Watch
from app.registry.exchange.xml_file import walk_xml
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

_BLANKS = re.compile(r"[ \t\n\r]*")
_TAGS = re.compile(r"<[^>]{0,500}>")
type _Found = list[tuple[int, dict[str, str]]]


def read_geojson(text: str, encoding: str = "", watch: Watch = UNWATCHED) -> Table:
    """One row per point; the keys of ``properties`` are the heads. Raises OperatorError with the line."""
    try:
        features = list(_features(text))
    except RecursionError:
        raise OperatorError(_("The file lies too deep in itself; no map does.")) from None
    except (ValueError, IndexError) as error:
        raise OperatorError(_("Line {line}: this is no whole JSON ({reason}).").format(
            line=getattr(error, "lineno", line_of(text, len(text))),
            reason=getattr(error, "msg", type(error).__name__))) from None
    found: _Found = []
    others = 0
    for count, (line, feature) in enumerate(features):
        watch.step(count, len(features))
        row = _feature(feature, line)
        if row is None:
            others += 1
        else:
            found.append((line, row))
    return _table(Kind.GEOJSON, found, others, encoding)


def read_kml(data: bytes, watch: Watch = UNWATCHED) -> Table:
    """One row per placemark with a point; names of ExtendedData are heads. Raises OperatorError with the line."""
    found: _Found = []
    state: dict[str, Any] = {"row": None, "line": 0, "key": "", "others": 0}

    def start(name: str, attributes: Mapping[str, str], line: int) -> None:
        if name == "Placemark":
            if len(found) >= MOST_ROWS:
                raise too_many_rows(line)
            watch.step(len(found))
            state.update(row={}, line=line, point=False)
        elif name == "Point":
            state["point"] = True
        elif name in ("Data", "SimpleData"):
            state["key"] = attributes.get("name", "")[:60]

    def end(name: str, text: str) -> None:
        row: dict[str, str] | None = state["row"]
        if row is None:
            return
        if name == "name":
            row.setdefault("name", text)
        elif name == "description" and text:
            row["description"] = " ".join(_TAGS.sub(" ", text).split())
        elif name in ("value", "SimpleData") and state["key"]:
            row[state["key"]] = text
        elif name == "coordinates" and state["point"] and "latitude" not in row:
            row["longitude"], row["latitude"] = _two(text)
        elif name == "Placemark":
            if "latitude" in row:
                found.append((state["line"], row))
            else:
                state["others"] += 1
            state["row"] = None

    walk_xml(data, start, end, frozenset({"name", "description", "value", "SimpleData", "coordinates"}))
    return _table(Kind.KML, found, state["others"], "")


def _two(text: str) -> tuple[str, str]:
    parts = [part.strip() for part in text.split(",")]
    return (parts[0], parts[1]) if len(parts) >= 2 else (text.strip(), "")


def _feature(feature: object, line: int) -> dict[str, str] | None:
    """The cells of a point, None for any other shape; an export has cameras without place as features without one."""
    if not isinstance(feature, dict):
        raise OperatorError(_("Line {line}: a feature is no object.").format(line=line))
    geometry, properties = feature.get("geometry"), feature.get("properties")
    row = {_text(key)[:60]: _text(_value(value)) for key, value in (properties or {}).items()} if isinstance(
        properties, dict) or properties is None else {}
    if geometry is None:
        return row or None
    place = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if place is None:
        return None
    if not isinstance(place, list) or len(place) < 2:
        raise OperatorError(_("Line {line}: a point has two coordinates, longitude and latitude.").format(line=line))
    row["longitude"], row["latitude"] = _value(place[0]), _value(place[1])
    return row


def _text(text: str) -> str:
    """JSON may hold half of a character, \\ud800, which nothing can keep."""
    return text.encode("utf-8", "replace").decode()


def _value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return figure_text(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return list_text(value)
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(kind: Kind, found: _Found, others: int, encoding: str) -> Table:
    if not found:
        raise OperatorError(_("The map has no points."))
    heads = list(dict.fromkeys(key for _line, row in found for key in row))
    # Known heads first, so that a map with hundreds of other keys keeps those that count.
    heads = sorted(heads, key=lambda head: not heads_known([head]))[:MOST_COLUMNS]
    for line, row in found:
        if any(len(cell) > LONGEST_CELL for cell in row.values()):
            raise too_long(line)
    rows = [Line(1, tuple(heads))]
    rows += [Line(line, tuple(row.get(head, "") for head in heads)) for line, row in found]
    told = (ngettext("{count} shape that is no point was passed over.",
                     "{count} shapes that are no points were passed over.", others).format(count=others),)
    return Table(kind, tuple(rows), head_first=True, encoding=encoding, told=told if others else ())


def _features(text: str) -> Iterator[tuple[int, object]]:
    """The features of a FeatureCollection with their lines, decoded one by one.

    json would decode the whole file in one go without telling lines, and no other thread could run meanwhile. Raises
    ValueError and IndexError for what is no JSON, OperatorError for what is no collection.
    """
    decoder = JSONDecoder()
    at, kind, seen = _blank(text, _blank(text, 0) + 1), None, False
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        at = _behind(text, at, ":")
        if key == "features" and text[at] == "[":
            seen = True
            at = yield from _listed(text, at, decoder)
        else:
            value, at = decoder.raw_decode(text, at)
            kind = value if key == "type" else kind
        at = _blank(text, at)
        if text[at] != "}":
            at = _behind(text, at, ",")
    if not seen or kind != "FeatureCollection":
        raise OperatorError(_("The file is JSON, but no GeoJSON: a FeatureCollection of points is read."))


def _listed(text: str, at: int, decoder: JSONDecoder) -> Generator[tuple[int, object], None, int]:
    at, line, seen, count = _blank(text, at + 1), 1, 0, 0
    while text[at] != "]":
        line += text.count("\n", seen, at)
        seen, count = at, count + 1
        if count > MOST_ROWS:
            raise too_many_rows(line)
        value, at = decoder.raw_decode(text, at)
        yield line, value
        at = _blank(text, at)
        if text[at] != "]":
            at = _behind(text, at, ",")
    return at + 1


def _behind(text: str, at: int, mark: str) -> int:
    """The place of what follows a mark that must stand here."""
    at = _blank(text, at)
    if text[at] != mark:
        raise json.JSONDecodeError(f"Expecting '{mark}'", text, at)
    return _blank(text, at + 1)


def _blank(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


