"""How much moved, from bytes: against what is usual for that camera, never nothing where something is recorded."""

from __future__ import annotations

import pytest

from app.playback.activity import Bar, Measured, bars

MINUTE = 60_000_000


def made(*sizes: int) -> list[Measured]:
    return [Measured(index * MINUTE, (index + 1) * MINUTE, size) for index, size in enumerate(sizes)]


def test_what_takes_more_than_usual_stands_higher() -> None:
    found = bars(made(100, 100, 100, 150, 400, 20, 100))
    assert [(bar.t0, bar.t1) for bar in found] == [(i * MINUTE, (i + 1) * MINUTE) for i in range(7)]
    usual, more, most, less = (found[index].height for index in (0, 3, 4, 5))
    assert usual == pytest.approx(0.3 / 1.3)
    assert less < usual < more < most == 1.0
    assert less > 0


def test_a_short_stretch_is_measured_by_its_time() -> None:
    found = bars([*made(100, 100, 100, 100), Measured(4 * MINUTE, 4 * MINUTE + MINUTE // 2, 50)])
    assert len({bar.height for bar in found}) == 1


def test_few_stretches_or_empty_ones_say_nothing() -> None:
    assert bars(made(100, 200, 300)) == ()
    assert bars(made(0, 0, 0, 0, 0)) == ()
    assert bars([Measured(5, 5, 100), *made(1, 1, 1, 1)]) == ()
    assert bars(made(7, 7, 7, 7, 7))[0] == Bar(0, MINUTE, pytest.approx(0.3 / 1.3))
