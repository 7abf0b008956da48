"""Least seen first: everybody comes up, red alleys more often, in proportion to their weights."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from app.model.register import Area, Risk
from app.model.scene import Order, Stop, StopKind, Tour
from app.model.wall import WindowState
from app.tours.course import Course, Register
from app.tours.least_seen import LeastSeen, weights
from tests.tours.book_of_cameras import Cameras, camera

WEIGHTS = st.lists(st.sampled_from((1, 2, 3)), min_size=1, max_size=60)


@settings(max_examples=120, deadline=None)
@given(weight=WEIGHTS, panes=st.integers(1, 16), seen=st.lists(st.floats(0, 86_400), min_size=60, max_size=60))
def test_every_camera_comes_up_within_a_bounded_number_of_pages(weight, panes, seen):
    """Twice the long-run waiting time W / (n w), and two turns for what is rounded to whole pages."""
    names = [f"c{i}" for i in range(len(weight))]
    weigh = dict(zip(names, weight, strict=True))
    order = LeastSeen(names, weigh, dict(zip(names, seen, strict=False)), panes)
    bound = {name: 2 * math.ceil(sum(weight) / (panes * weigh[name])) + 2 for name in names}
    waited = dict.fromkeys(names, 0)
    for _turn in range(4 * max(bound.values())):
        page = order.next(panes)
        assert len(page) == len(set(page)) == min(panes, len(names))
        order.shown(page)
        for name in names:
            waited[name] = 0 if name in page else waited[name] + 1
            assert waited[name] <= bound[name], f"{name} of weight {weigh[name]} waited {waited[name]} turns"


def test_red_alleys_come_up_three_times_as_often_and_yellow_twice():
    names = [f"c{i}" for i in range(60)]
    weigh = {name: (3, 2, 1)[i % 3] for i, name in enumerate(names)}
    order = LeastSeen(names, weigh, {}, 4)
    shown = dict.fromkeys(names, 0)
    for _turn in range(3000):
        page = order.next(4)
        order.shown(page)
        for name in page:
            shown[name] += 1
    for name in names:
        expected = 3000 * 4 * weigh[name] / 120
        assert abs(shown[name] - expected) <= 0.05 * expected, (name, shown[name], expected)


def test_who_was_seen_least_comes_first_and_a_new_camera_soon():
    order = LeastSeen(["a", "b", "c", "d"], {"d": 3}, {"a": 500.0, "b": 10.0, "c": 90.0, "d": 270.0}, 1)
    first = order.next(4)
    assert first == ["b", "d", "c", "a"], "270 s of a red alley weigh as 90 s, and of equals it comes first"
    order.shown(["b"])
    order.take(["a", "c", "d", "new"], {"d": 3}, 1)
    assert "new" in order.next(2) and "b" not in order.next(4)


def test_the_class_is_that_of_the_narrowest_area():
    areas = [Area("1", ("Makassar", "Tallo"), risk=Risk.YELLOW), Area("2", ("Makassar", "Tallo", "Lorong 1"),
             risk=Risk.RED), Area("3", ("Ambon",), risk=Risk.GREEN)]
    cameras = [camera(0, ("Makassar", "Tallo", "Lorong 1")), camera(1, ("Makassar", "Tallo", "Lorong 2")),
               camera(2, ("Ambon", "Sirimau")), camera(3, ())]
    assert weights(cameras, areas, 5, 2) == {"c0": 5, "c1": 2, "c2": 1, "c3": 1}


def test_a_course_of_least_seen_remembers_its_pages():
    cameras = Cameras([camera(i) for i in range(12)])
    window = WindowState("w1", layout="2x2")
    course = Course(Tour("t", 1, "x", (Stop(StopKind.AREA, "Makassar"),), 20.0, Order.LEAST_SEEN),
                    Register(cameras, seen={f"c{i}": 100.0 - i for i in range(12)}))
    found = []
    for _turn in range(3):
        page = course.page(window)
        course.took(page)
        found.append(page)
    assert found[0].cameras == ("c11", "c10", "c9", "c8")
    assert {each for page in found for each in page.cameras} == {f"c{i}" for i in range(12)}
    assert course.page(window, -1) == found[1]
