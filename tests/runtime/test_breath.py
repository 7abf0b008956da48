"""A long loop rests when its last rest is long ago, and not before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.runtime import breath
from app.runtime.breath import REST_SECONDS, WORK_SECONDS, Breath


def test_it_rests_after_some_work_and_not_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    now, rests = [100.0], []
    monkeypatch.setattr(breath, "time", SimpleNamespace(perf_counter=lambda: now[0], sleep=rests.append))
    breathe = Breath()
    for _row in range(10):
        breathe()
    assert rests == []
    now[0] += WORK_SECONDS * 1.1
    breathe()
    breathe()
    assert rests == [REST_SECONDS]
    now[0] += WORK_SECONDS * 0.6
    breathe()
    now[0] += WORK_SECONDS * 0.6
    breathe()
    assert rests == [REST_SECONDS] * 2
