"""The wall driven by keys, as an operator drives it: from key text to the new state."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import Dispatcher, Outcome, Result
from app.features import table
from app.model.camera import Camera
from app.model.pane import Fit, StreamWish
from app.model.wall import Pane, View, WallState, WindowKind, WindowState
from app.wall import Wall, WallHandlers, context_of
from app.wall import number_entry as entry
from app.wall.commands import COMMANDS, MOUSE
from layouts import CYCLE, named


class FewCameras:
    """Cameras 101, 102, 107 and 205, in memory."""

    def __init__(self, *numbers: int) -> None:
        self._all = tuple(Camera(f"id-{n}", n, f"Camera {n}") for n in numbers)

    def all(self) -> tuple[Camera, ...]:
        return self._all

    def by_id(self, camera_id: str) -> Camera | None:
        return next((c for c in self._all if c.id == camera_id), None)

    def by_number(self, number: int) -> Camera | None:
        return next((c for c in self._all if c.number == number), None)

    def nearest(self, number: int, count: int = 3) -> tuple[Camera, ...]:
        return tuple(sorted(self._all, key=lambda c: (abs(c.number - number), c.number))[:count])


class Room:
    """A console 2x2 and a wall window 2x2, and hands on the keys."""

    def __init__(self, *numbers: int) -> None:
        first = WindowState("w1", layout="2x2", panes=(Pane("id-101"), Pane("id-102")))
        second = WindowState("w2", WindowKind.WALL, layout="2x2", panes=(Pane("id-205"),))
        self.wall = Wall(WallState((first, second)))
        self.focus, self.kiosk = "w1", False
        self.handlers = WallHandlers(self.wall, FewCameras(*numbers), lambda: self.focus)
        self.dispatcher = Dispatcher(table(), lambda: context_of(
            self.wall.state, self.focus, entry=bool(self.handlers.call_up.text), kiosk=self.kiosk))
        self.handlers.bind(self.dispatcher)
        self.refused: list[Outcome] = []
        self.dispatcher.refused.connect(self.refused.append)

    def type(self, *keys: str) -> None:
        for key in keys:
            self.dispatcher.press(key)
            self.dispatcher.release(key)

    def cameras(self, window: str = "w1") -> str:
        return " ".join(p.camera.removeprefix("id-") or "." for p in self.wall.window(window).panes)

    @property
    def here(self) -> WindowState:
        return self.wall.window("w1")


@pytest.fixture
def room() -> Room:
    return Room(101, 102, 107, 205)


def test_every_row_is_bound_here_or_declared_for_the_widgets(room: Room) -> None:
    own = {row.id for row in COMMANDS}
    assert own & set(room.dispatcher.unbound()) == {row.id for row in COMMANDS if row.by_widgets}


@pytest.mark.parametrize("row", list(table()), ids=lambda row: row.id)
def test_every_row_tells_what_it_is(row: object) -> None:
    from app.commands import Command
    assert isinstance(row, Command)
    assert row.text and row.group_text and row.id.count(".") >= 1
    assert row.palette or not row.by_widgets or row.keys or row.takes, "a row that nobody can reach"
    assert not (row.hold and row.takes), "a key cannot give arguments"
    assert row.takes_key or not row.keys or not row.takes, "a key cannot give arguments"


def test_layouts_and_gestures_name_things_that_are() -> None:
    assert all(f"layout.{name}" in table() and named(name) for name in CYCLE)
    assert all(command in table() or not command for _gesture, _does, command in MOUSE)
    assert [row.id for row in table().menu("pane")][:2] == ["pane.alone", "pane.retry"]


def test_a_number_calls_a_camera_up(room: Room) -> None:
    texts: list[str] = []
    room.handlers.call_up.changed.connect(texts.append)
    room.type("Tab", "Tab", "1", "Num 0", "8", "Backspace", "7")
    preview = room.handlers.call_up.preview
    assert preview is not None and preview.number == 107
    room.type("Num Enter")
    assert room.cameras() == "101 102 107 ." and room.here.selected == 2
    assert texts == ["1", "10", "108", "10", "107", ""]


def test_an_unknown_number_names_the_nearest(room: Room) -> None:
    room.type("1", "0", "4", "Enter")
    assert room.refused[-1].reason == "There is no camera 0104; the nearest are 0101, 0102, 0107."
    assert room.cameras() == "101 102 . ." and room.handlers.call_up.text == ""
    empty = Room()
    empty.type("7", "Enter", "]")
    assert [o.reason for o in empty.refused] == ["There is no camera 0007; the list of cameras is empty.",
                                                 "The list of cameras is empty."]


def test_the_point_chooses_a_pane_or_a_screen(room: Room) -> None:
    wanted: list[str] = []
    room.handlers.call_up.focus_wanted.connect(wanted.append)
    room.type(".", "4", "Enter")
    assert room.here.selected == 3 and wanted == []
    room.type("Num ,", "2", ".", "3", "Enter")
    assert room.wall.window("w2").selected == 2 and wanted == ["w2"]
    room.type(".", "9", "Enter", ".", "7", ".", "1", "Enter", ".", "Enter", "*", "2", "Enter")
    assert [o.reason for o in room.refused] == [
        "There is no pane 9; this layout has 4.", "There is no screen 7; there are 2.",
        "“.” is not complete: type digits, then Enter.", "There is no scene or tour 2."]


def test_999_clears_and_escape_forgets(room: Room) -> None:
    room.type("1", "0", "7", "Esc", "9", "9", "9", "Enter")
    assert room.cameras() == ". 102 . ."
    room.type("Ctrl+Z")
    assert room.cameras() == "101 102 . ."
    room.type("Ctrl+Z")
    assert room.refused[-1].reason == "There is nothing to undo."
    room.type("Delete")
    assert room.cameras() == ". 102 . ."


def test_panes_by_keys(room: Room) -> None:
    room.type("Ctrl+Right", "Enter")
    assert room.here.alone == 1
    room.type("Esc", "Ctrl+Down", "Shift+Tab", "Shift+Tab")
    assert room.here.alone is None and room.here.selected == 1
    room.type("]", "]")
    assert room.cameras() == "101 205 . ."
    room.type("]", "[", "Ctrl+Shift+Down")
    assert room.cameras() == "101 . . 205" and room.here.selected == 3
    room.type("Ctrl+Shift+Down", "Tab", "Tab", "[")            # none below; an empty pane starts with the last camera
    assert room.cameras() == "101 205 . 205"


def test_the_mouse_names_window_and_pane(room: Room) -> None:
    run = room.dispatcher.run
    assert run("pane.swap", window="w1", pane=0, to_window="w2", to_pane=3)
    assert (room.cameras(), room.cameras("w2")) == (". 102 . .", "205 . . 101")
    assert run("pane.put", camera="id-107", window="w2", pane=1) and room.cameras("w2") == "205 107 . 101"
    assert run("pane.put", camera="id-7", window="w2", pane=1).reason == "This camera is no longer in the list."
    assert run("pane.select", window="w1", pane=1) and run("pane.alone", window="w1", pane=1) and run("pane.back")
    assert run("pane.alone", window="w1", pane=3).reason.startswith("This pane is empty")
    assert run("view.set", window="w2", pane=1, view=View(0.5, 0.5, 3)) and run("number.call", number=205)
    assert room.cameras() == ". 205 . ." and room.wall.window("w2").panes[1].view.zoom == 3


def test_layouts_fit_and_streams(room: Room) -> None:
    room.type("L", "L", "Shift+L")
    assert room.here.layout == CYCLE[CYCLE.index("2x2") + 1]
    run = room.dispatcher.run
    assert run("layout.1+7") and room.here.layout == "1+7"
    assert run("layout.set", name="custom:3x3:0,0,2,2", window="w2")
    assert len(named(room.wall.window("w2").layout)) == 6
    assert run("layout.set", name="5by5").result is Result.REFUSED
    assert run("fit.fill") and room.here.fit is Fit.FILL
    assert run("pane.stream_main") and room.here.panes[0].wish is StreamWish.MAIN


def test_windows(room: Room) -> None:
    room.type("F11", "F10")
    assert room.here.fullscreen and not room.here.docks_folded
    room.type("Ctrl+N")
    assert [w.id for w in room.wall.state.windows] == ["w1", "w2", "w3"]
    room.type("Ctrl+W")
    room.focus = "w1"                                          # the window that is gone: keys mean the first one
    assert [w.id for w in room.wall.state.windows] == ["w2", "w3"] and room.handlers.current() == "w2"
    room.type("Ctrl+W")
    room.type("Ctrl+W")
    assert [w.id for w in room.wall.state.windows] == ["w3"]


def test_zoom_and_pan_for_as_long_as_held(room: Room) -> None:
    moving: list[bool] = []
    room.handlers.held_view.moving.connect(moving.append)

    def view() -> View:
        return room.here.panes[0].view

    room.dispatcher.press("Num +")
    tapped = view().zoom
    assert 1 < tapped < 1.5 and moving == [True]
    for _ in range(60):
        room.handlers.held_view.tick(0.05)
    assert view().zoom == 8
    room.dispatcher.release("+")
    room.handlers.held_view.tick(0.05)
    assert moving == [True, False] and view().zoom == 8
    room.dispatcher.press("Right")
    room.dispatcher.press("Down")
    room.handlers.held_view.tick(9.0)                          # a stall: no leap
    assert 0.5 < view().centre_x < 0.55 and 0.5 < view().centre_y < 0.55
    room.type("Tab")
    room.handlers.held_view.tick(0.05)
    assert not room.handlers.held_view.active                  # another pane: it stops
    room.type("Shift+Tab", "Home")
    assert view() == View()
    with pytest.raises(ValueError, match="nothing moves"):
        room.handlers.held_view.hold("sideways", True)


def test_kiosk_locks_every_change(room: Room) -> None:
    room.kiosk = True
    before = room.wall.state
    room.type("1", "Enter", "Esc", "]", "Delete", "L", "Ctrl+Z", "Ctrl+N", "Ctrl+W", "Ctrl+Shift+Right", "F11")
    assert room.wall.state == before
    room.type("Tab")
    assert room.here.selected == 1


@given(st.text(string.digits + ".*", max_size=14))
def test_an_entry_is_always_a_beginning_of_something(keys: str) -> None:
    text = ""
    for key in keys:
        text = entry.typed(text, key)
    assert len(text) <= entry.MOST_LENGTH
    while text:
        assert isinstance(entry.meaning(text + "1"), entry.Unfinished) is False
        text = entry.taken_back(text)
    assert entry.meaning("") == entry.Unfinished("")


@pytest.mark.parametrize(("text", "call"), [
    ("107", entry.ShowCamera(107)), ("0107", entry.ShowCamera(107)), ("999", entry.ClearPane()),
    ("0999", entry.ShowCamera(999)), (".3", entry.ChoosePane(3)), (".2.3", entry.ChoosePane(3, 2)),
    ("*2", entry.ShowScene(2)), (".2.", entry.Unfinished(".2.")), ("*", entry.Unfinished("*"))])
def test_what_enter_would_do(text: str, call: entry.Call) -> None:
    assert entry.meaning(text) == call


def test_a_context_without_windows() -> None:
    assert context_of(WallState(), "w1", typing=True).windows == 0
