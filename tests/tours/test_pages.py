"""What a tour shows, page by page."""

from __future__ import annotations

from dataclasses import replace

from app.model.pane import Fit
from app.model.scene import Scene, Stop, StopKind, Tour
from app.model.wall import Pane, WallState, WindowKind, WindowState
from app.tours.course import Course, Register
from app.tours.pages import Page, Pages, segments, show
from tests.tours.book_of_cameras import Cameras, camera

WINDOW = WindowState("w1", WindowKind.CONSOLE, layout="2x2", panes=(Pane("old"),) * 4, selected=3)


def tour(*stops: Stop, dwell: float = 20.0) -> Tour:
    return Tour("t", 1, "Malam", stops, dwell)


def stop(kind: StopKind, ref: str, dwell: float = 0.0) -> Stop:
    return Stop(kind, ref, dwell)


def laid_out(cameras: Cameras, made: Tour, scenes: tuple[Scene, ...] = ()) -> list[tuple[str, ...]]:
    return [page.cameras for page in pages(made, cameras, scenes)]


def pages(made: Tour, cameras: Cameras, scenes: tuple[Scene, ...] = ()) -> list[Page]:
    found = Pages(segments(made, cameras, scenes), WINDOW)
    return [found.page(index) for index in range(len(found))]


def test_areas_take_what_lies_below_them_by_number_and_nothing_comes_twice():
    cameras = Cameras([camera(0, ("Makassar", "Wajo")), camera(1, ("Makassar", "Tallo", "Lorong 1")),
                       camera(2, ("Makassar", "Tallo")), camera(3, ("Ambon",)), camera(4, ("Makassar", "Tallos"))])
    assert laid_out(cameras, tour(stop(StopKind.AREA, "Makassar > Tallo"))) == [("c1", "c2")]
    assert laid_out(cameras, tour(stop(StopKind.CAMERA, "c2"), stop(StopKind.AREA, "Makassar > Tallo"),
                                  stop(StopKind.AREA, "Nowhere"), stop(StopKind.AREA, ""))) == [("c2", "c1")]


def test_tags_presets_and_cameras_that_are_gone():
    cameras = Cameras([camera(0, tags=("pasar",)), camera(1), camera(2, tags=("banjir", "pasar"))])
    assert laid_out(cameras, tour(stop(StopKind.TAG, "pasar"), stop(StopKind.PRESET, "c1/3"),
                                  stop(StopKind.CAMERA, "gone"))) == [("c0", "c2", "c1")]
    assert laid_out(cameras, tour(stop(StopKind.CAMERA, "gone"))) == []


def test_a_page_tells_which_cameras_look_at_which_preset_and_two_of_one_camera_never_share_a_page():
    cameras = Cameras([camera(i) for i in range(3)])
    found = pages(tour(stop(StopKind.PRESET, "c1/3"), stop(StopKind.CAMERA, "c0"), stop(StopKind.CAMERA, "c1"),
                       stop(StopKind.PRESET, "c2/gate/north"), stop(StopKind.PRESET, "c1/4"),
                       stop(StopKind.PRESET, "gone/1")), cameras)
    assert [(page.cameras, page.visits) for page in found] == [
        (("c1", "c0", "c2"), (("c1", "3"), ("c2", "gate/north"))), (("c1",), (("c1", "4"),))]


def test_the_last_page_is_filled_up_and_a_page_stands_as_long_as_its_most_patient_camera():
    cameras = Cameras([camera(i) for i in range(6)])
    made = tour(stop(StopKind.CAMERA, "c0", 45.0), *(stop(StopKind.CAMERA, f"c{i}") for i in range(1, 6)))
    found = pages(made, cameras)
    assert [page.cameras for page in found] == [("c0", "c1", "c2", "c3"), ("c4", "c5", "c0", "c1")]
    assert [page.dwell for page in found] == [45.0, 45.0]
    assert [page.dwell for page in pages(replace(made, stops=made.stops[1:]), cameras)] == [20.0, 20.0]


def test_a_scene_is_a_page_of_its_own_and_the_window_gets_its_layout_back():
    cameras = Cameras([camera(i) for i in range(3)])
    scene = Scene("s", 2, "Losari", (WindowState("w9", WindowKind.WALL, layout="1x1", panes=(Pane("c9"),)),
                                     WindowState("w8", layout="1+5", fit=Fit.FILL, panes=(Pane("c2"), Pane("c1")))))
    found = pages(tour(stop(StopKind.CAMERA, "c0"), stop(StopKind.SCENE, "s"), stop(StopKind.CAMERA, "c1")),
                  cameras, (scene,))
    assert [(page.layout, page.cameras, page.name) for page in found] == [
        ("2x2", ("c0",), ""), ("1+5", ("c2", "c1"), "Losari"), ("2x2", ("c1",), "")]
    state = show(WallState((WINDOW, replace(WINDOW, id="w2"))), "w1", found[1])
    assert state.windows[0].layout == "1+5" and state.windows[0].fit is Fit.FILL and len(state.windows[0].panes) == 6
    assert state.windows[1] == replace(WINDOW, id="w2")
    back = show(state, "w1", found[2]).windows[0]
    assert (back.layout, [pane.camera for pane in back.panes], back.selected) == ("2x2", ["c1", "", "", ""], 3)


def test_a_course_goes_on_where_it_was_when_the_register_changes():
    cameras = Cameras([camera(i) for i in range(12)])
    course = Course(tour(stop(StopKind.AREA, "Makassar")), Register(cameras))
    first = course.page(WINDOW)
    course.took(first)
    second = course.page(WINDOW)
    course.took(second)
    assert second.cameras == ("c4", "c5", "c6", "c7")
    cameras.put([each for each in cameras.all() if each.id != "c0"])
    assert course.page(WINDOW).cameras == ("c5", "c6", "c7", "c8"), "nobody is passed over"
    assert course.page(replace(WINDOW, layout="3x3")).cameras[0] == "c10"
    cameras.put([])
    assert course.page(WINDOW) is None


def test_back_from_the_first_page_is_the_last():
    cameras = Cameras([camera(i) for i in range(8)])
    course = Course(tour(stop(StopKind.AREA, "Makassar")), Register(cameras))
    course.took(course.page(WINDOW))
    assert course.page(WINDOW, -1).cameras == ("c4", "c5", "c6", "c7")
