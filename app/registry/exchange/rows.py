"""One row of a camera list, checked and merged with the camera already known. Pure; runs on any thread.

An empty cell changes nothing of a known camera.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from app.model.camera import Camera, Place, StreamProfile, StreamRole
from app.model.errors import OperatorError
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.camera_checks import HEIGHTS, checked_tags
from app.registry.exchange import cells as read
from app.registry.exchange.cells import BadCell
from app.registry.exchange.known import Known, Numbers, Options, host_of_url
from app.registry.exchange.parted import list_of
from app.runtime.language import gettext as _

SAME_DEGREES = 1e-9


class LacksColumn(Exception):
    """The list adds cameras and has no column for what each new one needs."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Merged:
    """A row as a camera; its id is "" when it is new. ``before``: the known one. ``new_owner``: a name that the
    register does not have yet, the camera's ``owner`` is "" then.
    """

    camera: Camera
    before: Camera | None
    new_owner: str = ""


def merged(cells: Mapping[str, str], known: Known, numbers: Numbers, options: Options) -> Merged:
    """The camera after this row. ``cells`` has a key for each column of the list.

    Raises BadCell, or LacksColumn when no row of this list can add a camera.
    """
    main, login = _address(cells, "main_url")
    sub, also = _address(cells, "sub_url")
    host = read.host_of(cells)
    if host and not main:
        main, login = _patterned(cells, cells.get("url_template") or options.url_template, "url_template")
        if not sub:
            sub, also = _patterned(cells, options.sub_template, "sub_template")
    name = read.text_of(cells, "name")
    before = _same_camera(cells, known, main, name)
    number = before.number if before else _number(cells, name, main, known, numbers, options)
    start = before or Camera("", number, "")
    if before is not None and cells.get("number") and not options.overwrite:
        _refuse_another(before, name, host_of_url(main) or host, numbers)
    if host and not main and host != _host_of(start):
        raise LacksColumn("url_template")       # an address alone is no stream, and none is guessed
    if not main and start.stream(StreamRole.MAIN) is None:
        raise LacksColumn("main_url") if "main_url" not in cells else BadCell(_("main_url is empty."), "main_url")
    if not name and not start.name:
        if "name" not in cells:
            raise LacksColumn("name")
        raise BadCell(_("name is empty."), "name")
    read.zone_of_cell(cells)
    owner, new_owner = _owner(cells, start, known)
    restricted, rotation = read.restricted_of(cells), read.rotation_of(cells)
    return Merged(Camera(
        start.id, number, name or start.name,
        read.area_of(cells) or start.area,
        _place(read.place_of(cells), start.place),
        _streams(start, {StreamRole.MAIN: main, StreamRole.SUB: sub}),
        _login(start.credentials, Credentials(read.text_of(cells, "username"),
                                              Secret(read.text_of(cells, "password"))), login, also),
        owner,
        _or(read.measure_of(cells, "height", *HEIGHTS), start.height),
        _or(read.measure_of(cells, "heading", 0, 360), start.heading),
        _or(read.measure_of(cells, "field_of_view", 0, 360), start.field_of_view),
        _tags(cells) or start.tags,
        read.notes_of(cells) or start.notes,
        _device(cells, start.device),
        start.restricted if restricted is None else restricted,
        start.rotation if rotation is None else rotation,
    ), before, new_owner)


def _address(cells: Mapping[str, str], field: str) -> tuple[str, Credentials]:
    try:
        return read.url_of(cells, field)
    except OperatorError as error:
        raise BadCell(str(error), field) from None


def _patterned(cells: Mapping[str, str], template: str, field: str) -> tuple[str, Credentials]:
    if not template:
        return "", Credentials()
    try:
        return read.url_of({field: read.from_template(template, cells, field)}, field)
    except OperatorError as error:
        raise BadCell(_("the stream pattern gives no address here: {why}").format(why=error), field) from None


def _same_camera(cells: Mapping[str, str], known: Known, main: str, name: str) -> Camera | None:
    """By number; without one by address, or by name where the list has no addresses (positions)."""
    text = cells.get("number", "")
    if text:
        return known.by_number.get(read.number_of(text))
    if main:
        return known.at(main)
    if name and known.is_twice(name):
        raise BadCell(_("several cameras are called “{name}”. Name this one by its number.").format(name=name), "name")
    return known.named(name) if name else None


