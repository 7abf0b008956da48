"""Which column of a list means what: heads in Indonesian and English, with the words that offices use for them.

Pure; runs on any thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.model.errors import OperatorError
from app.registry.exchange.table import Line, Table
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

# Columns of a list without a head, in this order.
USUAL_ORDER = ("number", "name", "main_url", "sub_url", "username", "password", "area", "latitude", "longitude")
HEAD_ROWS = 20          # a head stands below a title, a letterhead and a date at most
PASS_OVER = "-"         # in a mapping: this column means nothing

# Field: what it is called on the screen, then its heads, the surest first ("No" is often only the line's number).
FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number": (N_("Number"), ("number", "call up number", "nomor kamera", "no kamera", "nomor cctv", "no cctv",
                              "camera number", "nomor", "id kamera", "camera no", "no")),
    "name": (N_("Name"), ("name", "nama kamera", "nama cctv", "nama", "camera name", "nama titik", "nama lokasi",
                          "titik lokasi", "lokasi cctv", "lokasi", "location", "titik")),
    "area": (N_("Area"), ("area", "wilayah", "zone area", "region", "daerah")),
    "city": (N_("City"), ("city", "kota", "kabupaten", "kab/kota", "kota/kabupaten")),
    "kecamatan": (N_("Kecamatan"), ("kecamatan", "kec", "district")),
    "kelurahan": (N_("Kelurahan"), ("kelurahan", "kel", "desa", "kelurahan/desa", "ward", "village")),
    "lorong": (N_("Lorong"), ("lorong", "gang", "alley", "rt/rw", "rt rw")),
    "owner": (N_("Owner"), ("owner", "pemilik", "kepemilikan", "instansi", "opd", "milik", "penanggung jawab")),
    "address": (N_("Address"), ("address", "alamat ip", "ip address", "ip", "ip kamera", "ip camera", "host",
                                "alamat")),
    "main_url": (N_("Main stream"), ("main url", "main", "url utama", "aliran utama", "rtsp utama", "main stream",
                                     "rtsp main", "rtsp url", "url rtsp", "link rtsp", "rtsp", "url", "stream",
                                     "link", "alamat rtsp", "alamat stream", "alamat url", "link cctv",
                                     "link streaming",
                                     "link stream", "location url")),
    "sub_url": (N_("Sub stream"), ("sub url", "sub", "url sub", "aliran sub", "aliran kecil", "sub stream",
                                   "substream", "rtsp sub", "url kedua")),
    "url_template": (N_("Stream pattern"), ("url template", "pola url", "pola aliran", "template")),
    "channel": (N_("Channel"), ("channel", "kanal", "ch")),
    "username": (N_("User"), ("username", "user name", "nama pengguna", "pengguna", "user", "login")),
    "password": (N_("Password"), ("password", "kata sandi", "sandi", "pass", "pwd")),
    "latitude": (N_("Latitude"), ("latitude", "lintang", "garis lintang", "lat", "y")),
    "longitude": (N_("Longitude"), ("longitude", "bujur", "garis bujur", "lon", "long", "lng", "x")),
    "position": (N_("Position"), ("position", "koordinat", "titik koordinat", "coordinates", "coordinate", "posisi",
                                  "lat long", "lat lon", "latlong")),
    "tags": (N_("Tags"), ("tags", "tag", "label", "kategori", "category")),
    "notes": (N_("Notes"), ("notes", "catatan", "keterangan", "note", "ket", "remarks", "description", "deskripsi")),
    "make": (N_("Make"), ("make", "merk", "merek", "brand", "manufacturer", "pabrikan")),
    "model": (N_("Model"), ("model", "tipe", "type", "jenis kamera", "tipe kamera", "seri")),
    "serial": (N_("Serial number"), ("serial", "nomor seri", "serial number", "no seri", "sn")),
    "mac": (N_("MAC address"), ("mac", "mac address", "alamat mac")),
    "service": (N_("ONVIF address"), ("service", "onvif", "onvif url", "alamat onvif")),
    "height": (N_("Height"), ("height", "tinggi", "ketinggian", "tinggi tiang")),
    "heading": (N_("Heading"), ("heading", "arah", "azimuth", "azimut", "direction")),
    "field_of_view": (N_("Field of view"), ("field of view", "fov", "sudut pandang")),
    "rotation": (N_("Picture turned"), ("rotation", "rotasi", "rotasi gambar", "putaran gambar", "picture rotation",
                                        "picture turned")),
    "restricted": (N_("Restricted"), ("restricted", "terbatas", "akses", "access")),
    "zone": (N_("Time zone"), ("zone", "zona", "zona waktu", "time zone", "timezone")),
}
_RANKS = {word: (field, rank) for field, (_title, words) in FIELDS.items() for rank, word in enumerate(words)}
_OF_ITS_PLACE = re.compile(r"\d{1,3}\.\d{1,3}\.")
_A_URL = re.compile(r"[a-z0-9+.-]+://", re.IGNORECASE)
_A_BLANK = re.compile(r".*\s")


@dataclass(frozen=True, slots=True)
class Columns:
    """``places``: which cell, from 0, holds which field. ``head`` is None for lists without one; ``first``: the place
    of the first row of cameras. ``passed_over``: heads that mean nothing here.
    """

    places: Mapping[str, int]
    head: Line | None
    first: int
    width: int
    passed_over: tuple[str, ...] = ()

    def title(self, field: str) -> str:
        """The column's head as it stands in the list, or the field's own name."""
        place = self.places.get(field)
        if self.head is None or place is None or place >= len(self.head.cells):
            return field
        return self.head.cells[place]


@lru_cache(maxsize=4096)
def plain(head: str) -> str:
    """A head as it is compared: small letters, no marks, no words in brackets, single blanks."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", head.casefold())
    return " ".join(re.sub(r"[_\-.:*#°]+", " ", text).split())


