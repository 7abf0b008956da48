"""Each pane remembers its cameras: back, forward, first; with the wall's state, moved with the pane."""

from hypothesis import given
from hypothesis import strategies as st

from app.model.wall import MEMORY, Pane, WallState, WindowState
from app.registry.walls import wall_from_json, wall_to_json
from app.wall import Wall
from app.wall import transitions as change


def everything(_camera: str) -> bool:
    return True


def wall_that_showed(cameras: str, layout: str = "2x2") -> Wall:
    wall = Wall(WallState((WindowState("w1", layout=layout),)))
    for camera in cameras:
        wall.apply(change.put, "w1", 0, camera)
    return wall


def shown(wall: Wall, index: int = 0) -> str:
    return change.pane(wall.state, "w1", index).camera


def walk(wall: Wall, steps: int) -> str:
    wall.apply(change.walk_memory, "w1", 0, steps, everything)
    return shown(wall)


def test_back_forward_and_first() -> None:
    wall = wall_that_showed("abcd")
    assert [walk(wall, -1), walk(wall, -1), walk(wall, 1), walk(wall, -MEMORY), walk(wall, -1)] == list("cbcaa")
    assert change.pane(wall.state, "w1", 0) == Pane("a", ahead=("b", "c", "d"))


def test_another_camera_forgets_what_lay_ahead() -> None:
    wall = wall_that_showed("abc")
    walk(wall, -1)
    wall.apply(change.put, "w1", 0, "x")
    assert change.pane(wall.state, "w1", 0) == Pane("x", past=("a", "b"))


def test_an_emptied_pane_gives_its_camera_back() -> None:
    wall = wall_that_showed("ab")
    wall.apply(change.clear, "w1", 0)
    assert shown(wall) == ""
    assert walk(wall, -1) == "b"
    wall.apply(change.clear, "w1", 0)
    wall.apply(change.put, "w1", 0, "b")
    assert walk(wall, -1) == "a"


def test_it_moves_with_the_pane_and_is_kept() -> None:
    wall = wall_that_showed("abc")
    wall.apply(change.swap, "w1", 0, "w1", 3)
    again = wall_from_json(wall_to_json(wall.state))
    assert again is not None and change.pane(again, "w1", 3).past == ("a", "b")


def test_cameras_that_were_deleted_are_passed_over() -> None:
    wall = wall_that_showed("abc")
    wall.apply(change.walk_memory, "w1", 0, -1, lambda camera: camera != "b")
    assert change.pane(wall.state, "w1", 0) == Pane("a", ahead=("c",))


def test_an_empty_pane_with_a_memory_is_free_for_others() -> None:
    """A smaller layout puts cameras that would vanish into free panes, whatever these remember."""
    wall = Wall(WallState((WindowState("w1", layout="2x2", panes=tuple(map(Pane, "abcd"))),)))
    wall.apply(change.clear, "w1", 1)
    wall.apply(change.set_layout, "w1", "1x2")
    assert [pane.camera for pane in wall.window("w1").panes[:2]] == ["a", "c"]


def test_pages_of_a_tour_are_remembered_too() -> None:
    wall = wall_that_showed("a")
    wall.apply(change.fill, "w1", ["b", "c"])
    assert [walk(wall, -1), walk(wall, 1)] == ["a", "b"]


def test_a_file_edited_by_hand_cannot_make_it_long() -> None:
    state = WallState((WindowState("w1", panes=(Pane("x", past=tuple("abcdefghij"), ahead=tuple("klm")),)),))
    read = wall_from_json(wall_to_json(state))
    assert read is not None and len(read.windows[0].panes[0].past + read.windows[0].panes[0].ahead) == MEMORY


@given(st.lists(st.one_of(st.sampled_from("abcde"), st.integers(-3, 3)), max_size=40))
def test_whatever_is_done_it_stays_short_and_holds_no_holes(actions: list[str | int]) -> None:
    wall = wall_that_showed("")
    for action in actions:
        if isinstance(action, int):
            wall.apply(change.walk_memory, "w1", 0, action, everything)
        else:
            wall.apply(change.put, "w1", 0, "" if action == "e" else action)
        pane = change.pane(wall.state, "w1", 0)
        assert len(pane.past) + len(pane.ahead) <= MEMORY
        assert "" not in (*pane.past, *pane.ahead)
