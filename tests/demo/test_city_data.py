"""The list of cameras: 64 of them, each its own; choosing them; where points of the street fall on a picture."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from app.demo.bodies import SHAPES
from app.demo.cameras import FULL, SMALL, all_cameras, choose, clip_name, folder
from app.demo.make import GOPS, Street
from app.demo.plate import load
from app.demo.scenes import EMPTY, SCENES
from app.demo.view import view_of


def test_the_city_fills_an_8x8_wall() -> None:
    cameras = all_cameras()
    assert len(cameras) == 64
    assert len({c.number for c in cameras}) == 64
    assert [c.number for c in cameras] == sorted(c.number for c in cameras)
    assert {c.city for c in cameras} == {"Makassar", "Ambon", "Palembang"}
    codecs = Counter(c.codec for c in cameras)
    assert codecs["h265"] >= 2
    assert codecs["mjpeg"] >= 1
    assert set(codecs) == {"h264", "h265", "mjpeg"}


def test_no_two_cameras_see_the_same() -> None:
    looks = Counter((c.scene, c.crop, c.mirror, c.infrared, round(c.hour, 1)) for c in all_cameras())
    assert max(looks.values()) == 1
    for camera in all_cameras():
        left, top, share = camera.crop
        assert 0.5 <= share <= 1
        assert left + share <= 1.0001
        assert top + share <= 1.0001


@pytest.mark.parametrize(("city", "box"), [("Makassar", (-5.25, -5.05, 119.35, 119.56)),
                                           ("Ambon", (-3.75, -3.60, 128.10, 128.25)),
                                           ("Palembang", (-3.08, -2.90, 104.68, 104.82))])
def test_cameras_stand_in_their_city(city: str, box: tuple[float, float, float, float]) -> None:
    for camera in all_cameras():
        if camera.city == city:
            assert box[0] <= camera.latitude <= box[1], camera.name
            assert box[2] <= camera.longitude <= box[3], camera.name


def test_every_scene_moves_and_has_its_plates() -> None:
    for camera in all_cameras():
        scene = SCENES[camera.scene]
        assert scene.lanes or scene.walks
        assert all(kind in SHAPES for lane in scene.lanes for kind in lane.kinds)
        assert list((folder() / "plates").glob(f"{camera.scene}-*.jpg"))
    assert all(FULL.frames % gop == 0 and SMALL.frames % gop == 0 for gop in GOPS)


def test_choosing_cameras() -> None:
    cameras = all_cameras()
    assert choose("all") == cameras
    assert choose("1-4") == cameras[:4]
    assert [c.number for c in choose("0111,2,0101-0105")] == [111, 102, 101, 105]
    assert [c.number for c in choose([305, 101])] == [305, 101]
    for wrong in ("65-70", "x", "1-", "-3", "9999", "0"):
        with pytest.raises(ValueError, match=r"camera|range"):
            choose(wrong)


def test_a_clip_is_named_after_all_that_makes_it() -> None:
    names = {clip_name(c, size) for c in all_cameras() for size in (FULL, SMALL)}
    assert len(names) == 128


def test_the_target_of_a_view_is_in_the_middle() -> None:
    camera = choose([107])[0]                                   # the whole plate, not mirrored
    view = view_of(camera, 1280, 720)
    assert view is not None
    pixels, depth = view.project(np.array([[3.5, 5, 0], [6, 6, 0]], np.float32))
    assert pixels[0] == pytest.approx([640, 360], abs=0.5)
    assert depth[0] == pytest.approx(np.linalg.norm([13.1, 20.2, 9.4]), rel=1e-4)
    mirrored = view_of(choose([121])[0], 1280, 720)
    assert mirrored is not None
    near, _ = mirrored.project(np.array([[0, 0, 0], [5, 0, 0]], np.float32))
    assert near[0, 0] > near[1, 0]                              # east lies on the other side


def test_a_missing_plate_is_drawn_by_code(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = choose([107])[0]
    monkeypatch.setattr("app.demo.plate.folder", lambda: folder() / "nothing here")
    picture, light = load(camera, EMPTY)
    assert picture.shape == (540, 960, 3)
    assert picture.std() > 10                                   # a street, not an empty field
    assert light.lamps == 1


@pytest.mark.parametrize("number", [101, 107, 402, 611, 303])
def test_pictures_move_and_come_round(number: int) -> None:
    street = Street(choose([number])[0], SMALL)
    first = [tuple(p.copy() for p in planes) for n, planes in zip(range(8), street.pictures(), strict=False)]
    assert first[0][0].shape == (432, 768)
    assert first[0][1].shape == (216, 384)
    changed = np.abs(first[0][0].astype(int) - first[7][0].astype(int)) > 6
    assert changed.sum() > 50
    if street.crowd is not None:
        for mover in street.crowd.movers:
            begin, end = mover.place(0.0)[0], mover.place(1.0)[0]
            twins = [m.place(0.0)[0] for m in street.crowd.movers if m.kind == mover.kind and m.paint == mover.paint]
            assert min(np.abs(end - spot).max() for spot in [begin, *twins]) < 0.05 or mover.kind == "person"
