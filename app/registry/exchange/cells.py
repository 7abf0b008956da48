"""One cell of a list as a value, or a sentence that says what is wrong with it and what mends it.

Pure; runs on any thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.model.camera import ROTATIONS, Place
from app.model.errors import OperatorError
from app.model.secret import Credentials
from app.registry.exchange.parted import path_of
from app.runtime.addresses import parse, shown
from app.runtime.language import gettext as _
from app.runtime.zone import Zone

HIGHEST_NUMBER = 999_999        # six digits can still be typed and read from afar
LONGEST_NAME = 200              # characters
LONGEST_NOTES = 10_000          # characters, as the register keeps them
DEEPEST_AREA = 8                # city > district > ward > alley is four
INDONESIA_LATITUDE = (-11.5, 6.5)       # degrees: Rote in the south, Weh in the north, with some sea
INDONESIA_LONGITUDE = (94.0, 142.0)     # Weh in the west, the border on Papua in the east
LEVELS = ("city", "kecamatan", "kelurahan", "lorong")
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,15})?")
_DECIMAL = re.compile(r"[+-]?\d{1,6}(?:[.,]\d{1,9})?")
_PAIR = re.compile(r"\(?\s*([+-]?\d{1,3}(?:[.,]\d{1,15})?)\s*[,;\s]\s*([+-]?\d{1,3}(?:[.,]\d{1,15})?)\s*\)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FOUR_NUMBERS = re.compile(r"\d{1,4}(?:\.\d{1,4}){3}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63})*")
_UNKNOWN_VALUE = re.compile(r"\$\{[^}]*\}|\{FRIGATE_\w+\}|\$[A-Z_][A-Z0-9_]+")
_IN_TEMPLATE = re.compile(r"\{(\w+)\}")
_TURN = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*°?")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-]?)(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
_YES = frozenset({"yes", "y", "true", "1", "ya", "terbatas", "restricted", "benar"})
_NO = frozenset({"no", "n", "false", "0", "tidak", "publik", "public", "umum", "salah"})
_ADDRESS_WORDS = {"address": "address", "alamat": "address", "ip": "address", "channel": "channel",
                  "kanal": "channel", "number": "number", "nomor": "number"}


class BadCell(Exception):
    """A cell of no use; the text is a sentence without its line. ``field``: whose, "" for the whole line."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def number_of(text: str) -> int:
    """A call-up number. Raises BadCell."""
    text = text.removeprefix("'")       # Excel's mark of a text
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and 1 <= int(text) <= HIGHEST_NUMBER):
        raise BadCell(_("number must be a whole number from 1 to {most}, not {text!r}.").format(
            most=HIGHEST_NUMBER, text=text[:20]), "number")
    return int(text)


def text_of(cells: Mapping[str, str], field: str, most: int = LONGEST_NAME) -> str:
    """A line of text without control characters. Raises BadCell."""
    text = cells.get(field, "")
    if len(text) > most:
        raise BadCell(_("{column} is longer than {most} characters.").format(column=field, most=most), field)
    if _CONTROL.search(text):
        raise BadCell(_("{column} holds a line break or control character.").format(column=field), field)
    return text


def notes_of(cells: Mapping[str, str]) -> str:
    """Notes, which may have several lines. Raises BadCell."""
    text = cells.get("notes", "")
    if len(text) > LONGEST_NOTES:
        raise BadCell(_("{column} is longer than {most} characters.").format(column="notes", most=LONGEST_NOTES),
                      "notes")
    if _CONTROL_BUT_BREAKS.search(text):
        raise BadCell(_("{column} holds a control character.").format(column="notes"), "notes")
    return text


def url_of(cells: Mapping[str, str], field: str) -> tuple[str, Credentials]:
    """An address without user and password, and those. Raises BadCell; OperatorError is for the caller to place."""
    text = cells.get(field, "")
    if not text:
        return "", Credentials()
    unknown = _UNKNOWN_VALUE.search(text)
    if unknown:
        raise BadCell(_("the address holds {what}, whose value only the other program knows. "
                        "Write the value itself into the list.").format(what=unknown[0][:60]), field)
    address = parse(text)
    return address.url, address.credentials


def host_of(cells: Mapping[str, str]) -> str:
    """An IPv4 address or a name of the network. Raises BadCell."""
    text = cells.get("address", "")
    if not text:
        return ""
    if _FOUR_NUMBERS.fullmatch(text):
        for place, part in enumerate(text.split("."), 1):
            if int(part) > 255:
                raise BadCell(_("{text} is no IPv4 address: number {place} of it must be 0 to 255.").format(
                    text=text, place=place), "address")
        return text
    if "://" in text:
        raise BadCell(_("the cell holds a whole address; say that this column is main_url."), "address")
    if not _HOST.fullmatch(text) or len(text) > 253:
        raise BadCell(_("“{text}” is neither an IPv4 address nor the name of a host.").format(
            text=shown(text[:40])), "address")
    return text.lower()


def from_template(template: str, values: Mapping[str, str], field: str = "url_template") -> str:
    """The address that a pattern makes of this line. Raises BadCell for a place that has no value."""
    def put(match: re.Match[str]) -> str:
        word = match[1].lower()
        if word in ("username", "password"):
            return match[0]             # kept as marks: app.runtime.addresses puts them in when the stream is opened
        name = _ADDRESS_WORDS.get(word)
        if name is None:
            raise BadCell(_("the stream pattern has {{{word}}}; it may have {{address}}, {{channel}} and {{number}}.")
                          .format(word=match[1][:20]), field)
        if not values.get(name):
            raise BadCell(_("the stream pattern asks for {{{word}}}, and this line has none.").format(word=match[1]),
                          name)
        return values[name]
    return _IN_TEMPLATE.sub(put, template)