def field_of(head: str) -> str:
    """The field that a head names, or ""."""
    return _RANKS.get(plain(head), ("", 0))[0]


def heads_known(cells: Sequence[str]) -> int:
    """How many different fields these cells name."""
    return len({field for cell in cells if len(cell) < 60 and (field := field_of(cell))})


def title_of(field: str) -> str:
    """What the field is called on the screen, in the operator's language."""
    return _(FIELDS[field][0])


def find_columns(table: Table, mapping: Mapping[str, str], earlier: Mapping[str, str] | None = None) -> Columns:
    """What the columns mean. ``mapping``: head as it stands in the list to field, or PASS_OVER; it goes first.
    ``earlier``: the same for lists that came before; heads that this one does not have are no fault.

    Raises OperatorError, whose sentence belongs to the line of ``head_of``.
    """
    if table.fields:
        return Columns({field: place for place, field in enumerate(table.fields)}, None, 0, len(table.fields))
    place = 0 if table.head_first else head_place(table.rows, {**(earlier or {}), **mapping})
    head = table.rows[place]
    if place == 0 and not table.head_first and _is_headless(head):
        return Columns({field: at for at, field in enumerate(USUAL_ORDER)}, None, 0, len(USUAL_ORDER))
    wanted = {plain(name): field for name, field in [*(earlier or {}).items(), *mapping.items()]}
    for name, field in mapping.items():
        if field not in FIELDS and field != PASS_OVER:
            raise OperatorError(_("There is no field “{field}”. Fields: {known}.").format(
                field=field[:40], known=", ".join(FIELDS)))
        if plain(name) not in {plain(cell) for cell in head.cells}:
            raise OperatorError(_("The list has no column “{name}”. It has: {columns}.").format(
                name=name[:40], columns=", ".join(cell[:40] for cell in head.cells if cell)))
    places = _places(head, wanted, {plain(name) for name in mapping})
    street = places.get("address")
    if street is not None and "main_url" not in places and _share(table.rows[place + 1:], street, _A_URL) > 0.5:
        places["main_url"] = places.pop("address")      # "Alamat" is a whole address here
        street = None
    if street is not None and plain(head.cells[street]) not in wanted and _share(
            table.rows[place + 1:], street, _OF_ITS_PLACE) < 0.5 < 2 * _share(table.rows[place + 1:], street, _A_BLANK):
        del places["address"]       # "Alamat" is a street here, not an IP address
    if not {"number", "name", "main_url"} & places.keys():
        raise OperatorError(_("No line names the columns. A list needs a head with number, name and main_url "
                              "(nomor, nama, rtsp), or say with the mapping which column is which."))
    passed_over = tuple(cell[:40] for at, cell in enumerate(head.cells) if cell and at not in places.values())
    return Columns(places, head, place + 1, len(head.cells), passed_over)


def head_place(rows: Sequence[Line], mapping: Mapping[str, str]) -> int:
    """Where the head is: the row among the first that names most fields; 0 when none names any."""
    wanted = {plain(name) for name in mapping}
    scores = [heads_known(row.cells) + 2 * len(wanted & {plain(cell) for cell in row.cells})
              for row in rows[:HEAD_ROWS]]
    best = max(scores, default=0)
    return scores.index(best) if best else 0


def _is_headless(line: Line) -> bool:
    """A list that begins with a camera number has no head and the usual order of columns."""
    return line.cells[0].isascii() and line.cells[0].isdigit()


def _places(head: Line, wanted: Mapping[str, str], said: set[str]) -> dict[str, int]:
    # Field: (rank, place); what is said now has rank -2, what was said of an earlier list -1.
    found: dict[str, list[tuple[int, int]]] = {}
    for place, cell in enumerate(head.cells):
        named = wanted.get(plain(cell))
        field, rank = (named, -2 if plain(cell) in said else -1) if named else _RANKS.get(plain(cell), ("", 0))
        if field and field != PASS_OVER:
            found.setdefault(field, []).append((rank, place))
    places = {}
    for field, candidates in found.items():
        candidates.sort()
        if len(candidates) > 1 and candidates[0][0] == candidates[1][0]:
            raise OperatorError(_("The head names a column twice: {column}.").format(
                column=head.cells[candidates[0][1]][:40]))
        places[field] = candidates[0][1]
    return places


def _share(rows: Sequence[Line], place: int, like: re.Pattern[str]) -> float:
    """Which share of the first filled cells of a column looks like this."""
    filled = [row.cells[place] for row in rows[:200] if place < len(row.cells) and row.cells[place]]
    return sum(bool(like.match(cell)) for cell in filled) / len(filled) if filled else 0.0
