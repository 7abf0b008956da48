"""Scenes as an operator uses them: called by number and key, saved, overwritten, renamed, deleted, taken back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from app.commands import Dispatcher, Outcome
from app.features import table
from app.model.errors import OperatorError
from app.model.scene import Scene
from app.model.wall import Pane, View, WallState, WindowKind, WindowState
from app.scenes.book import SceneBook
from app.scenes.handlers import KIND, SceneHandlers
from app.wall import Wall, WallHandlers, context_of
from app.wall import transitions as change
from tests.wall.test_handlers import FewCameras


@dataclass
class Answer:
    value: Any = None
    error: OperatorError | None = None


@dataclass
class Rows:
    kept: dict[str, Scene] = field(default_factory=dict)
    refuse: str = ""

    def all(self) -> list[Scene]:
        return sorted(self.kept.values(), key=lambda scene: scene.number)

    def save(self, scene: Scene) -> Scene:
        if self.refuse:
            raise OperatorError(self.refuse)
        self.kept[scene.id] = scene
        return scene

    def remove(self, scene_id: str) -> bool:
        return self.kept.pop(scene_id, None) is not None


class SlowLane:
    """Does its jobs when it is told to, as a thread would, some time later."""

    def __init__(self) -> None:
        self.scenes = Rows()
        self.jobs: list[tuple[Callable[[Any], Any], Callable[[Any], None] | None]] = []

    def submit(self, work: Callable[[Any], Any], then: Callable[[Any], None] | None = None, *,
               replaces: str | None = None) -> bool:
        self.jobs.append((work, then))
        return True

    def run(self) -> None:
        while self.jobs:
            work, then = self.jobs.pop(0)
            try:
                answer = Answer(work(self))
            except OperatorError as error:
                answer = Answer(error=error)
            if then is not None:
                then(answer)


class Room:
    def __init__(self) -> None:
        first = WindowState("w1", WindowKind.CONSOLE, layout="2x2", panes=(Pane("id-101"), Pane("id-102")))
        second = WindowState("w2", WindowKind.WALL, layout="2x2", panes=(Pane("id-205"),))
        self.wall, self.lane, self.focus = Wall(WallState((first, second))), SlowLane(), "w1"
        self.cameras = FewCameras(101, 102, 107, 205)
        self.walls = WallHandlers(self.wall, self.cameras, lambda: self.focus)
        self.book = SceneBook(self.lane.submit, lambda work: work())
        numbers, ids = self.walls.call_up.numbers, count(1)
        self.scenes = SceneHandlers(self.wall, self.book, numbers, self.walls.current,
                                    lambda key: self.cameras.by_id(key) is not None, lambda: f"s{next(ids)}")
        numbers.register(KIND, self.book.names, self.scenes.call_number)
        self.dispatcher = Dispatcher(table(), lambda: context_of(
            self.wall.state, self.focus, entry=bool(self.walls.call_up.text)))
        self.walls.bind(self.dispatcher)
        self.scenes.bind(self.dispatcher)
        self.wall.changed.connect(lambda _state: self.scenes.look())
        self.book.changed.connect(self._scenes_changed)
        self.told: list[str] = []
        self.scenes.told.connect(self.told.append)
        self.scenes.done.connect(self.told.append)

    def _scenes_changed(self) -> None:
        self.scenes.look(recognise=True)

    def type(self, *keys: str) -> Outcome | None:
        outcome = None
        for key in keys:
            outcome = self.dispatcher.press(key)
            self.dispatcher.release(key)
        return outcome

    def save(self, name: str, number: int, *windows: str, whole: bool = False) -> Outcome:
        return self.dispatcher.run("scene.save", name=name, number=number, windows=windows or ("w1",), whole=whole)

    def shown(self, key: str = "w1") -> str:
        return " ".join(pane.camera.removeprefix("id-") or "." for pane in self.wall.window(key).panes)


@pytest.fixture
def room() -> Room:
    return Room()


def test_saved_and_called_by_number_and_key_before_the_disk_has_it(room: Room) -> None:
    assert room.save("Losari malam", 7) and room.save("Pasar", 12, "w2")
    room.type("1", "0", "7", "Enter")
    assert room.shown() == "107 102 . ." and room.scenes.title == "Pasar"
    assert room.type("Ctrl+7")
    assert room.shown() == "101 102 . ." and room.scenes.title == "Losari malam"
    room.type("1", "0", "7", "Enter")
    assert room.scenes.title == "Losari malam *"
    assert room.type("*", "7", "Enter") and room.shown() == "101 102 . ."
    assert not room.lane.scenes.kept
    room.lane.run()
    assert [scene.name for scene in room.lane.scenes.all()] == ["Losari malam", "Pasar"]


def test_one_undo_step_that_returns_exactly(room: Room) -> None:
    room.wall.apply(change.set_view, "w1", 0, View(0.5, 0.5, 3))
    room.wall.apply(change.select, "w1", 1)
    room.save("A", 1, "w1", "w2", whole=True)
    room.wall.apply(change.put, "w1", 0, "id-107")
    room.wall.apply(change.set_view, "w1", 0, View(0.5, 0.5, 2))
    room.wall.apply(change.toggle_alone, "w1", 0)
    room.wall.apply(change.set_layout, "w2", "1x2")
    before = room.wall.state
    room.type("Ctrl+1")
    here = room.wall.window("w1")
    assert (here.alone, here.selected, here.panes[0].view.zoom, room.wall.window("w2").layout) == (None, 1, 3, "2x2")
    room.type("Ctrl+Z")
    assert room.wall.state == before
    room.type("Esc")                                            # back from alone is as it was before alone
    assert room.wall.window("w1").panes[0].view.zoom == 2


def test_a_scene_with_one_pane_alone_goes_back_to_what_it_holds(room: Room) -> None:
    room.wall.apply(change.toggle_alone, "w1", 1)
    room.save("A", 1)
    room.type("Esc")
    room.type("Ctrl+1")
    assert room.wall.window("w1").alone == 1
    room.wall.apply(change.set_view, "w1", 1, View(0.5, 0.5, 4))
    room.type("Esc")
    assert room.wall.window("w1").panes[1].view.zoom == 1


def test_a_taken_number_names_its_owner_and_the_next_free_one(room: Room) -> None:
    room.walls.call_up.numbers.register("tour", lambda: {2: "Malam rutin"}, lambda _number: None)
    room.save("A", 1)
    for number, name in ((1, "A"), (2, "Malam rutin")):
        refused = room.save("B", number)
        assert not refused and name in refused.reason and "3" in refused.reason
    assert not room.dispatcher.run("scene.change", scene="s1", number=2)
    assert room.dispatcher.run("scene.change", scene="s1", name="A2", number=1)
    assert not room.save(" ", 5) and not room.save("B", 0) and not room.save("B", 10_000)


def test_an_unknown_number_says_the_nearest(room: Room) -> None:
    for number in (1, 4, 9):
        room.save(f"S{number}", number)
    refused = room.type("*", "5", "Enter")
    assert refused is not None and not refused and "1, 4, 9" in refused.reason


def test_list_changes_are_taken_back(room: Room) -> None:
    room.save("A", 1)
    room.dispatcher.run("scene.change", scene="s1", name="B", number=4)
    room.wall.apply(change.put, "w1", 0, "id-107")
    room.type("Ctrl+Shift+S")
    assert room.book.all()[0].windows[0].panes[0].camera == "id-107"
    room.dispatcher.run("scene.delete", scene="s1")
    assert room.book.all() == () and room.scenes.title == ""
    seen = []
    for _step in range(4):
        room.type("Ctrl+Shift+Z")
        seen.append([(s.number, s.name, s.windows[0].panes[0].camera) for s in room.book.all()])
    assert seen == [[(4, "B", "id-107")], [(4, "B", "id-101")], [(1, "A", "id-101")], []]
    assert not room.type("Ctrl+Shift+Z")
    room.lane.run()
    assert room.lane.scenes.kept == {}


def test_undo_leaves_what_another_program_changed(room: Room) -> None:
    room.save("A", 1)
    room.lane.run()
    room.lane.scenes.kept["s1"] = Scene("s1", 1, "Theirs", room.book.all()[0].windows)
    room.book.refresh()
    room.lane.run()
    refused = room.type("Ctrl+Shift+Z")
    assert refused is not None and not refused and room.book.all()[0].name == "Theirs"


def test_a_list_older_than_our_write_is_not_taken(room: Room) -> None:
    room.book.refresh()
    room.save("A", 1)
    work, then = room.lane.jobs.pop(0)
    assert then is not None
    then(Answer(work(room.lane)))                               # the list as it was before the write
    assert [scene.name for scene in room.book.all()] == ["A"]


def test_what_cannot_be_written_is_told_and_gone(room: Room) -> None:
    told: list[str] = []
    room.book.refused.connect(lambda error: told.append(str(error)))
    room.lane.scenes.refuse = "the disk is full"
    room.save("A", 1)
    room.lane.run()
    assert told == ["the disk is full"] and room.book.all() == ()


def test_cameras_and_windows_that_are_gone_are_told_in_one_line(room: Room) -> None:
    room.save("A", 1, "w1", "w2")
    room.save("B", 2, "w2")
    room.wall.apply(change.close_window, "w2")
    room.cameras._all = room.cameras._all[1:]
    room.told.clear()
    room.type("Ctrl+1")
    assert room.shown() == ". 102 . ." and len(room.told) == 1 and "Wall 2" in room.told[0]
    refused = room.type("Ctrl+2")
    assert refused is not None and not refused and "Wall 2" in refused.reason


def test_a_scene_that_cannot_be_read_says_so(room: Room) -> None:
    room.lane.scenes.kept["bad"] = Scene("bad", 3, "Rusak")
    room.book.refresh()
    room.lane.run()
    refused = room.type("Ctrl+3")
    assert refused is not None and not refused and "Rusak" in refused.reason
    assert room.dispatcher.run("scene.overwrite", scene="bad") and room.type("Ctrl+3")


def test_after_a_start_the_wall_is_recognised(room: Room) -> None:
    room.save("A", 1)
    room.lane.run()
    again = SceneHandlers(room.wall, room.book, room.walls.call_up.numbers, lambda: "w1", lambda _key: True, str)
    again.look(recognise=True)
    assert again.title == "A"
