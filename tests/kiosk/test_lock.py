"""What opens a locked wall, over moments that are given."""

from __future__ import annotations

from app.kiosk.lock import AGAIN_S, FREE_TRIES, WAIT_S, Asks, Lock


def test_without_a_password_two_presses_soon_after_another() -> None:
    lock, asks = Lock().key(0.0, has_password=False)
    assert (lock.on, asks) == (True, Asks.LOCKED)
    lock, asks = lock.key(10.0, has_password=False)
    assert (lock.on, asks) == (True, Asks.AGAIN)
    late, asks = lock.key(10.1 + AGAIN_S, has_password=False)
    assert (late.on, asks) == (True, Asks.AGAIN)
    lock, asks = lock.key(10.0 + AGAIN_S, has_password=False)
    assert (lock.on, asks) == (False, Asks.UNLOCKED)


def test_locking_itself_is_not_the_first_of_two_presses() -> None:
    lock, _asks = Lock().key(0.0, has_password=False)
    assert lock.key(0.1, has_password=False)[1] is Asks.AGAIN


def test_with_a_password_no_press_opens() -> None:
    lock = Lock(on=True)
    for moment in (1.0, 1.1, 1.2):
        lock, asks = lock.key(moment, has_password=True)
        assert lock.on and asks is Asks.PASSWORD


def test_guessing_waits_longer_and_longer() -> None:
    lock, now, waited = Lock(on=True), 100.0, []
    for _try in range(FREE_TRIES + len(WAIT_S)):
        lock = lock.refused(now)
        waited.append(lock.waits(now))
        now += lock.waits(now)
        assert lock.waits(now) == 0.0
    assert waited == [0.0] * (FREE_TRIES - 1) + [*WAIT_S, WAIT_S[-1]]
