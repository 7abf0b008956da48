"""No failing task ends the lane; what fails is told to whoever asked, or to all; an end of its own is told loudly."""

from __future__ import annotations

import queue
import sqlite3
import sys
import threading

from app.model.errors import OperatorError
from app.registry.lane import RegistryLane
from app.registry.registry import Registry
from app.runtime.log import ScrubbedFormatter
from tests.registry.test_lane import done, lane

__all__ = ["lane"]


def test_no_job_ends_the_lane_whatever_it_raises(lane, camera, caplog):
    for kind in (SystemExit, MemoryError, KeyboardInterrupt, sqlite3.ProgrammingError):
        def work(_registry, kind=kind):
            raise kind("rtsp://admin:rahasia@10.0.0.1/1")
        assert "log says why" in str(done(lane, work).error)
    lane.submit(lambda r: None, lambda outcome: sys.exit(1))
    assert done(lane, lambda r: r.save_cameras(camera(1))).error is None
    assert "Traceback" in caplog.text and "SystemExit" in caplog.text
    assert "rahasia" not in ScrubbedFormatter("%(message)s").format(caplog.records[0])


def test_a_job_that_nobody_waits_for_is_told_once_when_it_fails(lane):
    told: queue.Queue[OperatorError | None] = queue.Queue()
    lane.trouble.connect(told.put)
    for _ in range(3):
        lane.submit(lambda r: 1 / 0)
    done(lane, lambda r: None)
    assert "log says why" in str(told.get_nowait()) and told.empty()
    lane.submit(lambda r: None)
    lane.submit(lambda r: 1 / 0)
    done(lane, lambda r: None)
    assert told.qsize() == 1, "it had worked in between"


def test_a_look_that_fails_is_told_and_nothing_is_missed(lane, camera, monkeypatch, caplog):
    told: queue.Queue[OperatorError | None] = queue.Queue()
    lane.trouble.connect(told.put)
    monkeypatch.setattr("app.registry.lane.AGAIN_SECONDS", 0.0)
    read = Registry.list_cameras
    monkeypatch.setattr(Registry, "list_cameras", lambda _r: 1 / 0)
    done(lane, lambda r: r.save_cameras(camera(1), camera(2)))
    assert "log says why" in str(told.get(timeout=10)) and not lane.directory
    assert caplog.text.count("ZeroDivisionError") == 1
    monkeypatch.setattr(Registry, "list_cameras", read)
    assert told.get(timeout=10) is None
    assert len(lane.directory) == 2
    assert done(lane, lambda r: len(r.list_cameras())).value == 2


def test_a_copy_that_fails_does_not_end_the_lane(lane, monkeypatch):
    told: queue.Queue[OperatorError | None] = queue.Queue()
    lane.trouble.connect(told.put)
    monkeypatch.setattr(Registry, "keep_copy", lambda _r: 1 / 0)
    done(lane, lambda r: lane._keep_copy(r))
    assert "no copy" in str(told.get_nowait())
    assert done(lane, lambda r: 7).value == 7


def test_a_lane_that_ends_by_itself_says_so_and_refuses_what_waits(tmp_path, vault, monkeypatch, caplog):
    lane = RegistryLane(tmp_path / "r.db", open_registry=lambda path: Registry(path, vault=vault, station="here"))
    ended: queue.Queue[OperatorError] = queue.Queue()
    lane.ended.connect(ended.put)
    lane.start()
    lane.wait_open(10)
    gate, started, asked = threading.Event(), threading.Event(), queue.Queue()

    def broken(_seconds):
        raise RuntimeError("a bug")
    lane.submit(lambda r: (started.set(), gate.wait(10), monkeypatch.setattr(lane, "_next_job", broken)))
    assert started.wait(10)
    lane.submit(lambda r: None, asked.put)
    gate.set()
    assert "Nothing is saved any more" in str(ended.get(timeout=10))
    assert "Nothing is saved any more" in str(asked.get(timeout=10).error)
    assert not lane.submit(lambda r: None)
    assert lane.close() and "a bug" in caplog.text


def test_a_lane_that_is_closed_does_not_say_that_it_ended(tmp_path, vault):
    lane = RegistryLane(tmp_path / "r.db", open_registry=lambda path: Registry(path, vault=vault, station="here"))
    ended = []
    lane.ended.connect(ended.append)
    lane.start()
    lane.wait_open(10)
    assert lane.close() and ended == []
