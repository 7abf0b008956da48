"""The fields of the camera form: what each shows of one or many cameras, and what a typed text makes of a camera.

Pure, no Qt: a Draft is the texts that the operator has typed, by field; fields that are missing stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from app.model.camera import ROTATIONS, Camera, Place, StreamProfile, StreamRole, Transport
from app.model.edit import Changes, changed
from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.runtime.addresses import parse
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from widgets.register import recording_fields
from widgets.register.rows import host_of
from widgets.wall.words import in_words

HIGHEST_NUMBER = 999_999        # six digits can still be typed and read from afar
LONGEST_NAME = 200              # characters
ADDRESS_MARK = "{address}"      # in a stream's address of many cameras: the host of each
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}")

type Draft = Mapping[str, str]


class BadField(Exception):
    """A text of no use; the sentence is shown beside its field."""


class Kind(Enum):
    TEXT = "text"
    LONG = "long"
    SECRET = "secret"
    CHOICE = "choice"           # one of a few
    AREA = "area"               # an area's path, new ones may be typed
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Field:
    """``single``: makes sense for one camera only. ``choices``: value and title. ``group`` begins a part."""

    key: str
    title: str
    show: Callable[[Camera], str]
    kind: Kind = Kind.TEXT
    single: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    group: str = ""


def _number(value: float | None) -> str:
    return "" if value is None else in_words(value)


def _place(camera: Camera) -> str:
    return "" if camera.place is None else f"{camera.place.latitude:.6g}, {camera.place.longitude:.7g}"


def _url(role: StreamRole) -> Callable[[Camera], str]:
    def show(camera: Camera) -> str:
        stream = camera.stream(role)
        return stream.url if stream is not None else ""
    return show


def _transport(camera: Camera) -> str:
    kinds = {stream.transport.value for stream in camera.streams}
    return kinds.pop() if len(kinds) == 1 else ""


FIELDS: tuple[Field, ...] = (
    Field("number", N_("Number"), lambda c: str(c.number) if c.number else "", single=True),
    Field("name", N_("Name"), lambda c: c.name, single=True),
    Field("owner", N_("Owner"), lambda c: c.owner, Kind.OWNER),
    Field("area", N_("Area"), lambda c: " > ".join(c.area), Kind.AREA),
    Field("restricted", N_("Access"), lambda c: "yes" if c.restricted else "no", Kind.CHOICE,
          choices=(("no", N_("public")), ("yes", N_("restricted")))),
    Field("username", N_("User name"), lambda c: c.credentials.username, group=N_("Streams")),
    Field("password", N_("Password"), lambda _c: "", Kind.SECRET),
    Field("main", N_("Main stream"), _url(StreamRole.MAIN)),
    Field("sub", N_("Small stream"), _url(StreamRole.SUB)),
    Field("transport", N_("Transport"), _transport, Kind.CHOICE, choices=(("tcp", "TCP"), ("udp", "UDP"))),
    Field("place", N_("Position"), _place, single=True, group=N_("Where it stands")),
    Field("height", N_("Height, m"), lambda c: _number(c.height)),
    Field("heading", N_("Heading, °"), lambda c: _number(c.heading)),
    Field("field_of_view", N_("Field of view, °"), lambda c: _number(c.field_of_view)),
    Field("rotation", N_("Picture turned"), lambda c: str(c.rotation), Kind.CHOICE,
          choices=(("0", N_("not turned")), ("90", N_("90° clockwise")), ("180", N_("180°, upside down")),
                   ("270", N_("270° clockwise")))),
    Field("tags", N_("Tags"), lambda c: ", ".join(c.tags), group=N_("What it is")),
    Field("notes", N_("Notes"), lambda c: c.notes, Kind.LONG),
    Field("make", N_("Make"), lambda c: c.device.make),
    Field("model", N_("Model"), lambda c: c.device.model),
    Field("serial", N_("Serial number"), lambda c: c.device.serial, single=True),
    Field("mac", N_("MAC address"), lambda c: c.device.mac, single=True),
    Field("service", N_("ONVIF address"), lambda c: c.device.service, single=True),
    # What they show is no part of the camera: see common_of.
    Field(recording_fields.MODE, N_("Recorded"), lambda _c: "", Kind.CHOICE, choices=recording_fields.CHOICES,
          group=N_("Recording")),
    Field(recording_fields.HOURS, N_("Hours"), lambda _c: ""),
    Field(recording_fields.DAYS, N_("Kept for days"), lambda _c: ""),
    Field(recording_fields.STREAM, N_("Stream"), lambda _c: "", Kind.CHOICE, choices=recording_fields.STREAMS),
    Field(recording_fields.PRIORITY, N_("When room is short"), lambda _c: "", Kind.CHOICE,
          choices=recording_fields.PRIORITIES),
    Field(recording_fields.SOUND, N_("Sound"), lambda _c: "", Kind.CHOICE, choices=recording_fields.SOUNDS),
)
BY_KEY: Mapping[str, Field] = {field.key: field for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a field shows before anybody types: the common ``text``, or how many ``values`` there are."""

    text: str
    values: int = 1


