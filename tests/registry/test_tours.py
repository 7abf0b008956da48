"""Tours and seen hours in the file."""

from __future__ import annotations

import pytest

from app.model.errors import OperatorError
from app.model.scene import Order, Scene, Stop, StopKind, Tour
from app.model.wall import WindowState
from app.registry.seen import Seen

STOPS = (Stop(StopKind.AREA, "Makassar > Tallo"), Stop(StopKind.PRESET, "c1/2", 45.0))
NIGHT = Tour("", 7, " Malam  rutin ", STOPS, 20.0, Order.LEAST_SEEN)


def test_a_tour_comes_back_as_it_was(registry):
    kept = registry.tours.save(NIGHT)
    assert registry.tours.all() == [kept]
    assert kept.name == "Malam rutin" and kept.stops == STOPS and kept.order is Order.LEAST_SEEN and kept.id
    before = registry.last_change()
    assert registry.tours.save(kept) == kept and registry.last_change() == before, "nothing changed, nothing logged"
    assert registry.tours.remove(kept.id) and not registry.tours.remove(kept.id)
    assert registry.tours.all() == [] and registry.changed_tables(before) == {"tours"}


@pytest.mark.parametrize("bad", [
    Tour("", 0, "x", STOPS), Tour("", 10_000, "x", STOPS), Tour("", 1, " ", STOPS), Tour("", 1, "x", ()),
    Tour("", 1, "x", STOPS, 0.5), Tour("", 1, "x", STOPS, float("nan")),
    Tour("", 1, "x", (Stop(StopKind.TAG, "t", 1e9),))])
def test_what_is_of_no_use_is_told_in_a_sentence(registry, bad):
    with pytest.raises(OperatorError):
        registry.tours.save(bad)
    assert registry.tours.all() == []


def test_a_number_is_taken_once(registry):
    registry.tours.save(NIGHT)
    with pytest.raises(OperatorError, match="Malam rutin"):
        registry.tours.save(Tour("", 7, "Pagi", STOPS))
    registry.scenes.save(Scene("", 8, "Losari", (WindowState("w1"),)))
    with pytest.raises(OperatorError, match="Losari"):
        registry.tours.save(Tour("", 8, "Pagi", STOPS))


def test_a_row_edited_by_hand_into_nonsense_is_passed_over(registry):
    good = registry.tours.save(NIGHT)
    registry._store.db.execute("INSERT INTO tours (id, number, name, json) VALUES ('x', 3, 'broken', '{]')")
    registry._store.db.execute("INSERT INTO tours (id, number, name, json) VALUES ('y', 4, 'odd', "
                               """'{"stops": [], "dwell": -5}')""")
    registry._store.db.commit()
    found = registry.tours.all()
    assert [tour.id for tour in found] == ["y", good.id] and found[0].dwell == 20.0


def test_seen_seconds_add_up_per_hour_and_window_without_filling_the_log(registry, camera):
    one, two = registry.save_cameras(camera(1), camera(2))
    before = registry.last_change()
    registry.seen.add([Seen(one.id, 100, "w1", 60.0), Seen(one.id, 100, "w2", 10.0), Seen("gone", 100, "w1", 5.0)])
    registry.seen.add([Seen(one.id, 100, "w1", 60.0), Seen(one.id, 101, "w1", 30.0), Seen(two.id, 90, "w1", 1.0)])
    assert registry.last_change() == before
    assert registry.seen.totals(100) == {one.id: 160.0}
    assert registry.seen.since(0) == [Seen(one.id, 101, "w1", 150.0, "here"), Seen(one.id, 100, "w2", 10.0, "here"),
                                      Seen(two.id, 90, "w1", 1.0, "here")]
    assert registry.seen.last() == {one.id: 101, two.id: 90} and registry.seen.first_hour() == 90
    registry.seen.add([Seen(one.id, 100, "w1", 1e6)])
    assert registry.seen.totals(100)[one.id] == 3600.0 + 10.0 + 30.0, "an hour has 3600 seconds"


def test_old_hours_go_and_a_clock_that_leaps_deletes_nothing(registry, camera):
    one, = registry.save_cameras(camera(1))
    now = 490_000
    registry.seen.add([Seen(one.id, now - 401 * 24, "w1", 9.0)])
    registry.seen.add([Seen(one.id, now - 20, "w1", 9.0)])
    registry.seen.add([Seen(one.id, now, "w1", 9.0)])
    assert registry.seen.first_hour() == now - 20
    registry.seen.add([Seen(one.id, now + 500 * 24, "w1", 9.0)])
    registry.seen.add([Seen(one.id, now + 1, "w1", 9.0)])
    assert registry.seen.first_hour() == now - 20
