"""Clocks, zones, paths and the cost of processes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.runtime import paths
from app.runtime.clock import SYSTEM, ManualClock, utc
from app.runtime.procstats import CpuShare, ProcessCost, cost_of
from app.runtime.zone import Zone, clock_text, local, zone_of


def test_manual_time_stands_still_until_told() -> None:
    clock = ManualClock(10.0, 1000.0)
    clock.advance(2.5)
    clock.jump_wall(-100.0)
    assert (clock.monotonic(), clock.wall()) == (12.5, 902.5)
    with pytest.raises(ValueError, match="never runs back"):
        clock.advance(-1)


def test_system_time_moves_forward() -> None:
    first = SYSTEM.monotonic()
    assert SYSTEM.monotonic() >= first
    assert utc(0.0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert utc(SYSTEM.wall()).tzinfo is UTC


@pytest.mark.parametrize(("place", "longitude", "zone"), [
    ("Palembang", 104.76, Zone.WIB), ("Jakarta", 106.8, Zone.WIB), ("Banyuwangi", 114.37, Zone.WIB),
    ("Denpasar", 115.2, Zone.WITA), ("Makassar", 119.4, Zone.WITA), ("Manado", 124.84, Zone.WITA),
    ("Ternate", 127.38, Zone.WIT), ("Ambon", 128.18, Zone.WIT), ("Jayapura", 140.7, Zone.WIT),
    ("unknown", None, Zone.WITA), ("Berlin", 13.4, Zone.WITA),
])
def test_the_zone_of_a_place(place: str, longitude: float | None, zone: Zone) -> None:
    assert zone_of(longitude) is zone


def test_times_are_shown_with_the_zone() -> None:
    moment = datetime(2026, 11, 22, 6, 3, 22, tzinfo=UTC)
    assert [clock_text(moment, zone) for zone in Zone] == ["WIB 13:03:22", "WITA 14:03:22", "WIT 15:03:22"]
    with pytest.raises(ValueError, match="without a zone"):
        local(datetime(2026, 11, 22))


def test_one_variable_moves_the_whole_profile(lawang_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = (paths.config_dir, paths.data_dir, paths.state_dir, paths.cache_dir, paths.log_dir)
    assert all(room().is_relative_to(lawang_home) for room in rooms)
    assert paths.registry_path().parent == paths.data_dir()
    monkeypatch.delenv("LAWANG_HOME")
    assert not any(room().is_relative_to(lawang_home) for room in rooms)


def test_a_made_folder_is_for_this_user_alone(lawang_home: Path) -> None:
    assert paths.ensure(paths.state_dir()).stat().st_mode & 0o077 == 0


def test_the_cost_of_this_process() -> None:
    cost = cost_of(os.getpid(), "tests", exact_memory=True)
    assert cost is not None
    assert cost.name == "tests" and cost.rss > 10e6 and cost.threads >= 1 and cost.cpu_seconds > 0
    assert cost_of(2**22 + 1) is None


def test_cpu_is_a_share_of_one_core() -> None:
    share = CpuShare()

    def cost(seconds: float) -> ProcessCost:
        return ProcessCost(7, "x", seconds, 0, 0, 1, 0)
    assert share.of(cost(10.0), 100.0) == 0.0
    assert share.of(cost(11.0), 102.0) == 0.5
    share.forget_all_but(set())
    assert share.of(cost(12.0), 103.0) == 0.0
