"""Which stream is written: the one that panes show, the one that a rule names, and sound only where it is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.video import messages
from app.video.engine import RecordWant
from app.video.keeping import Keeping
from app.video.line import Line, Phase, line_name

CAMERA = Camera("a", 1, "A", streams=(StreamProfile(StreamRole.MAIN, "rtsp://10.0.0.1/1"),
                                      StreamProfile(StreamRole.SUB, "rtsp://10.0.0.1/2")))


class Host:
    """An ingest worker that takes orders down."""

    def __init__(self) -> None:
        self.orders: list[messages.Record | messages.Unrecord] = []

    def send(self, order: messages.Record | messages.Unrecord) -> bool:
        self.orders.append(order)
        return True


class Pulls:
    """Which streams run: as app.video.pulling, without workers."""

    def __init__(self) -> None:
        self.host, self.lines = Host(), dict[str, Line]()
        self.listened = frozenset[str]()

    def take(self, camera: Camera, role: StreamRole, _now: float) -> Line | None:
        profile = camera.stream(role)
        if profile is None:
            return None
        name = line_name(camera, role)
        line = self.lines.setdefault(name, Line(name, camera, profile, self.host, phase=Phase.OPEN))  # type: ignore[arg-type]
        line.users += 1
        return line

    def lines_of(self, camera_id: str) -> list[Line]:
        return [line for line in self.lines.values() if line.camera.id == camera_id]

    def hold(self, line: Line) -> None:
        line.users += 1

    def leave(self, line: Line) -> None:
        line.users -= 1

    def listen(self, cameras: frozenset[str], _now: float) -> None:
        self.listened = cameras


def written(pulls: Pulls) -> list[str]:
    """The streams that are being written now."""
    found: list[str] = []
    for order in pulls.host.orders:
        if isinstance(order, messages.Record):
            found += [order.stream] if order.stream not in found else []
        elif order.stream in found:
            found.remove(order.stream)
    return found


def test_what_panes_show_is_written_unless_a_rule_names_a_stream() -> None:
    pulls = Pulls()
    keeping = Keeping(pulls)    # type: ignore[arg-type]
    pane = pulls.take(CAMERA, StreamRole.SUB, 0.0)
    assert pane is not None
    keeping.want({"a": RecordWant(CAMERA, "/r/a")}, 1.0)
    assert written(pulls) == ["a/sub"] and pane.users == 2
    keeping.want({"a": RecordWant(CAMERA, "/r/a", stream=StreamRole.MAIN)}, 2.0)
    assert written(pulls) == ["a/main"] and pane.users == 1 and pulls.lines["a/main"].users == 1
    keeping.tick(3.0)
    assert pulls.lines["a/main"].users == 1, "it is held once"
    keeping.want({"a": RecordWant(CAMERA, "/r/a")}, 4.0)
    assert written(pulls) == ["a/sub"] and pulls.lines["a/main"].users == 0
    keeping.want({}, 5.0)
    assert written(pulls) == [] and pane.users == 1


def test_a_stream_that_the_camera_does_not_have_is_the_one_that_is_there() -> None:
    pulls, one = Pulls(), Camera("a", 1, "A", streams=CAMERA.streams[:1])
    keeping = Keeping(pulls)    # type: ignore[arg-type]
    keeping.want({"a": RecordWant(one, "/r/a", pull=True, stream=StreamRole.SUB)}, 1.0)
    assert written(pulls) == ["a/main"]


def test_sound_is_asked_for_by_camera_and_told_of() -> None:
    pulls = Pulls()
    keeping = Keeping(pulls)    # type: ignore[arg-type]
    keeping.want({"a": RecordWant(CAMERA, "/r/a", pull=True)}, 1.0)
    assert pulls.listened == frozenset() and not any(order.sound for order in pulls.host.orders)  # type: ignore[union-attr]
    keeping.want({"a": RecordWant(CAMERA, "/r/a", pull=True, sound=True)}, 2.0)
    assert pulls.listened == {"a"} and pulls.host.orders[-1].sound     # type: ignore[union-attr]
    assert keeping.sounding("a") is None and keeping.sounding("b") is None
    pulls.lines["a/sub"].sounding = (True, "aac")
    assert keeping.sounding("a") == (True, "aac")


def test_what_came_last_is_known_while_a_stream_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line("a/sub", CAMERA, CAMERA.streams[1], phase=Phase.OPEN, opened=1.0)
    monkeypatch.setattr(Line, "row", property(lambda _line: SimpleNamespace(arrived_ns=5_000_000_000,
                                                                           news_ns=4_000_000_000)))
    line.remember()                 # as before sound is switched on: the pane must not call itself frozen
    seen = line.observe(0.0, None)
    assert (seen.packet, seen.news) == (5.0, 4.0)
