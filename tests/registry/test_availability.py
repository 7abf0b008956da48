"""Spans in the file: made longer in place, thinned without losing a second, never in the way of deleting a camera."""

from __future__ import annotations

import pytest

from app.availability.uptime import merged, uptime
from app.model.availability import Span
from app.registry.availability import KEPT_S, WHOLE_S

NOW = 1_790_000_000.0


@pytest.fixture
def camera_id(registry, camera) -> str:
    return registry.save_cameras(camera(1))[0].id


def test_an_open_span_grows_in_its_row(registry, camera_id) -> None:
    rows, log = registry.availability, registry.last_change()
    entries = len(registry._store.rows("SELECT id FROM change_log"))
    rows.keep([Span(camera_id, True, NOW, NOW + 30)])
    rows.keep([Span(camera_id, True, NOW, NOW + 60), Span(camera_id, False, NOW + 60, NOW + 70, "lost")])
    rows.keep([Span(camera_id, True, NOW, NOW + 45)])
    assert list(rows.spans(NOW, NOW + 100)) == [
        Span(camera_id, True, NOW, NOW + 60), Span(camera_id, False, NOW + 60, NOW + 70, "lost")]
    assert registry.changed_tables(log) == {"availability"}, "other programs need not read the cameras again"
    assert len(registry._store.rows("SELECT id FROM change_log")) == entries + 1, "rows that tick fill no log"


def test_unknown_cameras_and_empty_spans_are_left_out(registry, camera_id) -> None:
    registry.availability.keep([Span("nobody", True, NOW, NOW + 5), Span(camera_id, True, NOW, NOW),
                                Span(camera_id, True, NOW, NOW - 5)])
    assert list(registry.availability.spans(0, NOW * 2)) == []


def test_a_removed_camera_takes_its_history_along(registry, camera_id) -> None:
    registry.availability.keep([Span(camera_id, True, NOW, NOW + 5)])
    assert registry.cameras.remove([camera_id]) == 1
    assert list(registry.availability.spans(0, NOW * 2)) == []


def test_a_tour_of_a_month_is_thinned_and_loses_no_second(registry, camera_id) -> None:
    rows = registry.availability
    begin = NOW - 3 * 86_400
    old = [Span(camera_id, i % 50 != 49, begin + i * 60, begin + i * 60 + 20, "lost" if i % 50 == 49 else "")
           for i in range(600)]
    rows.keep(old)
    before = uptime(merged(rows.spans(0, NOW)), 0, NOW)
    rows.keep([Span(camera_id, True, NOW - 10, NOW)])
    after = list(rows.spans(0, NOW - 20))
    assert len(after) < 60, "600 visits became a few rows per hour"
    found = uptime(merged(after), 0, NOW)
    assert (found.up_s, found.down_s, found.outages) == (before.up_s, before.down_s, before.outages)


def test_what_is_older_than_a_month_goes_and_a_wild_clock_deletes_nothing(registry, camera_id) -> None:
    rows = registry.availability
    rows.keep([Span(camera_id, True, NOW - KEPT_S - 500, NOW - KEPT_S - 400), Span(camera_id, True, NOW, NOW + 10)])
    rows.keep([Span(camera_id, True, NOW + WHOLE_S, NOW + WHOLE_S + 10)])
    assert [span.since for span in rows.spans(0, NOW * 2)] == [NOW, NOW + WHOLE_S]
    rows.keep([Span(camera_id, True, NOW * 2, NOW * 2 + 10)])
    assert len(list(rows.spans(0, NOW * 3))) == 3, "a clock set fifty years ahead takes no history with it"
