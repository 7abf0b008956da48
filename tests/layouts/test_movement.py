"""Neighbours, rearrangement, fit and monitors."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts import CYCLE, MENU, Rect, fit_picture, grid, match_screens, named, neighbour, place, rearrange

names = st.sampled_from(MENU)
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}


def test_neighbours_of_a_grid() -> None:
    layout = grid(3, 4)
    assert [neighbour(layout, 5, way) for way in ("left", "right", "up", "down")] == [4, 6, 1, 9]
    assert neighbour(layout, 0, "left") is None and neighbour(layout, 11, "down") is None


def test_a_big_pane_reaches_the_middle_of_its_side() -> None:
    layout = named("1+7")
    assert neighbour(layout, 0, "right") == 2 and neighbour(layout, 0, "down") == 5
    assert neighbour(layout, 3, "left") == 0 and neighbour(layout, 4, "up") == 0


@given(names, st.data(), st.sampled_from(sorted(OPPOSITE)))
def test_a_neighbour_lies_on_that_side(name: str, data: st.DataObject, way: str) -> None:
    layout = named(name)
    index = data.draw(st.integers(0, len(layout) - 1))
    other = neighbour(layout, index, way)
    rects = place(layout, 1200, 1200)
    here = rects[index]
    if other is None:
        assert {"left": here.x == 0, "right": here.right == 1200, "up": here.y == 0, "down": here.bottom == 1200}[way]
    else:
        there = rects[other]
        assert {"left": there.right == here.x, "right": there.x == here.right, "up": there.bottom == here.y,
                "down": there.y == here.bottom}[way]
        assert neighbour(layout, other, OPPOSITE[way]) is not None


def test_another_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="left, right, up or down"):
        neighbour(grid(1, 1), 0, "north")


@given(names, names, st.data())
def test_rearranging_loses_no_camera(old: str, new: str, data: st.DataObject) -> None:
    before, after = named(old), named(new)
    contents = data.draw(st.lists(st.integers(0, 3), max_size=len(before) + 5))
    contents = [i + 1 if wanted else 0 for i, wanted in enumerate(contents)]
    selected = data.draw(st.integers(0, len(before) - 1))
    result = rearrange(contents, before, after, 0, selected)
    assert len(result) >= len(after)
    assert sorted(c for c in result if c) == sorted(c for c in contents if c)
    chosen = contents[selected] if selected < len(contents) else 0
    if chosen:
        assert result[min(selected, len(after) - 1)] == chosen


def test_back_and_forth_brings_everything_back() -> None:
    """A full wall: smaller and back again is what it was, as long as the selected pane stays in sight."""
    contents = tuple(range(1, 17))
    smaller = rearrange(contents, grid(4, 4), grid(2, 2), 0, 1)
    assert smaller == contents
    assert rearrange(smaller, grid(2, 2), grid(4, 4), 0, 1) == contents


def test_cameras_take_empty_panes_rather_than_vanish() -> None:
    assert rearrange((1, 0, 0, 0, 5, 0, 0, 8, 0), grid(3, 3), grid(2, 2), 0, 0) == (1, 5, 8, 0)


def test_the_selected_camera_stays_in_sight() -> None:
    assert rearrange((1, 2, 3, 4), grid(2, 2), grid(1, 1), 0, 2) == (3, 2, 1, 4)


boxes = st.builds(Rect, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 16384), st.integers(1, 16384))


@given(st.integers(1, 8192), st.integers(1, 8192), boxes)
def test_fit_shows_everything_inside_the_box(width: int, height: int, box: Rect) -> None:
    target, source = fit_picture(width, height, box, "fit")
    assert source == Rect(0, 0, width, height)
    assert target.pixels and target.overlap(box) == target
    assert target.width == box.width or target.height == box.height
    exact = min(box.width / width, box.height / height)
    assert abs(target.width - max(1, width * exact)) <= 1 and abs(target.height - max(1, height * exact)) <= 1


@given(st.integers(1, 8192), st.integers(1, 8192), boxes)
def test_fill_covers_the_box(width: int, height: int, box: Rect) -> None:
    target, source = fit_picture(width, height, box, "fill")
    assert target == box
    assert source.pixels and source.overlap(Rect(0, 0, width, height)) == source
    assert source.width == width or source.height == height


def test_stretch_empty_and_unknown() -> None:
    box = Rect(1, 2, 30, 40)
    assert fit_picture(8, 9, box, "stretch") == (box, Rect(0, 0, 8, 9))
    assert fit_picture(0, 9, box, "fit")[0] == Rect(1, 2, 0, 0)
    assert fit_picture(8, 9, Rect(1, 2, 0, 5), "fill")[0].pixels == 0
    with pytest.raises(ValueError, match="fit, fill or stretch"):
        fit_picture(1, 1, box, "zoom")


@dataclass(frozen=True)
class Monitor:
    name: str = ""
    model: str = ""
    serial: str = ""
    x: int = 0
    y: int = 0
    width: int = 1920
    height: int = 1080


LEFT, RIGHT = Monitor("DP-1", "P2419H", "A1"), Monitor("DP-2", "P2419H", "B2", x=1920)


@pytest.mark.parametrize(("wanted", "present", "found"), [
    ((LEFT, RIGHT), (RIGHT, LEFT), (1, 0)),                                        # never by index
    ((LEFT, RIGHT), (Monitor("DP-2", "P2419H", "B2"),), (None, 0)),                # left off: right moved to 0, 0
    ((LEFT,), (Monitor("DP-1", "U2723", "Z9"),), (0,)),                            # exchanged: the place decides
    ((Monitor(x=0), Monitor(x=1920)), (Monitor(x=1920), Monitor(x=0)), (1, 0)),    # no identity: geometry
    ((LEFT,), (Monitor("DP-1", "P2419H", "", 100, 0),), (0,)),                     # serial lost: model and connector
    ((LEFT,), (Monitor("HDMI-1", "Tv", "", 0, 0, 1280, 720),), (0,)),              # only the corner is the same
    ((LEFT,), (Monitor("HDMI-1", "Tv", "", 9, 9, 1280, 720),), (None,)),
    ((LEFT, RIGHT), (), (None, None)),
])
def test_monitors_are_found_again(wanted: tuple[Monitor, ...], present: tuple[Monitor, ...],
                                  found: tuple[int | None, ...]) -> None:
    assert match_screens(wanted, present) == found


def test_monitors_with_the_same_serial_are_told_apart_by_place() -> None:
    cheap = [Monitor("A", "X", "0001", x) for x in (0, 1920, 3840)]
    assert match_screens(cheap, [cheap[2], cheap[0], cheap[1]]) == (1, 2, 0)


def test_the_cycle_grows() -> None:
    assert [len(named(name)) for name in CYCLE] == sorted(len(named(name)) for name in CYCLE)
