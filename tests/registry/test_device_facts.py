"""What devices told of themselves: kept with its moment, forgotten with its camera, bounded."""

from __future__ import annotations

import sqlite3

import pytest

from app.model.errors import OperatorError
from app.registry.device_facts import LONGEST, Fact


@pytest.fixture
def kept(registry, camera):
    return registry.save_cameras(camera(1))[0]


def log_of(registry):
    return registry._store.rows("SELECT row, action, what FROM change_log WHERE tbl = 'device_facts' ORDER BY id")


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "é", [1, {"a": None}], {"token": "Profile_1", "presets": []}])
def test_a_fact_comes_back_as_it_was_told(open_registry, camera, value):
    registry = open_registry(clock=lambda: 1_767_225_600.0)
    [kept] = registry.save_cameras(camera(1))
    assert registry.device_facts.get(kept.id, "onvif.profiles") is None
    assert registry.device_facts.put(kept.id, "onvif.profiles", value)
    assert registry.device_facts.of(kept.id) == {"onvif.profiles": Fact(value, "2026-01-01T00:00:00.000Z")}


def test_the_same_fact_again_moves_its_moment_without_a_log_entry(open_registry, camera):
    now = [1_767_225_600.0]
    registry = open_registry(clock=lambda: now[0])
    [kept] = registry.save_cameras(camera(1))
    registry.device_facts.put(kept.id, "firmware", "1.2")
    now[0] += 3600
    registry.device_facts.put(kept.id, "firmware", "1.2")
    assert registry.device_facts.get(kept.id, "firmware") == Fact("1.2", "2026-01-01T01:00:00.000Z")
    registry.device_facts.put(kept.id, "firmware", "1.3")
    assert log_of(registry) == [(f"{kept.id}/firmware", "added", '{"characters":5}'),
                                (f"{kept.id}/firmware", "changed", '{"characters":5}')]


def test_facts_are_forgotten_one_or_all_and_with_their_camera(registry, kept):
    for name in ("a", "b", "c"):
        registry.device_facts.put(kept.id, name, 1)
    assert registry.device_facts.forget(kept.id, "a") == 1
    assert registry.device_facts.forget(kept.id, "a") == 0
    assert registry.device_facts.forget(kept.id) == 2
    registry.device_facts.put(kept.id, "d", 1)
    registry.cameras.remove([kept.id])
    assert registry.device_facts.of(kept.id) == {}
    assert not registry.device_facts.put(kept.id, "e", 1), "no camera, no fact"


def test_what_is_too_large_or_no_fact_is_refused(registry, kept):
    with pytest.raises(OperatorError, match="longer than"):
        registry.device_facts.put(kept.id, "profiles", "x" * LONGEST)
    for name in ("", "Ab", "a b", "../x", "a" * 65):
        with pytest.raises(ValueError, match="no name"):
            registry.device_facts.put(kept.id, name, 1)
    with pytest.raises(ValueError, match="JSON"):
        registry.device_facts.put(kept.id, "a", float("nan"))
    assert registry.device_facts.of(kept.id) == {}


def test_a_fact_edited_by_hand_into_nonsense_is_passed_over(registry, kept, caplog):
    registry.device_facts.put(kept.id, "a", 1)
    registry.device_facts.put(kept.id, "b", 2)
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE device_facts SET json = '{' WHERE fact = 'a'")
    db.close()
    assert list(registry.device_facts.of(kept.id)) == ["b"]
    assert "cannot be read" in caplog.text