def shown(field: Field, cameras: Iterable[Camera]) -> Shown:
    """Of one or many cameras; the text is that of all only when all have it."""
    return _common({field.show(camera) for camera in cameras})


def _common(texts: set[str]) -> Shown:
    return Shown(next(iter(texts), ""), 1) if len(texts) <= 1 else Shown("", len(texts))


def common_of(cameras: Sequence[Camera], rules: str = "") -> dict[str, Shown]:
    """What every field shows of these cameras; of 6,000 about 20 ms. ``rules``: the setting "recording.rules"."""
    found = {field.key: shown(field, cameras) for field in FIELDS}
    return found | {key: _common(texts) for key, texts in recording_fields.texts_of(cameras, rules).items()}


def check(key: str, text: str, cameras: Sequence[Camera], holder: Callable[[int], Camera | None]) -> str:
    """Why this text is of no use, as a sentence, or "". ``holder`` gives the camera that has a number."""
    try:
        for camera in cameras[:1]:
            edited(camera, {key: text}, many=len(cameras) > 1)
        if key == "number" and cameras:
            other = holder(int(text))
            if other is not None and other.id != cameras[0].id:
                raise BadField(_("{number} is camera {name} already.").format(number=other.label, name=other.name))
    except BadField as error:
        return str(error)
    except OperatorError as error:
        return str(error)
    return ""


def edited(camera: Camera, draft: Draft, *, many: bool) -> Camera:
    """The camera after the draft. Raises BadField or OperatorError for a text of no use."""
    changes: Changes = {}
    for key in BY_KEY:              # in the order of the form: a password is put beside its user name
        if key in draft:
            text = draft[key]
            _PARSERS[key](changes, text if key == "password" else text.strip(), camera, many)
    return changed(camera, changes)


def _set_number(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= HIGHEST_NUMBER):
        raise BadField(_("A number from 1 to {most}.").format(most=HIGHEST_NUMBER))
    changes["number"] = int(text)