def area_of(cells: Mapping[str, str]) -> tuple[str, ...]:
    """The path of areas, from a cell with all of it or from one cell per level; () when empty. Raises BadCell."""
    path = path_of(text_of(cells, "area", LONGEST_NAME * 2))
    levels = tuple(text for level in LEVELS if (text := text_of(cells, level)))
    if path and levels and path[-len(levels):] != levels:
        path = (*path, *levels) if path[-1] not in levels else levels
    path = path or levels
    if len(path) > DEEPEST_AREA:
        raise BadCell(_("area has more than {most} levels.").format(most=DEEPEST_AREA), "area")
    if any(len(name) > LONGEST_NAME for name in path):
        raise BadCell(_("{column} is longer than {most} characters.").format(column="area", most=LONGEST_NAME), "area")
    return path


def place_of(cells: Mapping[str, str]) -> Place | None:
    """Degrees, from two cells or from one with both. Raises BadCell."""
    latitude, longitude = cells.get("latitude", ""), cells.get("longitude", "")
    field = "latitude"
    if not latitude and not longitude:
        both = cells.get("position", "")
        if not both:
            return None
        field = "position"
        match = _PAIR.fullmatch(both)
        if not match:
            raise BadCell(_("position is written as latitude, longitude in degrees, like -5.1408, 119.4072."), field)
        latitude, longitude = match[1], match[2]
    if not latitude or not longitude:
        raise BadCell(_("latitude and longitude go together; one is empty."),
                      "longitude" if latitude else "latitude")
    for text, name in ((latitude, "latitude"), (longitude, "longitude")):
        if not _DEGREES.fullmatch(text):
            raise BadCell(_("latitude and longitude are written in degrees, like -5.1408 and 119.4072."),
                          name if field == "latitude" else field)
    north, east = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    if not _in_indonesia(north, east) and _in_indonesia(east, north):
        raise BadCell(_("latitude and longitude are swapped: {north:g} is no latitude of Indonesia.").format(
            north=north), field)
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise BadCell(_("latitude goes from -90 to 90, longitude from -180 to 180 degrees."), field)
    return Place(north, east)


def measure_of(cells: Mapping[str, str], field: str, least: float, most: float) -> float | None:
    """A decimal number within bounds, None when empty. Raises BadCell."""
    text = cells.get(field, "")
    if not text:
        return None
    if not _DECIMAL.fullmatch(text) or not least <= float(text.replace(",", ".")) <= most:
        raise BadCell(_("{column} must be a number from {least:g} to {most:g}, not “{text}”.").format(
            column=field, least=least, most=most, text=_CONTROL.sub("?", text[:20])), field)
    return float(text.replace(",", "."))


def mac_of(cells: Mapping[str, str]) -> str:
    """A MAC address with colons. Raises BadCell."""
    text = text_of(cells, "mac")
    if text and not _MAC.fullmatch(text):
        raise BadCell(_("“{text}” is no MAC address: it has six pairs of digits, like 3c:ef:8c:01:02:03.").format(
            text=text[:30]), "mac")
    digits = re.sub(r"[:-]", "", text).lower()
    return ":".join(digits[at:at + 2] for at in range(0, len(digits), 2))


def service_of(cells: Mapping[str, str]) -> str:
    """An ONVIF device service, http or https without user and password. Raises BadCell."""
    text = cells.get("service", "")
    if not text:
        return ""
    try:
        address = parse(text)
    except OperatorError as error:
        raise BadCell(str(error), "service") from None
    if address.scheme not in ("http", "https") or address.credentials:
        raise BadCell(_("an ONVIF address begins with http:// or https:// and holds no user and no password."),
                      "service")
    return address.url


def restricted_of(cells: Mapping[str, str]) -> bool | None:
    """Yes or no in both languages, None when empty. Raises BadCell."""
    text = cells.get("restricted", "").casefold()
    if not text:
        return None
    if text not in _YES | _NO:
        raise BadCell(_("restricted is yes or no, not “{text}”.").format(text=_CONTROL.sub("?", text[:20])),
                      "restricted")
    return text in _YES


def rotation_of(cells: Mapping[str, str]) -> int | None:
    """By how many degrees the picture is turned clockwise, None when empty. Raises BadCell."""
    text = cells.get("rotation", "")
    if not text:
        return None
    match = _TURN.fullmatch(text)
    if not match or int(match[1]) not in ROTATIONS:
        raise BadCell(_("rotation is 0, 90, 180 or 270 degrees clockwise, not “{text}”.").format(
            text=_CONTROL.sub("?", text[:20])), "rotation")
    return int(match[1])


def zone_of_cell(cells: Mapping[str, str]) -> str:
    """WIB, WITA or WIT, "" when empty. Raises BadCell with the name that was perhaps meant."""
    text = cells.get("zone", "")
    if not text:
        return ""
    names = [zone.value for zone in Zone]
    if text.upper() in names:
        return text.upper()
    letters = re.sub(r"[^A-Z]", "", text.upper())
    sentence = _("“{text}” is not known. There are: {known}.").format(text=_CONTROL.sub("?", text[:20]),
                                                                       known=", ".join(names))
    if letters in names:
        sentence += " " + _("Perhaps {name} is meant.").format(name=letters)
    raise BadCell(sentence, "zone")


def _in_indonesia(north: float, east: float) -> bool:
    return (INDONESIA_LATITUDE[0] <= north <= INDONESIA_LATITUDE[1]
            and INDONESIA_LONGITUDE[0] <= east <= INDONESIA_LONGITUDE[1])