def _number(cells: Mapping[str, str], name: str, main: str, known: Known, numbers: Numbers, options: Options) -> int:
    text = cells.get("number", "")
    if text:
        return read.number_of(text)
    if not main and name:
        near = difflib.get_close_matches(name.casefold(), list(known.names()), n=1)
        camera = known.named(near[0]) if near else None
        sentence = _("no camera is called “{name}”.").format(name=name)
        if camera is not None:
            sentence += " " + _("Perhaps {camera} is meant.").format(camera=f"{camera.label} {camera.name}")
        raise BadCell(sentence, "name")
    if not options.number_from:
        if "number" not in cells:
            raise LacksColumn("number")
        raise BadCell(_("number is empty. The nearest free number is {free}; or give numbers to all such lines from "
                        "a first one on.").format(free=f"{numbers.lowest_beyond():04d}"), "number")
    number = numbers.take()
    if not number:
        raise BadCell(_("no number is free from {first} on.").format(first=options.number_from), "number")
    return number


def _refuse_another(before: Camera, name: str, here: str, numbers: Numbers) -> None:
    """A number whose camera has another name and another address is most likely a slip, not a change."""
    there = _host_of(before)
    if name and name.casefold() != before.name.casefold() and there and here and there != here:
        raise BadCell(_("{number} is already used by {name} ({host}). The nearest free number is {free}.").format(
            number=before.label, name=before.name, host=there, free=f"{numbers.nearest(before.number):04d}"), "number")


def _host_of(camera: Camera) -> str:
    stream = camera.stream(StreamRole.MAIN)
    return host_of_url(stream.url) if stream else ""


def _owner(cells: Mapping[str, str], before: Camera, known: Known) -> tuple[str, str]:
    name = read.text_of(cells, "owner")
    if not name:
        return before.owner, ""
    owner = known.owners.get(name.casefold())
    return (owner.id, "") if owner else ("", name)


def _streams(before: Camera, urls: Mapping[StreamRole, str]) -> tuple[StreamProfile, ...]:
    """Size and transport of a stream are kept when its address stays."""
    streams = []
    for role in StreamRole:
        old, url = before.stream(role), urls.get(role, "")
        if old is not None and url in ("", old.url):
            streams.append(old)
        elif url:
            streams.append(StreamProfile(role, url))
    return tuple(streams)


def _login(before: Credentials, *found: Credentials) -> Credentials:
    """User and password from their columns or from the addresses; two different ones are refused, never guessed."""
    names = {login.username for login in found if login.username}
    passwords = {login.password for login in found if login.password}
    if len(names) > 1 or len(passwords) > 1:
        raise BadCell(_("columns and addresses hold different users or passwords; leave one."),
                      "username" if len(names) > 1 else "password")
    return Credentials(next(iter(names), before.username), next(iter(passwords), before.password))


def _tags(cells: Mapping[str, str]) -> tuple[str, ...]:
    text = cells.get("tags", "")
    if not text:
        return ()
    try:
        return checked_tags(list_of(text))
    except OperatorError as error:
        raise BadCell(str(error), "tags") from None


def _device(cells: Mapping[str, str], before: Device) -> Device:
    if not any(cells.get(field) for field in ("make", "model", "serial", "mac", "service")):
        return before
    return Device(read.text_of(cells, "make") or before.make, read.text_of(cells, "model") or before.model,
                  read.text_of(cells, "serial") or before.serial, read.mac_of(cells) or before.mac,
                  read.service_of(cells) or before.service)


def _place(found: Place | None, before: Place | None) -> Place | None:
    """A list has nine places at most: what differs only behind them is the same."""
    if found is None or (before is not None and abs(found.latitude - before.latitude) < SAME_DEGREES
                         and abs(found.longitude - before.longitude) < SAME_DEGREES):
        return before
    return found


def _or(value: float | None, before: float | None) -> float | None:
    return before if value is None else value
