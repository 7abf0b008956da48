"""A wall that is started again and again sends a wrong password twice, to a server that counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.pane import PaneState
from app.model.secret import Credentials, Secret
from app.refused_streams import RefusedStreams
from app.registry.lane import RegistryLane
from app.video.supervisor import VideoEngine
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import Watch, want

WRONG, RIGHT = Credentials("operator", Secret("salah-9zQ")), Credentials("operator", Secret("benar"))


class Program(Watch):
    """The rooms of a program that matter here."""

    def __init__(self, lane: RegistryLane) -> None:
        super().__init__(VideoEngine())
        self.lane = lane
        self.remembering = RefusedStreams(self.engine, lane)

    def show(self, *numbers: int) -> None:
        cameras = [self.lane.directory.by_number(number) for number in numbers]
        self.engine.show({f"w/{one.number}": want(one) for one in cameras if one is not None})

    def refused(self, *numbers: int) -> None:
        self.until(lambda: all(self.state(f"w/{number}") is PaneState.REFUSED for number in numbers), 20, "refused")
        assert {self.report(f"w/{number}").cause for number in numbers} == {"unauthorised"}

    def end(self) -> None:
        self.remembering.close()
        self.engine.close()
        assert self.lane.close(30)


@contextmanager
def program(path: Path) -> Iterator[Program]:
    lane = RegistryLane(path)
    lane.start()
    lane.wait_open()
    made = Program(lane)
    try:
        yield made
    finally:
        made.end()


def keep(one: Program, *cameras: Camera) -> None:
    known: list[object] = []
    one.lane.submit(lambda registry: registry.save_cameras(*cameras), known.append)
    one.until(lambda: known and all(one.lane.directory.by_number(camera.number) == replace(
        camera, id=getattr(one.lane.directory.by_number(camera.number), "id", "")) for camera in cameras), 20, "kept")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.db"


def test_ten_starts_send_a_wrong_password_twice(server, path):
    fake = server.add("a", Fake(login=(RIGHT.username, RIGHT.password.reveal())))
    with program(path) as first:
        keep(first, Camera("", 1, "Simpang", credentials=WRONG, streams=(
            StreamProfile(StreamRole.MAIN, server.url("a")), StreamProfile(StreamRole.SUB, server.url("a") + "?sub"))))
        first.show(1)
        first.refused(1)
        assert fake.attempts == 2
    for _start in range(2):
        with program(path) as again:
            again.show(1)
            again.refused(1)
            assert fake.attempts == 2
    with program(path) as asked:
        asked.show(1)
        asked.refused(1)
        camera = asked.lane.directory.by_number(1)
        asked.engine.retry(camera.id)
        asked.until(lambda: fake.attempts == 4, 20, "two more")
        asked.refused(1)
    with program(path) as mended:
        mended.show(1)
        mended.refused(1)
        assert fake.attempts == 4
        keep(mended, replace(mended.lane.directory.by_number(1), credentials=RIGHT))
        mended.show(1)
        mended.live("w/1")


def test_the_channels_of_a_recorder_have_two_tries_together(server, path):
    fakes = [server.add(f"ch{number}", Fake(login=(RIGHT.username, RIGHT.password.reveal())))
             for number in range(1, 7)]
    numbers = range(1, 7)
    with program(path) as first:
        keep(first, *(Camera("", number, f"Rekorder {number}", credentials=WRONG, streams=(
            StreamProfile(StreamRole.MAIN, server.url(f"ch{number}")),)) for number in numbers))
        first.show(*numbers)
        first.refused(*numbers)
        assert sum(fake.attempts for fake in fakes) == 2
        keep(first, *(replace(first.lane.directory.by_number(number), credentials=RIGHT) for number in numbers))
        first.show(*numbers)
        first.live(*(f"w/{number}" for number in numbers))
