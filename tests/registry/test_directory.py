"""The directory answers from memory: order, tree, finding, nearest numbers, and what changed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.camera import Camera
from app.registry.directory import CameraDirectory


def cam(number: int, name: str = "", area: tuple[str, ...] = ()) -> Camera:
    return Camera(f"id{number}", number, name or f"Kamera {number}", area)


CITY = [cam(412, "Jl Pettarani Selatan", ("Makassar", "Rappocini")), cam(41, "Losari", ("Makassar", "Ujung Pandang")),
        cam(4, "Pelabuhan", ("Ambon",)), cam(112, "Balai Kota", ("Makassar", "Ujung Pandang")), cam(900, "Gudang")]


@pytest.fixture
def directory() -> CameraDirectory:
    return CameraDirectory(CITY)


def numbers(cameras) -> list[int]:
    return [camera.number for camera in cameras]


def test_lookups(directory):
    assert numbers(directory.all()) == [4, 41, 112, 412, 900]
    assert directory.by_number(112) is directory.by_id("id112") is not None
    assert directory.by_number(5) is None
    assert directory.by_number(1000) is None
    assert directory.by_id("") is None
    assert CameraDirectory().all() == ()


@pytest.mark.parametrize(("text", "found"), [
    ("41", [41, 412]), ("0041", [41, 412]), ("412", [412]), ("pand", [41, 112]), ("UJUNG lo", [41]),
    ("makassar 112", [112]), ("abuhan", [4]), ("", [4, 41, 112, 412, 900]), ("zzz", []), ("0", []), ("kota zzz", []),
    ("Péttaráni", [412]), ("pett-selat", [412]), ("la", [4, 112, 412]),      # Pe-la-buhan, Ba-la-i, Se-la-tan
])
def test_finding(directory, text, found):
    assert numbers(directory.find(text)) == found


def test_a_number_comes_before_a_name_and_a_words_beginning_before_its_middle():
    directory = CameraDirectory([cam(1, "Pos 7"), cam(2, "A7"), cam(70), cam(7, "x")])
    assert numbers(directory.find("7")) == [7, 70, 1, 2]


def test_nearest(directory):
    assert numbers(directory.nearest(100, 3)) == [112, 41, 4]
    assert numbers(directory.nearest(5000, 2)) == [900, 412]
    assert numbers(CameraDirectory([cam(1), cam(3)]).nearest(2, 2)) == [1, 3]
    assert CameraDirectory().nearest(1) == ()


@given(st.sets(st.integers(1, 60)), st.integers(-5, 80), st.integers(1, 5))
def test_nearest_is_what_sorting_by_distance_gives(known, wanted, count):
    directory = CameraDirectory([cam(n) for n in known])
    assert numbers(directory.nearest(wanted, count)) == sorted(known, key=lambda n: (abs(n - wanted), n))[:count]


def test_changed_names_exactly_what_differs(directory):
    heard = []
    directory.changed.connect(heard.append)
    assert directory.replace(CITY) == frozenset()
    assert heard == []
    directory.replace([*CITY[1:], replace(CITY[0], name="Baru"), cam(77)])
    directory.replace(CITY[1:])
    assert heard == [frozenset({"id412", "id77"}), frozenset({"id412", "id77"})]


def test_6000_cameras_are_searched_at_once():
    """Room for a loaded machine; tests/bench holds it to ten milliseconds."""
    directory = CameraDirectory([cam(n, f"Jl Pettarani {n}", ("Makassar", f"Kecamatan {n % 15}"))
                                 for n in range(1, 6001)])
    took = []
    for text in ("p", "41", "kecamatan 1", "makassar pett 59", "zzzz"):
        began = time.perf_counter()
        directory.find(text)
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 2.0
