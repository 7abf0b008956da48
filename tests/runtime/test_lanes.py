"""Lanes: jobs in order on one named thread, bounded, closed with a deadline."""

from __future__ import annotations

import threading

from app.runtime.lanes import Lane


def test_jobs_run_in_order_on_the_lane_and_answer() -> None:
    lane = Lane("proof")
    seen: list[object] = []
    for number in range(3):
        assert lane.submit(lambda n=number: (n, threading.current_thread().name), seen.append)
    assert lane.close()
    assert seen == [(0, "proof"), (1, "proof"), (2, "proof")]


def test_a_failing_job_ends_only_itself() -> None:
    lane = Lane("proof")
    failed: list[BaseException] = []
    done: list[object] = []
    lane.submit(lambda: 1 / 0, done.append, failed.append)
    lane.submit(lambda: 1 / 0)
    lane.submit(lambda: "after", lambda _: 1 / 0)
    lane.submit(lambda: "after", done.append)
    assert lane.close()
    assert isinstance(failed[0], ZeroDivisionError) and done == ["after"]


def test_a_full_lane_refuses_and_counts() -> None:
    lane = Lane("proof", jobs=2)
    begun, gate = threading.Event(), threading.Event()
    lane.submit(lambda: (begun.set(), gate.wait(10)))
    assert begun.wait(10)
    answers = [lane.submit(lambda: None) for _ in range(4)]
    gate.set()
    assert lane.close()
    assert answers == [True, True, False, False] and lane.refused == 2


def test_a_closed_lane_takes_nothing() -> None:
    lane = Lane("proof")
    assert lane.close()
    assert not lane.submit(lambda: None)
    assert lane.close()


def test_the_deadline_drops_what_waits() -> None:
    lane = Lane("proof")
    begun, gate = threading.Event(), threading.Event()
    done: list[str] = []
    lane.submit(lambda: (begun.set(), gate.wait(10)))
    assert begun.wait(10)
    lane.submit(lambda: done.append("late"))
    assert not lane.close(seconds=0.01)
    gate.set()
    assert lane.close()
    assert done == []
