"""Reading beside the registry lane: progress, stop, a lane that answers meanwhile, ends that are told."""

from __future__ import annotations

import threading

import pytest

from app.registry.exchange.known import Options
from app.registry.exchange.work import ExchangeWork
from app.registry.lane import RegistryLane
from app.registry.registry import Registry

WAIT = 20.0


class Ends:
    """Everything that a work tells, and a wait for it."""

    def __init__(self, work: ExchangeWork) -> None:
        self.told: list[tuple[str, tuple]] = []
        self._new = threading.Condition()
        for name in ("looked", "written", "undone", "sent", "saved", "failed", "cancelled", "progress"):
            getattr(work, name).connect(self._note(name), check_nargs=False)

    def _note(self, name):
        def note(*values):
            with self._new:
                self.told.append((name, values))
                self._new.notify_all()
        return note

    def wait(self, *names):
        """The first of these that is told; takes it away."""
        with self._new:
            assert self._new.wait_for(lambda: any(t[0] in names for t in self.told), WAIT), self.told[-3:]
            found = next(t for t in self.told if t[0] in names)
            self.told.remove(found)
            return found


@pytest.fixture
def lane(tmp_path, vault):
    lane = RegistryLane(tmp_path / "r.db", open_registry=lambda path: Registry(path, vault=vault, station="here"))
    lane.start()
    lane.wait_open()
    yield lane
    assert lane.close()


@pytest.fixture
def work(lane):
    work = ExchangeWork(lane.submit)
    yield work
    assert work.close()


def city(path, count):
    path.write_text("number,name,main_url,password\n" + "".join(
        f"{n},Jl Pettarani {n},rtsp://10.1.{n // 250}.{n % 250}/m,kata{n}\n" for n in range(1, count + 1)))
    return path


def test_looked_at_written_sent_and_taken_back(lane, work, tmp_path):
    ends = Ends(work)
    work.look(city(tmp_path / "l.csv", 1000), Options())
    _name, (plan,) = ends.wait("looked")
    assert len(plan.added) == 1000 and not plan.written
    assert any(t[0] == "progress" and t[1] == (1000, 1000) for t in ends.told)
    assert len(lane.directory) == 0
    work.write(plan)
    assert ends.wait("written")[1][0].written and len(lane.directory) == 1000
    work.send(tmp_path / "out.csv")
    assert ends.wait("sent")[1] == (tmp_path / "out.csv", 1000)
    assert b"kata7" not in (tmp_path / "out.csv").read_bytes()
    work.save_report(plan, tmp_path / "report.txt")
    ends.wait("saved")
    assert "Would be added: 1000" in (tmp_path / "report.txt").read_text()
    work.undo()
    assert ends.wait("undone")[1][0].added == 1000 and len(lane.directory) == 0
    work.undo()
    assert "no import to undo" in ends.wait("failed")[1][0]


def test_a_stop_ends_the_reading_and_nothing_is_written(lane, work, tmp_path):
    ends = Ends(work)
    work.progress.connect(lambda _done, _total: work.cancel())
    work.look(city(tmp_path / "l.csv", 20_000), Options())
    ends.wait("cancelled")
    assert len(lane.directory) == 0


def test_a_newer_list_ends_the_one_before(work, tmp_path):
    ends = Ends(work)
    work.look(city(tmp_path / "long.csv", 20_000), Options())
    work.look(city(tmp_path / "short.csv", 5), Options())
    assert len(ends.wait("looked")[1][0].added) == 5
    assert not any(t[0] in ("looked", "failed", "cancelled") for t in ends.told)


def test_the_lane_answers_while_a_list_is_read(lane, work, tmp_path):
    """A call of the registry waits for no reading: with 20,000 rows that takes a second and more."""
    ends, answered = Ends(work), threading.Event()
    reading = threading.Event()
    work.progress.connect(lambda _done, _total: (reading.set(), answered.wait(WAIT)))    # reading rests until then
    work.look(city(tmp_path / "l.csv", 20_000), Options())
    assert reading.wait(WAIT)
    lane.submit(lambda registry: registry.last_change(), lambda _outcome: answered.set())
    assert answered.wait(WAIT)
    assert not any(t[0] == "looked" for t in ends.told), "answered before the list was read"
    ends.wait("looked")


def test_a_missing_file_and_a_closed_lane_are_told(lane, work, tmp_path):
    ends = Ends(work)
    work.look(tmp_path / "none.csv", Options())
    assert "cannot be read" in str(ends.wait("looked")[1][0].refused[0])
    work.send(tmp_path / "none" / "x.csv")
    assert "cannot be written" in ends.wait("failed")[1][0]
    lane.close()
    work.undo()
    assert ends.wait("failed")


def test_closing_stops_what_is_read(lane, tmp_path):
    work = ExchangeWork(lane.submit)
    ends, reading = Ends(work), threading.Event()
    work.progress.connect(lambda _done, _total: reading.set())
    work.look(city(tmp_path / "l.csv", 60_000), Options())
    assert reading.wait(WAIT)
    assert work.close()
    assert not any(told[0] == "looked" for told in ends.told)
