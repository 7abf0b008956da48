"""Scenes on the wall: which window is which, exactly what comes back, and whether it is still there."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.model.pane import Fit, StreamWish
from app.model.scene import Scene
from app.model.wall import Pane, ScreenId, View, WallState, WindowKind, WindowState
from app.scenes import matching
from app.wall.transitions import sound
from layouts import CYCLE, named


def everything(_camera: str) -> bool:
    return True


def window(key: str, cameras: str = "", kind: WindowKind = WindowKind.WALL, layout: str = "2x2",
           **more: object) -> WindowState:
    return WindowState(key, kind, layout=layout, panes=tuple(Pane("" if c == "." else c) for c in cameras),
                       **more)  # type: ignore[arg-type]


def wall(*windows: WindowState) -> WallState:
    return sound(WallState(windows))


def cameras(state: WallState) -> str:
    return " ".join("".join(pane.camera or "." for pane in each.panes) for each in state.windows)


def test_windows_are_matched_by_id_then_by_kind_and_order() -> None:
    console = window("w1", kind=WindowKind.CONSOLE)
    state = wall(console, window("w2"), window("w5"))
    scene = Scene("s", 1, "n", (window("w5"), window("w9"), replace(console, id="w7"), window("w8")))
    found = [here.id if here is not None else None for _wanted, here in matching.matched(state, scene)]
    assert found == ["w5", "w2", "w1", None]


def test_an_id_of_another_kind_is_another_window() -> None:
    state = wall(window("w1", kind=WindowKind.CONSOLE), window("w2"))
    scene = Scene("s", 1, "n", (window("w1"),))
    assert [here.id for _wanted, here in matching.matched(state, scene) if here is not None] == ["w2"]


def test_a_call_brings_content_and_leaves_places_and_other_windows() -> None:
    before = wall(window("w1", "abcd", geometry=(5, 6, 700, 500)), window("w2", "efgh"))
    kept = replace(before.windows[0], layout="1x2", fit=Fit.FILL, selected=1, alone=1, geometry=(0, 0, 1, 1),
                   screen=ScreenId("X", width=1), fullscreen=True,
                   panes=(Pane("x", StreamWish.MAIN), Pane("y", view=View(0.4, 0.4, 3))))
    after = matching.called(before, Scene("s", 1, "n", (kept,)), everything).state
    here = after.windows[0]
    assert after.windows[1] is before.windows[1]
    assert (here.layout, here.fit, here.selected, here.alone) == ("1x2", Fit.FILL, 1, 1)
    assert [pane.content for pane in here.panes] == list(kept.panes)
    assert here.panes[0].past == ("a",)
    assert (here.geometry, here.screen, here.fullscreen) == ((5, 6, 700, 500), ScreenId(), False)


def test_windows_that_the_wall_has_not() -> None:
    scene = Scene("s", 1, "n", (window("w1", "ab"), window("w2", "cd")))
    told = matching.called(wall(window("w1")), scene, everything)
    assert (cameras(told.state), [w.id for w in told.missing]) == ("ab..", ["w2"])
    opened = matching.called(wall(window("w1")), replace(scene, whole=True), everything)
    assert (cameras(opened.state), [w.id for w in opened.opened], opened.missing) == ("ab.. cd..", ["w2"], ())


def test_a_window_that_is_opened_gets_an_id_of_its_own() -> None:
    state = wall(window("w1", kind=WindowKind.CONSOLE))
    result = matching.called(state, Scene("s", 1, "n", (window("w1", "ab"),), whole=True), everything)
    assert [w.id for w in result.state.windows] == ["w1", "w2"]


def test_deleted_cameras_leave_their_panes_empty_and_are_counted_once() -> None:
    scene = Scene("s", 1, "n", (window("w1", "axxb"),))
    result = matching.called(wall(window("w1")), scene, lambda camera: camera != "x")
    assert (cameras(result.state), result.lost) == ("a..b", 1)
    assert matching.still_shows(result.state, scene, lambda camera: camera != "x")


def test_put_on_a_window_takes_its_part_or_the_first() -> None:
    state = wall(window("w1", "a"), window("w2", "b"), window("w3", "c"))
    scene = Scene("s", 1, "n", (window("w1", "pq"), window("w2", "rs")))
    assert cameras(matching.put(state, scene, "w2", everything).state) == "a... rs.. c..."
    assert cameras(matching.put(state, scene, "w3", everything).state) == "a... b... pq.."
    with pytest.raises(LookupError):
        matching.put(state, scene, "w9", everything)


def test_what_counts_as_changed() -> None:
    state = wall(window("w1", "abcd"))
    scene = Scene("s", 1, "n", matching.taken(state, ["w1"]))
    here = state.windows[0]
    same = [replace(here, selected=3), replace(here, alone=1), replace(here, geometry=(1, 2, 3, 4)),
            replace(here, panes=(*here.panes, Pane()))]
    other = [replace(here, fit=Fit.FILL), replace(here, panes=(Pane("z"), *here.panes[1:])),
             replace(here, layout="1x2"), replace(here, panes=(replace(here.panes[0], wish=StreamWish.SUB),
                                                               *here.panes[1:]))]
    assert all(matching.still_shows(WallState((each,)), scene, everything) for each in same)
    assert not any(matching.still_shows(WallState((each,)), scene, everything) for each in other)
    assert not matching.still_shows(WallState(()), scene, everything)


PANES = st.one_of(st.just(Pane()), st.builds(Pane, st.sampled_from(["a", "b", "c"]), st.sampled_from(StreamWish),
                                             st.sampled_from([View(), View(0.5, 0.5, 2.0)])))


@st.composite
def walls(draw: st.DrawFn) -> WallState:
    windows = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        layout = draw(st.sampled_from(CYCLE[:8]))
        panes, cells = draw(st.lists(PANES, max_size=12)), st.integers(0, len(named(layout)) - 1)
        windows.append(WindowState(f"w{number}", draw(st.sampled_from(WindowKind)), layout=layout, panes=tuple(panes),
                                   selected=draw(cells), fit=draw(st.sampled_from(Fit)),
                                   alone=draw(st.one_of(st.none(), cells))))
    return sound(WallState(tuple(windows)))


@given(walls(), walls())
@settings(max_examples=60)
def test_exact_on_return(saved: WallState, other: WallState) -> None:
    """Whatever the wall became meanwhile: all that a scene of all windows holds comes back as it was saved."""
    scene = Scene("s", 1, "n", matching.taken(saved, [w.id for w in saved.windows]), whole=True)
    result = matching.called(other, scene, everything)
    content = [(w.kind, w.layout, w.fit, w.selected, w.alone, tuple(p.content for p in w.panes))
               for w in sound(result.state).windows]
    for wanted in saved.windows:
        assert (wanted.kind, wanted.layout, wanted.fit, wanted.selected, wanted.alone,
                tuple(p.content for p in wanted.panes)) in content
    assert matching.still_shows(result.state, scene, everything)
