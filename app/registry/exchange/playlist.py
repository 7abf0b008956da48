"""Playlists as VLC writes them: M3U and XSPF. Runs on: any thread.

M3U has no standard; #EXTINF with its attributes is what IPTV players agreed on, #EXTVLCOPT is VLC's. XSPF 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.model.errors import OperatorError
from app.registry.exchange.known import host_of_url
from app.registry.exchange.table import LONGEST_CELL, MOST_ROWS, Kind, Line, Table, too_long, too_many_rows
from app.registry.exchange.watch import UNWATCHED, Watch
from app.registry.exchange.xml_file import walk_xml
from app.runtime.language import gettext as _

_EXTINF = re.compile(r"#EXTINF:\s*-?[\d.]*(?P<attributes>(?:\s*[\w-]+=\"[^\"]*\")*)\s*,?(?P<title>.*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
_OPTION = re.compile(r"(?:#EXTVLCOPT:|:)?\s*rtsp-(user|pwd)=(.*)", re.IGNORECASE)
_LOGIN = {"user": "username", "pwd": "password"}


def read_m3u(text: str, encoding: str = "", watch: Watch = UNWATCHED) -> Table:
    """One camera per address; title, group and VLC's RTSP user belong to the address below them."""
    found: list[tuple[int, dict[str, str]]] = []
    camera: dict[str, str] = {}
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        watch.step(number)
        line = raw.strip()
        if len(line) > LONGEST_CELL:
            raise too_long(number)
        if line.startswith("#"):
            _read_comment(line, camera)
        elif line:
            if len(found) >= MOST_ROWS:
                raise too_many_rows(number)
            camera["main_url"] = line
            found.append((number, camera))
            camera = {}
    return _table(Kind.M3U, found, encoding)


def read_xspf(data: bytes) -> Table:
    """One camera per track."""
    found: list[tuple[int, dict[str, str]]] = []
    camera: dict[str, str] = {}

    def start(name: str, _attributes: Mapping[str, str], line: int) -> None:
        if name == "track":
            if len(found) >= MOST_ROWS:
                raise too_many_rows(line)
            camera.clear()
            camera["line"] = str(line)

    def end(name: str, text: str) -> None:
        if "line" not in camera:
            return
        if name == "location":
            camera.setdefault("main_url", text)
        elif name == "title":
            camera["name"] = text
        elif name == "annotation":
            camera["notes"] = text
        elif name == "album":
            camera["area"] = text
        elif name == "option":
            _read_option(text, camera)
        elif name == "track":
            found.append((int(camera.pop("line")), dict(camera)))
            camera.clear()

    walk_xml(data, start, end, frozenset({"location", "title", "annotation", "album", "option"}))
    return _table(Kind.XSPF, found, "")


def _read_comment(line: str, camera: dict[str, str]) -> None:
    match = _EXTINF.match(line)
    if match:
        attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(match["attributes"])}
        camera["name"] = match["title"].strip() or attributes.get("tvg-name", "")
        camera["area"] = attributes.get("group-title", camera.get("area", ""))
        camera["number"] = attributes.get("tvg-chno", "")
    elif line.upper().startswith("#EXTGRP:"):
        camera["area"] = line.partition(":")[2].strip()
    else:
        _read_option(line, camera)


def _read_option(text: str, camera: dict[str, str]) -> None:
    match = _OPTION.match(text)
    if match:
        camera[_LOGIN[match[1].lower()]] = match[2].strip()


def _table(kind: Kind, found: list[tuple[int, dict[str, str]]], encoding: str) -> Table:
    if not found:
        raise OperatorError(_("The playlist has no addresses."))
    for _line, camera in found:
        # A title is not due in a playlist; a camera needs one.
        camera["name"] = camera.get("name") or _host(camera.get("main_url", ""))
    wanted = ("number", "name", "main_url", "area", "username", "password", "notes")
    fields = tuple(name for name in wanted if name in ("name", "main_url") or any(c.get(name) for _l, c in found))
    return Table(kind, tuple(Line(line, tuple(camera.get(name, "") for name in fields)) for line, camera in found),
                 fields, encoding=encoding)


def _host(url: str) -> str:
    try:
        return host_of_url(url)
    except ValueError:
        return ""
