"""One row of a camera list, checked and merged with the camera already known. Pure; runs on any thread."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.model.camera import Camera, Place, StreamProfile, StreamRole
from app.model.secret import Credentials, Secret
from app.runtime.language import gettext as _
from app.video.addresses import parse

COLUMNS = ("number", "name", "main_url", "sub_url", "username", "password", "area", "latitude", "longitude")
NEEDED = ("number", "name", "main_url")
HIGHEST_NUMBER = 999_999        # six digits can still be typed and read from afar
LONGEST_NAME = 200              # characters
DEEPEST_AREA = 8                # city > district > ward > alley is four
INDONESIA_LATITUDE = (-11.5, 6.5)       # degrees: Rote in the south, Weh in the north, with some sea
INDONESIA_LONGITUDE = (94.0, 142.0)     # Weh in the west, the border on Papua in the east
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,15})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class BadCell(Exception):
    """A cell of no use; the text is a sentence without its line."""


def merged(cells: Mapping[str, str], known: Mapping[int, Camera]) -> Camera:
    """The camera after this row; its id is "" when the number is new. Empty cells leave what is known.

    Raises BadCell, or OperatorError for an address.
    """
    number = _number(cells["number"])
    before = known.get(number, Camera("", number, ""))
    main, credentials = _address(cells, "main_url")
    sub, also = _address(cells, "sub_url")
    if not main and before.stream(StreamRole.MAIN) is None:
        raise BadCell(_("main_url is empty."))
    name = _text(cells, "name") or before.name
    if not name:
        raise BadCell(_("name is empty."))
    return Camera(
        before.id, number, name,
        _area(_text(cells, "area", LONGEST_NAME * 2)) or before.area,
        _place(cells.get("latitude", ""), cells.get("longitude", "")) or before.place,
        _streams(before, {StreamRole.MAIN: main, StreamRole.SUB: sub}),
        _login(before.credentials, Credentials(_text(cells, "username"), Secret(_text(cells, "password"))),
               credentials, also),
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and 1 <= int(text) <= HIGHEST_NUMBER):
        raise BadCell(_("number must be a whole number from 1 to {most}, not {text!r}.").format(
            most=HIGHEST_NUMBER, text=text[:20]))
    return int(text)


def _text(cells: Mapping[str, str], column: str, most: int = LONGEST_NAME) -> str:
    text = cells.get(column, "")
    if len(text) > most:
        raise BadCell(_("{column} is longer than {most} characters.").format(column=column, most=most))
    if _CONTROL.search(text):
        raise BadCell(_("{column} holds a line break or control character.").format(column=column))
    return text


def _address(cells: Mapping[str, str], column: str) -> tuple[str, Credentials]:
    text = cells.get(column, "")
    if not text:
        return "", Credentials()
    address = parse(text)
    return address.url, address.credentials


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
        raise BadCell(_("columns and addresses hold different users or passwords; leave one."))
    return Credentials(next(iter(names), before.username), next(iter(passwords), before.password))


def _area(text: str) -> tuple[str, ...]:
    """"Makassar > Ujung Pandang", from wide to narrow. A slash parts only between blanks: "RT 01/RW 05" is one name."""
    parts = tuple(part.strip() for part in re.split(r"[>›]| / ", text) if part.strip())
    if len(parts) > DEEPEST_AREA:
        raise BadCell(_("area has more than {most} levels.").format(most=DEEPEST_AREA))
    return parts


def _place(latitude: str, longitude: str) -> Place | None:
    if not latitude and not longitude:
        return None
    if not latitude or not longitude:
        raise BadCell(_("latitude and longitude go together; one is empty."))
    if not _DEGREES.fullmatch(latitude) or not _DEGREES.fullmatch(longitude):
        raise BadCell(_("latitude and longitude are written in degrees, like -5.1408 and 119.4072."))
    north, east = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    if not _in_indonesia(north, east) and _in_indonesia(east, north):
        raise BadCell(_("latitude and longitude are swapped: {north:g} is no latitude of Indonesia.").format(
            north=north))
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise BadCell(_("latitude goes from -90 to 90, longitude from -180 to 180 degrees."))
    return Place(north, east)


def _in_indonesia(north: float, east: float) -> bool:
    return (INDONESIA_LATITUDE[0] <= north <= INDONESIA_LATITUDE[1]
            and INDONESIA_LONGITUDE[0] <= east <= INDONESIA_LONGITUDE[1])
