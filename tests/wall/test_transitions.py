"""The pure changes of the wall, its undo, and the moves of running pictures."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.pane import Fit, StreamWish
from app.model.wall import EMPTY_PANE, WHOLE, Pane, ScreenId, View, WallState, WindowKind, WindowState
from app.wall import Wall, moves, pane_key
from app.wall import transitions as change
from layouts import CYCLE, MENU, named


def wall_of(*cameras: str, layout: str = "2x2", second: tuple[str, ...] = ()) -> WallState:
    first = WindowState("w1", layout=layout, panes=tuple(Pane(c) for c in cameras))
    windows = (first, WindowState("w2", WindowKind.WALL, layout="2x2", panes=tuple(Pane(c) for c in second)))
    return change.sound(WallState(windows if second else windows[:1]))


def cameras(state: WallState, window: str = "w1") -> str:
    return "".join(p.camera or "." for p in change.window(state, window).panes)


def test_selection_goes_round_and_to_neighbours() -> None:
    state = wall_of(*"abcd")
    assert change.select_next(state, "w1", -1).windows[0].selected == 3
    state = change.select(state, "w1", 3)
    assert change.select_next(state, "w1").windows[0].selected == 0
    assert change.select_neighbour(state, "w1", "up").windows[0].selected == 1
    assert change.select_neighbour(state, "w1", "right") is state


def test_put_swap_clear() -> None:
    state = wall_of(*"ab", second=tuple("xy"))
    assert change.put(state, "w1", 0, "a") is state
    assert cameras(change.put(state, "w1", 3, "d")) == "ab.d"
    assert cameras(change.clear(state, "w1", 0)) == ".b.."
    across = change.swap(state, "w1", 0, "w2", 1)
    assert (cameras(across), cameras(across, "w2")) == ("yb..", "xa..")
    assert cameras(change.swap(state, "w1", 0, "w1", 2)) == ".ba."
    assert change.swap(state, "w1", 0, "w1", 0) is state
    assert cameras(change.fill(state, "w1", list("pqrst"))) == "pqrst"
    assert change.clear(change.toggle_alone(state, "w1"), "w1", 0).windows[0].alone is None


def test_a_swap_takes_stream_and_zoom_along() -> None:
    state = change.set_wish(wall_of(*"ab"), "w1", 0, StreamWish.MAIN)
    state = change.set_view(state, "w1", 0, View(0.5, 0.5, 2))
    swapped = change.swap(state, "w1", 0, "w1", 1)
    assert change.pane(swapped, "w1", 1) == Pane("a", StreamWish.MAIN, View(0.5, 0.5, 2))
    assert change.pane(change.put(swapped, "w1", 1, "c"), "w1", 1) == Pane("c", past=("a",))


def test_what_is_not_there_is_refused() -> None:
    state = wall_of("a")
    with pytest.raises(LookupError, match="no window w9"):
        change.select(state, "w9", 0)
    for index in (-1, 4):
        with pytest.raises(IndexError, match="has 4 panes"):
            change.put(state, "w1", index, "b")
    with pytest.raises(ValueError, match="no layout"):
        change.set_layout(state, "w1", "5by5")


@given(st.lists(st.sampled_from(MENU), max_size=6), st.integers(0, 3), st.text("abcdefgh", max_size=12))
def test_no_layout_loses_a_camera(names: list[str], selected: int, text: str) -> None:
    state = change.select(wall_of(*dict.fromkeys(text)), "w1", selected)
    chosen = change.pane(state, "w1", selected).camera
    for name in names:
        state = change.set_layout(state, "w1", name)
        here = state.windows[0]
        assert {p.camera for p in here.panes if p.camera} == set(text)
        assert len(here.panes) >= len(named(name)) > here.selected
        assert here.panes[here.selected].camera == chosen or not chosen


def test_layouts_in_a_circle() -> None:
    state = wall_of(*"abcd", layout=CYCLE[0])
    for name in (*CYCLE[1:], CYCLE[0]):
        state = change.cycle_layout(state, "w1")
        assert state.windows[0].layout == name
    assert change.cycle_layout(state, "w1", -1).windows[0].layout == CYCLE[-1]
    odd = wall_of(*"abc", layout="3x4")
    assert change.cycle_layout(odd, "w1").windows[0].layout == "1+12"
    assert change.cycle_layout(odd, "w1", -1).windows[0].layout == "2+8"
    assert change.cycle_layout(wall_of(layout="12x12"), "w1").windows[0].layout == CYCLE[0]


def test_windows_come_and_go() -> None:
    state, fresh = change.add_window(wall_of("a"), layout="1+7", screen=ScreenId("DP-1"))
    assert fresh == "w2" and change.window(state, fresh).fullscreen and len(change.window(state, fresh).panes) == 8
    assert change.close_window(state, fresh) == wall_of("a")
    assert change.close_window(wall_of("a"), "w1") == wall_of("a")
    placed = change.place_window(state, "w1", ScreenId("DP-2"), (1, 2, 3, 4))
    assert change.window(placed, "w1").geometry == (1, 2, 3, 4) and not change.window(placed, "w1").fullscreen
    full = change.set_fullscreen(state, "w1", True)
    assert full.windows[0].fullscreen and full.windows[0].docks_folded
    assert change.fold_docks(full, "w1", False).windows[0].docks_folded is False
    assert change.set_fit(state, "w1", Fit.FILL).windows[0].fit is Fit.FILL


def test_a_damaged_state_is_made_sound() -> None:
    broken = WallState((WindowState("w1", layout="nonsense", panes=(Pane("a", view=View(9, 9, 99)),) * 5, selected=77,
                                    alone=55),))
    here = change.sound(broken).windows[0]
    assert (here.layout, here.selected, here.alone, len(here.panes)) == ("3x3", 8, None, 9)
    assert here.panes[0].view.zoom == 8 and here.panes[0].view.centre_x < 1


# The wall


class Heard:
    def __init__(self, wall: Wall) -> None:
        self.events: list[object] = []
        wall.moved.connect(self.events.append)
        wall.changed.connect(self.events.append)


def test_moved_comes_before_changed() -> None:
    wall = Wall(wall_of(*"ab"))
    heard = Heard(wall)
    assert wall.apply(change.swap, "w1", 0, "w1", 1)
    assert heard.events == [{"w1/0": "w1/1", "w1/1": "w1/0"}, wall.state]
    assert not wall.apply(change.swap, "w1", 2, "w1", 3) and len(heard.events) == 2


def test_undo_takes_back_changes_and_not_the_selection() -> None:
    wall = Wall(wall_of(*"abcd", second=tuple("xy")))
    assert not wall.undo() and not wall.can_undo
    start = wall.state
    for step in ((change.swap, "w1", 0, "w2", 0), (change.clear, "w1", 1), (change.put, "w1", 2, "z"),
                 (change.set_layout, "w1", "3x3"), (change.set_fit, "w1", Fit.FILL), (change.close_window, "w2")):
        wall.apply(*step)  # type: ignore[arg-type]
        wall.apply(change.select_next, "w1")
        wall.apply(change.place_window, "w1", ScreenId("DP-3"), (5, 5, 5, 5))
    heard = Heard(wall)
    for _ in range(6):
        assert wall.undo()
    assert not wall.can_undo and len(heard.events) >= 6
    expected = replace(start.windows[0], selected=wall.state.windows[0].selected, screen=ScreenId("DP-3"),
                       geometry=(5, 5, 5, 5))
    assert wall.state == WallState((expected, start.windows[1]))


def test_undo_keeps_the_zoom_of_pictures_that_stay() -> None:
    wall = Wall(wall_of(*"ab"))
    wall.apply(change.clear, "w1", 1)
    wall.apply(change.set_view, "w1", 0, View(0.5, 0.5, 4))
    wall.undo()
    assert cameras(wall.state) == "ab.." and change.pane(wall.state, "w1", 0).view.zoom == 4


def test_undo_never_leaves_an_empty_pane_alone() -> None:
    wall = Wall(wall_of("a"))
    wall.apply(change.put, "w1", 1, "b")
    wall.apply(change.toggle_alone, "w1", 1)
    wall.undo()
    assert wall.window("w1").alone is None and cameras(wall.state) == "a..."


def test_alone_and_back_to_exactly_the_same() -> None:
    wall = Wall(wall_of(*"abcd"))
    wall.apply(change.set_view, "w1", 2, View(0.5, 0.5, 2))
    before = wall.state
    wall.apply(change.toggle_alone, "w1", 2)
    assert wall.window("w1").alone == 2
    wall.apply(change.set_view, "w1", 2, View(0.4, 0.4, 8))
    wall.apply(change.select_next, "w1")
    assert wall.window("w1").alone == 3
    wall.apply(change.set_view, "w1", 3, View(0.5, 0.5, 3))
    wall.apply(change.select, "w1", 2)
    wall.apply(change.toggle_alone, "w1")
    wall.apply(change.select, "w1", before.windows[0].selected)
    assert wall.state == before and not wall.can_undo


def test_a_camera_called_up_while_alone_keeps_its_own_view() -> None:
    wall = Wall(wall_of(*"ab"))
    wall.apply(change.toggle_alone, "w1", 0)
    wall.apply(change.put, "w1", 0, "c")
    wall.apply(change.set_view, "w1", 0, View(0.5, 0.5, 2))
    wall.apply(change.toggle_alone, "w1")
    assert change.pane(wall.state, "w1", 0).content == Pane("c", view=View(0.5, 0.5, 2))


def test_moves_follow_cameras() -> None:
    before = wall_of(*"aab", second=("x",))
    assert moves(before, before) == {}
    assert moves(before, change.clear(before, "w1", 0)) == {}
    assert moves(before, change.swap(before, "w1", 1, "w2", 0)) == {"w2/0": "w1/1", "w1/1": "w2/0"}
    assert moves(before, change.put(before, "w1", 3, "b")) == {}                   # a second view, not a move
    assert pane_key("w1", 3) == "w1/3"


@given(st.lists(st.sampled_from(["", *"abcde"]), min_size=4, max_size=4),
       st.lists(st.sampled_from(["", *"abcde"]), min_size=4, max_size=4))
def test_moves_are_one_to_one_and_true(old: list[str], new: list[str]) -> None:
    before, after = wall_of(*old), wall_of(*new)
    result = moves(before, after)
    assert len(set(result.values())) == len(result)
    for source, target in result.items():
        camera = old[int(source[-1])]
        assert camera and camera == new[int(target[-1])] != new[int(source[-1])]


def test_whole_and_empty_are_the_defaults() -> None:
    assert Pane("", StreamWish.AUTO, WHOLE) == EMPTY_PANE
