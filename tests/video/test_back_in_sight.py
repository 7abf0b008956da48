"""A pane that was covered for long and is looked at again: its old picture is called old, not frozen."""

from __future__ import annotations

from app.model.pane import PaneState
from app.video.freshness import Observation, judge

# Covered at 100 s, its player stopped; looked at again at 200 s. Packets came all the while.
BACK = Observation(asked=50.0, opened=51.0, packet=200.2, news=200.2, picture=100.0, interval=0.07, delta_bytes=4000.0,
                   key_bytes=20_000.0, in_sight=200.0)


def test_an_old_picture_is_late_until_the_new_player_had_its_time() -> None:
    assert judge(BACK, 200.3).state is PaneState.LATE
    assert judge(BACK, 200.3).age > 100.0


def test_the_same_without_a_rest_is_frozen() -> None:
    assert judge(Observation(asked=50.0, opened=51.0, packet=200.2, news=200.2, picture=100.0, interval=0.07,
                             delta_bytes=4000.0, key_bytes=20_000.0), 200.3).state is PaneState.FROZEN


def test_no_picture_after_3_seconds_of_looking_is_frozen() -> None:
    assert judge(Observation(asked=50.0, opened=51.0, packet=203.2, news=203.2, picture=100.0, interval=0.07,
                             delta_bytes=4000.0, key_bytes=20_000.0, in_sight=200.0), 203.3).state is PaneState.FROZEN


def test_a_silent_camera_is_frozen_at_once() -> None:
    assert judge(Observation(asked=50.0, opened=51.0, packet=150.0, news=150.0, picture=100.0, interval=0.07,
                             in_sight=200.0), 200.3).state is PaneState.FROZEN
