"""The cameras in the settings of Frigate, go2rtc and MediaMTX. Runs on: any thread.

Sources: docs.frigate.video/configuration/reference, github.com/AlexxIT/go2rtc (streams), MediaMTX's mediamtx.yml. What
these programs fill in when they start (environment, secrets, other files) is told, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.model.errors import OperatorError
from app.registry.exchange.table import LONGEST_CELL, MOST_ROWS, Kind, Line, Table, too_long, too_many_rows
from app.runtime.language import gettext as _

LARGEST_BYTES = 4 * 1024 ** 2       # 10,000 cameras of Frigate are about 3 MB
DEEPEST = 40                        # levels; these files have eight
MOST_NODES = 400_000                # values looked at, aliases counted each time: a bomb of aliases ends here
_STANDARD = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(_STANDARD + name for name in (
    "map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"))
_SMALL = re.compile(r"(?P<name>.+?)[_-](?:sub|low|small|detect|lq|sd)", re.IGNORECASE)
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACE_OF_ITS_OWN = re.compile(r"rtsp://(?:127\.0\.0\.1|localhost)(?::\d+)?/(?P<name>[^?#/]+)")
_FIELDS = ("name", "main_url", "sub_url")
type _Found = tuple[int, str, str, str]     # line, name, main, sub


def read_yaml(text: str, encoding: str = "") -> Table:
    """One row per camera, stream or path, with the line of its name. Raises OperatorError with the line."""
    if len(text) > LARGEST_BYTES:
        raise OperatorError(_("The YAML file is larger than {most} MB. Split it.").format(
            most=LARGEST_BYTES // 1024 ** 2))
    root = _Walk(text).root
    parts = {key: value for _line, key, value in root} if root else {}
    told: list[str] = []
    restreams: dict[str, str] = {}
    inner = parts.get("go2rtc")
    if isinstance(inner, _Map) and isinstance(inner.get("streams"), _Map):
        restreams = {name: main for _l, name, main, _s in _go2rtc(inner.get("streams"), [])}
    if isinstance(parts.get("cameras"), _Map):
        kind, rows = Kind.FRIGATE, list(_frigate(parts["cameras"], restreams))
    elif isinstance(parts.get("streams"), _Map):
        kind, rows = Kind.GO2RTC, list(_with_small(_go2rtc(parts["streams"], told)))
    elif isinstance(parts.get("paths"), _Map):
        kind, rows = Kind.MEDIAMTX, list(_with_small(_mediamtx(parts["paths"], told)))
    else:
        raise OperatorError(_("The file is YAML, but none of Frigate (cameras), go2rtc (streams) or MediaMTX (paths)."))
    if not rows:
        raise OperatorError(_("The file names no camera."))
    if len(rows) > MOST_ROWS:
        raise too_many_rows(rows[MOST_ROWS][0])
    return Table(kind, tuple(Line(line, (name, main, sub)) for line, name, main, sub in rows), _FIELDS,
                 encoding=encoding, told=tuple(told))


class _Map(list[tuple[int, str, Any]]):
    """A mapping in the order of the file: (line, key, value)."""

    def get(self, key: str) -> Any:
        return next((value for _line, name, value in reversed(self) if name == key), None)





class _Walk:
    """YAML as _Map, list and str, with every bound kept; never makes an object of anything else."""

    def __init__(self, text: str) -> None:
        self._left = MOST_NODES
        try:
            self._refuse_deep(text)
            loader = _LOADER(text)
            try:
                node = loader.get_single_node()
            finally:
                loader.dispose()
            value = self._value(node, 0) if node is not None else None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise OperatorError(_("Line {line}: this is no whole YAML ({reason}).").format(
                line=mark.line + 1 if mark else 1,
                reason=getattr(error, "problem", None) or type(error).__name__)) from None
        self.root = value if isinstance(value, _Map) else _Map()

    def _refuse_deep(self, text: str) -> None:
        depth = 0
        for count, event in enumerate(yaml.parse(text, _LOADER)):
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
            if depth > DEEPEST or count > MOST_NODES:
                raise _too_much(_line(event))

    def _value(self, node: Node, depth: int) -> Any:
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise _too_much(_line(node))
        if node.tag not in _KNOWN_TAGS:
            raise OperatorError(_("Line {line}: the tag {tag} is not followed. Write the value itself.").format(
                line=_line(node), tag=node.tag.replace(_STANDARD, "!!")[:40]))
        if isinstance(node, ScalarNode):
            if len(node.value) > LONGEST_CELL:
                raise too_long(_line(node))
            return "" if node.tag == _STANDARD + "null" else str(node.value).strip()
        if isinstance(node, SequenceNode):
            return [self._value(each, depth + 1) for each in node.value]
        assert isinstance(node, MappingNode)
        found = _Map()
        for key, value in node.value:
            if key.tag == _STANDARD + "merge":
                for part in value.value if isinstance(value, SequenceNode) else [value]:
                    merged = self._value(part, depth + 1)
                    found[:0] = merged if isinstance(merged, _Map) else []
            else:
                name = self._value(key, depth + 1)
                found.append((_line(key), name if isinstance(name, str) else "",
                              self._value(value, depth + 1)))
        return found


def _line(at: Node | yaml.Event) -> int:
    return at.start_mark.line + 1 if at.start_mark else 1


def _too_much(line: int) -> OperatorError:
    return OperatorError(_("Line {line}: the file is too deep or refers to itself too often; no list of cameras "
                           "does.").format(line=line))


def _frigate(cameras: _Map, restreams: dict[str, str]) -> Iterator[_Found]:
    for line, name, camera in _last_of_each(cameras):
        inputs = camera.get("ffmpeg").get("inputs") if isinstance(camera, _Map) and isinstance(
            camera.get("ffmpeg"), _Map) else None
        main = sub = ""
        for each in inputs if isinstance(inputs, list) else []:
            if not isinstance(each, _Map) or not isinstance(each.get("path"), str):
                continue
            own = _PLACE_OF_ITS_OWN.fullmatch(each.get("path"))
            path = restreams.get(own["name"], each.get("path")) if own else each.get("path")
            roles = each.get("roles")
            if (isinstance(roles, list) and "record" in roles) or not main:
                main, sub = path, main or sub
            else:
                sub = sub or path
        title = camera.get("friendly_name") if isinstance(camera, _Map) else None
        yield line, title if isinstance(title, str) and title else name, main, "" if sub == main else sub


def _go2rtc(streams: _Map, told: list[str]) -> Iterator[_Found]:
    for line, name, sources in _last_of_each(streams):
        listed = [each for each in (sources if isinstance(sources, list) else [sources]) if isinstance(each, str)]
        # "ffmpeg:rtsp://...#video=h264" is the same camera turned into something else; "ffmpeg:name" another stream.
        plain = [each.removeprefix("ffmpeg:").partition("#")[0] for each in listed]
        found = [each for each in plain if "://" in each]
        if not found:
            told.append(_("Line {line}: {name} has no address of its own and was passed over.").format(
                line=line, name=name[:40]))
            continue
        yield line, name, found[0], ""


def _mediamtx(paths: _Map, told: list[str]) -> Iterator[_Found]:
    for line, name, path in _last_of_each(paths):
        source = path.get("source") if isinstance(path, _Map) else ""
        if not isinstance(source, str) or "://" not in source or name.startswith("~"):
            told.append(_("Line {line}: {name} has no address of its own and was passed over.").format(
                line=line, name=name[:40]))
            continue
        yield line, name, source, ""


def _with_small(rows: Iterator[_Found]) -> Iterator[_Found]:
    """``gate`` and ``gate_sub`` are two streams of one camera."""
    listed = list(rows)
    names = {name for _line, name, _main, _sub in listed}
    small = {match["name"]: main for _line, name, main, _sub in listed
             if (match := _SMALL.fullmatch(name)) and match["name"] in names}
    for line, name, main, _sub in listed:
        match = _SMALL.fullmatch(name)
        if not (match and match["name"] in names):
            yield line, name, main, small.get(name, "")


def _last_of_each(found: _Map) -> list[tuple[int, str, Any]]:
    """A key written twice counts once, its last value, as in every reader of YAML."""
    return list({name: (line, name, value) for line, name, value in found}.values())
