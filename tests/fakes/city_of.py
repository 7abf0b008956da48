"""A register as large as a city's, with names as Indonesian cities give them; the same for the same seed.

``make_registry(path, 6000)`` writes a whole file in about a second. As a program:
``python -m tests.fakes.city_of FILE [COUNT [SEED]]``.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from app.model.camera import Camera, Place, StreamProfile, StreamRole
from app.model.register import Area, Device, Level, Owner, OwnerKind, Risk
from app.model.secret import Credentials, Secret
from app.registry.ids import IdMaker
from app.registry.registry import Registry

BEGIN = 1_760_000_000.0         # the moment of all ids: October 2025
LORONG_SHARE = 0.35             # of the cameras stand in an alley, one area level deeper
CITIES: dict[str, tuple[tuple[float, float], tuple[str, ...]]] = {
    "Makassar": ((-5.147, 119.432), (
        "Ujung Pandang", "Panakkukang", "Rappocini", "Tamalate", "Mamajang", "Makassar", "Wajo", "Bontoala", "Tallo",
        "Ujung Tanah", "Manggala", "Biringkanaya", "Tamalanrea", "Mariso", "Kepulauan Sangkarrang")),
    "Ambon": ((-3.695, 128.181), ("Sirimau", "Nusaniwe", "Baguala", "Teluk Ambon", "Leitimur Selatan")),
    "Palembang": ((-2.976, 104.775), (
        "Ilir Barat I", "Ilir Timur I", "Seberang Ulu I", "Bukit Kecil", "Kemuning", "Sukarami", "Sako", "Kalidoni",
        "Plaju", "Gandus", "Kertapati", "Alang-Alang Lebar")),
    "Kupang": ((-10.178, 123.607), ("Alak", "Kelapa Lima", "Kota Lama", "Kota Raja", "Maulafa", "Oebobo")),
}
KELURAHAN = ("Losari", "Sawerigading", "Karebosi", "Masale", "Karuwisi", "Paropo", "Gunung Sari", "Buakana",
             "Karunrung", "Parang Tambung", "Balang Baru", "Maccini", "Bara-Baraya", "Melayu", "Butung", "Kalukuang",
             "Wala-Walaya", "Pannampu", "Tabaringan", "Antang", "Borong", "Sudiang", "Daya", "Paccerakkang",
             "Tello Baru", "Kapasa", "Bira", "Lette", "Mattoangin", "Barrang Caddi", "Batu Merah", "Karang Panjang",
             "Air Salobar",
             "Latta", "Poka", "Soya", "Lorok Pakjo", "Kepandean", "Silaberanti", "Talang Semut", "Pipa Reja")
STREETS = ("Pettarani", "Ahmad Yani", "Sudirman", "Somba Opu", "Urip Sumoharjo", "Perintis Kemerdekaan", "Veteran",
           "Ratulangi", "Gunung Bawakaraeng", "Boulevard", "Hertasning", "Alauddin", "Rajawali", "Cendrawasih",
           "Metro Tanjung Bunga", "Nusantara", "Bulusaraung", "Andalas", "Tentara Pelajar", "Penghibur", "Pattimura",
           "Diponegoro", "Dr. Sam Ratulangi", "Toddopuli Raya", "Abdullah Daeng Sirua", "Batua Raya", "Kapten A. Rivai")
PLACES = ("Simpang", "Jl", "Jl", "Jl", "Bundaran", "Jembatan", "Layang", "Halte", "Pasar", "Terminal", "Gerbang", "Pos",
          "Puskesmas", "Masjid", "Sekolah", "Taman", "Pintu Air", "Underpass")
SIDES = ("", "", "utara", "selatan", "timur", "barat", "arah kota", "arah laut", "tiang 2")
TAGS = ("banjir", "pelabuhan", "pasar", "sekolah", "masjid", "lalu lintas", "parkir", "wisata", "rawan", "anpr",
        "malam")
NOTES = ("Tiang di depan kantor lurah, kunci di pos.", "Lensa buram saat hujan, sudah dilaporkan.",
         "Listrik dari lampu jalan, mati siang hari.", "Terhalang pohon, dipangkas tiap triwulan.",
         "Pengganti kamera lama, alamat berubah.", "Suhu kotak tinggi, kipas perlu diganti.")
MAKES = (("Hikvision", "DS-2CD2T47G2"), ("Dahua", "IPC-HFW2449S"), ("Axis", "P3265-LV"), ("Uniview", "IPC2314SB"),
         ("Hanwha", "XNO-8080R"))


@dataclass(frozen=True, slots=True)
class City:
    """Values of app.model: areas wide ones first, cameras ordered by number."""

    owners: tuple[Owner, ...]
    areas: tuple[Area, ...]
    cameras: tuple[Camera, ...]


def city_of(count: int, seed: int = 1, *, passwords: bool = True) -> City:
    """``count`` cameras with areas of four levels, risk classes, owners, tags and notes; numbers with gaps."""
    dice = random.Random(seed)
    make_id = IdMaker(lambda: BEGIN, dice.getrandbits)
    owners = _owners(make_id)
    areas: dict[tuple[str, ...], Area] = {}
    cameras = []
    number = 0
    shares = (0.72, 0.1, 0.13, 0.05) if count > 1000 else (0.8, 0.2, 0.0, 0.0)
    for _ in range(count):
        number += 1 if dice.random() < 0.93 else dice.randint(2, 12)
        path = _path(dice, dice.choices(list(CITIES), shares)[0])
        for depth in range(1, len(path) + 1):
            if path[:depth] not in areas:
                areas[path[:depth]] = Area(make_id(), path[:depth], list(Level)[depth - 1], _risk(dice, depth))
        cameras.append(_camera(dice, make_id(), number, path, owners, passwords))
    return City(owners, tuple(sorted(areas.values(), key=lambda area: len(area.path))), tuple(cameras))


def make_registry(path: Path, count: int, seed: int = 1, *, passwords: bool = True) -> Path:
    """A new registry file with ``city_of(count, seed)`` in it, written past the change log (it is a beginning).

    Passwords are sealed with the key file of this LAWANG_HOME. Cameras of one address each: nothing answers there.
    """
    city = city_of(count, seed, passwords=passwords)
    with Registry(path) as registry:
        store = registry._store
        with store.write():
            _write(store, city)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.db.execute("ANALYZE")
    return path


def _owners(make_id: IdMaker) -> tuple[Owner, ...]:
    city, police, private = OwnerKind.CITY, OwnerKind.POLICE, OwnerKind.PRIVATE
    return (
        Owner(make_id(), "Dishub Makassar", city, contact="0411-555-0101"),
        Owner(make_id(), "Diskominfo Makassar", city, contact="0411-555-0102"),
        Owner(make_id(), "Polrestabes Makassar", police, "MoU 12/2024", "0411-555-0110", ("lalu lintas", "penyidikan")),
        Owner(make_id(), "Polresta Ambon", police, "MoU 3/2023", "0911-555-0110"),
        Owner(make_id(), "Hotel Aryaduta", private, "PKS 41/2025", "satpam 0411-555-0140", ("keamanan jalan",),
              "18:00-06:00", "2027-03-31"),
        Owner(make_id(), "Masjid Al-Markaz", private, "PKS 44/2025", "takmir", ("keamanan jalan",),
              "", "2026-12-31"),
        Owner(make_id(), "Toko Agung", private, "PKS 52/2025", "pemilik", ("keamanan jalan",),
              "20:00-05:00", "2026-06-30"),
    )


def _path(dice: random.Random, city: str) -> tuple[str, ...]:
    districts = CITIES[city][1]
    district = dice.choices(districts, [1 + 12 / (place + 1) for place in range(len(districts))])[0]
    villages = KELURAHAN[districts.index(district) % 9::9]
    path: tuple[str, ...] = (city, district, dice.choice(villages))
    return (*path, f"Lorong {dice.randint(1, 12)}") if dice.random() < LORONG_SHARE else path


def _risk(dice: random.Random, depth: int) -> Risk:
    return dice.choices((Risk.NONE, Risk.GREEN, Risk.YELLOW, Risk.RED), (2, 4, 3, 2))[0] if depth == 4 else Risk.NONE


def _name(dice: random.Random, path: tuple[str, ...]) -> str:
    if len(path) == 4:
        return f"{path[3]} {path[2]} {dice.choice(('ujung', 'mulut', 'tengah', 'pos ronda'))}"
    street, side = dice.choice(STREETS), dice.choice(SIDES)
    return f"{dice.choice(PLACES)} {street} {dice.randint(1, 180) if dice.random() < 0.4 else side}".strip()


def _camera(dice: random.Random, camera_id: str, number: int, path: tuple[str, ...], owners: tuple[Owner, ...],
            passwords: bool) -> Camera:
    latitude, longitude = CITIES[path[0]][0]
    host = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    owner = dice.choices(owners, (34, 25, 18, 6, 5, 7, 5))[0]
    make, model = dice.choice(MAKES)
    login = Credentials("lawang", Secret(f"sandi-{dice.randrange(10**6):06d}")) if passwords else Credentials()
    return Camera(
        camera_id, number, _name(dice, path), path,
        Place(round(latitude + dice.gauss(0, 0.03), 6), round(longitude + dice.gauss(0, 0.03), 6)),
        (StreamProfile(StreamRole.MAIN, f"rtsp://{host}:554/Streaming/Channels/101", 1920, 1080),
         StreamProfile(StreamRole.SUB, f"rtsp://{host}:554/Streaming/Channels/102", 640, 360)),
        login, owner.id, dice.choice((3.5, 4.0, 6.0, 9.0)), float(dice.randrange(360)),
        dice.choice((70.0, 90.0, 110.0)),
        tuple(sorted(dice.sample(TAGS, dice.choice((0, 0, 1, 1, 2, 3))))),
        dice.choice(NOTES) if dice.random() < 0.15 else "",
        Device(make, model, f"{make[:2].upper()}{dice.randrange(10**9):09d}",
               ":".join(f"{dice.randrange(256):02x}" for _ in range(6))),
        owner.kind is OwnerKind.PRIVATE and dice.random() < 0.6)


def _write(store, city: City) -> None:
    """Rows as app.registry would write them, in a few big statements instead of one per row."""
    many = store.db.conn.executemany
    many("INSERT INTO owners (id, name, kind, agreement, contact, purposes, hours, expires, station) "
         "VALUES (?,?,?,?,?,?,?,?,?)",
         [(o.id, o.name, o.kind, o.agreement, o.contact, json.dumps(list(o.purposes)), o.hours, o.expires,
           store.station) for o in city.owners])
    ids = {area.path: area.id for area in city.areas}
    many("INSERT INTO areas (id, parent, name, level, risk, station) VALUES (?,?,?,?,?,?)",
         [(a.id, ids.get(a.path[:-1]), a.path[-1], a.level, a.risk, store.station) for a in city.areas])
    many("INSERT INTO cameras (id, number, name, area, latitude, longitude, owner, height, heading, field_of_view, "
         "notes, make, model, serial, mac, restricted, station) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
         [(c.id, c.number, c.name, ids[c.area], c.place.latitude, c.place.longitude, c.owner, c.height, c.heading,
           c.field_of_view, c.notes, c.device.make, c.device.model, c.device.serial, c.device.mac, c.restricted,
           store.station) for c in city.cameras if c.place])
    many("INSERT INTO streams (camera, role, url, transport, width, height, station) VALUES (?,?,?,?,?,?,?)",
         [(c.id, s.role, s.url, s.transport, s.width, s.height, store.station) for c in city.cameras
          for s in c.streams])
    many("INSERT INTO camera_tags (camera, tag, station) VALUES (?,?,?)",
         [(c.id, tag, store.station) for c in city.cameras for tag in c.tags])
    many("INSERT INTO credentials (camera, username, password, station) VALUES (?,?,?,?)",
         [(c.id, c.credentials.username, store.vault.seal(c.credentials.password, c.id), store.station)
          for c in city.cameras if c.credentials.password])


if __name__ == "__main__":
    arguments = sys.argv[1:]
    make_registry(Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 6000,
                  int(arguments[2]) if len(arguments) > 2 else 1)