def _set_name(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    if not text:
        raise BadField(_("A camera needs a name."))
    changes["name"] = _plain(text)


def _plain(text: str, most: int = LONGEST_NAME) -> str:
    if len(text) > most:
        raise BadField(_("At most {most} characters.").format(most=most))
    if _CONTROL.search(text):
        raise BadField(_("No line breaks or control characters."))
    return text


def _set_area(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    parts = tuple(_plain(part.strip()) for part in re.split(r"[>›]", text) if part.strip())
    if len(parts) > 8:
        raise BadField(_("An area has at most 8 levels."))
    changes["area"] = parts


def _set_place(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    if not text:
        changes["place"] = None
        return
    numbers = re.findall(r"[+-]?\d+(?:\.\d+)?", text.replace("−", "-"))
    if len(numbers) != 2:
        raise BadField(_("Latitude and longitude in degrees, like -5.1408, 119.4072."))
    latitude, longitude = float(numbers[0]), float(numbers[1])
    if abs(latitude) > 90 >= abs(longitude):
        raise BadField(_("Latitude and longitude are swapped."))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadField(_("Latitude goes from -90 to 90, longitude from -180 to 180."))
    changes["place"] = Place(latitude, longitude)


def _measure(key: str, low: float, high: float, unit: str) -> Callable[[Changes, str, Camera, bool], None]:
    def put(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
        value: float | None = None
        if text:
            try:
                value = float(text.replace(",", ".").replace("−", "-"))
            except ValueError:
                value = math.nan
            if not low <= value <= high:
                raise BadField(_("A number from {low:g} to {high:g} {unit}.").format(low=low, high=high, unit=unit))
        changes[key] = value    # type: ignore[literal-required]  # one of the three measures below
    return put


def _text(key: str) -> Callable[[Changes, str, Camera, bool], None]:
    def put(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
        changes[key] = _plain(text)     # type: ignore[literal-required]  # make, model, serial
    return put


def _set_mac(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    if text and not _MAC.fullmatch(text):
        raise BadField(_("A MAC address has six pairs, like 3C:EF:8C:00:12:AB."))
    changes["mac"] = ":".join(re.findall(r"[0-9A-F]{2}", text.upper()))


def _set_service(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    """A host alone means the usual place; a login has its own fields."""
    if text and "://" not in text:
        text = f"http://{text}" + ("" if "/" in text else "/onvif/device_service")
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc):
        raise BadField(_("An ONVIF address looks like http://10.12.1.22/onvif/device_service, without a login."))
    changes["service"] = text


def _set_tags(changes: Changes, text: str, _camera: Camera, many: bool) -> None:
    """Of one camera the tags themselves; of many those to add, and with a minus those to take away."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        _plain(word, 60)
    if not many:
        changes["tags"] = tuple(words)
        return
    changes["add_tags"] = tuple(word.removeprefix("+").strip() for word in words if word[0] not in "-−")
    changes["remove_tags"] = tuple(word[1:].strip() for word in words if word[0] in "-−")


def _set_notes(changes: Changes, text: str, _camera: Camera, many: bool) -> None:
    if len(text) > 10_000:
        raise BadField(_("At most {most} characters.").format(most=10_000))
    if many:
        changes["append_notes"] = text
    else:
        changes["notes"] = text


def _url_setter(role: StreamRole) -> Callable[[Changes, str, Camera, bool], None]:
    def put(changes: Changes, text: str, camera: Camera, many: bool) -> None:
        others = [stream for stream in changes.get("streams", camera.streams) if stream.role is not role]
        if text:
            if many and ADDRESS_MARK not in text and "://" in text:
                raise BadField(_("For many cameras {mark} stands for the address of each.").format(mark=ADDRESS_MARK))
            address = parse(text.replace(ADDRESS_MARK, host_of(camera) or "0.0.0.0"))
            old = camera.stream(role)
            same = old is not None and old.url == address.url
            transport = old.transport if old is not None else Transport.TCP
            others.append(old if same and old is not None else StreamProfile(role, address.url, transport=transport))
            if address.credentials:
                changes["credentials"] = address.credentials
        elif role is StreamRole.MAIN:
            raise BadField(_("A camera needs the address of its main stream."))
        changes["streams"] = tuple(sorted(others, key=lambda stream: list(StreamRole).index(stream.role)))
    return put


def _set_user(changes: Changes, text: str, camera: Camera, _many: bool) -> None:
    before = changes.get("credentials", camera.credentials)
    changes["credentials"] = Credentials(_plain(text), before.password) if text else Credentials()


def _set_password(changes: Changes, text: str, camera: Camera, _many: bool) -> None:
    before = changes.get("credentials", camera.credentials)
    changes["credentials"] = Credentials(before.username, Secret(text))


def _set_restricted(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    changes["restricted"] = text == "yes"


def _set_rotation(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    if text not in map(str, ROTATIONS):
        raise BadField(_("A picture is turned by 0, 90, 180 or 270 degrees."))
    changes["rotation"] = int(text)


def _set_owner(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    changes["owner"] = text


def _set_transport(changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
    changes["transport"] = Transport(text)


def _about_recording(key: str) -> Callable[[Changes, str, Camera, bool], None]:
    def look(_changes: Changes, text: str, _camera: Camera, _many: bool) -> None:
        if sentence := recording_fields.refused(key, text):
            raise BadField(sentence)
    return look


_PARSERS: Mapping[str, Callable[[Changes, str, Camera, bool], None]] = {
    "number": _set_number, "name": _set_name, "owner": _set_owner, "area": _set_area, "restricted": _set_restricted,
    "username": _set_user, "password": _set_password, "main": _url_setter(StreamRole.MAIN),
    "sub": _url_setter(StreamRole.SUB), "transport": _set_transport, "place": _set_place,
    "height": _measure("height", -200, 1000, "m"), "heading": _measure("heading", 0, 360, "°"),
    "field_of_view": _measure("field_of_view", 0, 360, "°"), "rotation": _set_rotation,
    "tags": _set_tags, "notes": _set_notes,
    "make": _text("make"), "model": _text("model"), "serial": _text("serial"), "mac": _set_mac,
    "service": _set_service,
    **{key: _about_recording(key) for key in recording_fields.KEYS},
}
