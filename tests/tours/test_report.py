"""Shifts, the list of cameras that nobody saw, and the table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.model.register import Owner, Risk
from app.runtime.zone import Zone
from app.tours import report
from app.tours.report import By
from app.tours.shifts import USUAL, hour_of, missed_since, parse
from tests.tours.book_of_cameras import camera


@dataclass(frozen=True)
class Row:
    camera: str
    place: str
    seconds: float
    station: str = "here"


def made():
    cameras = [camera(0), replace(camera(1), owner="o"), replace(camera(2, ("Ambon",)), name="=cmd()"), camera(3)]
    last = {"c0": 500_000, "c1": 400_000}
    seen = [Row("c0", "w1", 60.0), Row("c0", "w2", 30.0), Row("c0", "w1", 5.0, "other"), Row("c3", "w1", 700.0)]
    return report.lines(cameras, {"o": Owner("o", "Hotel")},
                        lambda path: Risk.RED if path == ("Ambon",) else Risk.NONE, seen, last)


def test_shift_times():
    assert parse("07-15-23") == (7, 15, 23) and parse("06:00") == (6,) and parse("") == USUAL
    assert parse("06:30") == USUAL and parse("19, 7") == (7, 19) and parse("7-25") == USUAL


def test_three_whole_shifts_before_the_one_that_is_on():
    now = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)            # 21:30 WITA: the shift of 15:00 is on
    assert missed_since(now, Zone.WITA, USUAL) == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)      # 15:00 WITA
    just = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)             # 15:00 WITA, at once
    assert missed_since(just, Zone.WITA, USUAL) == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert missed_since(now, Zone.WIT, (8,)) == datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
    assert hour_of(datetime(1970, 1, 2, 1, 59, tzinfo=UTC)) == 25


def test_who_was_not_seen_red_alleys_first():
    lines = made()
    assert [line.camera.id for line in report.unseen(lines)] == ["c2", "c1"]
    assert [line.camera.id for line in lines] == ["c1", "c2", "c0", "c3"]
    assert lines[2].seconds == 95.0 and lines[2].places[("other", "w1")] == 5.0


def test_put_together():
    lines = made()
    groups = report.groups(lines, By.AREA)
    assert [(group.name, group.cameras, group.unseen, group.seconds) for group in groups] == [
        ("Ambon", 1, 1, 0.0), ("Makassar › Tallo", 3, 1, 795.0)]
    assert report.groups(lines, By.OWNER)[0] == report.Group("Hotel", 1, 1, 0.0)
    assert report.groups(lines, By.RISK)[0].name == "red"


def test_the_table_names_each_window_and_reckons_nothing():
    rows = list(csv.reader(io.StringIO(report.as_csv(made(), Zone.WITA, "here"))))
    assert rows[0][0] == "number"
    by_number = [row for row in rows if row[0] == "1"]
    assert [(row[5], row[6]) for row in by_number] == [("window 1", "60"), ("window 2", "30"),
                                                       ("window 1 (other)", "5")]
    assert next(row for row in rows if row[0] == "3")[1] == "'=cmd()", "a spreadsheet must not reckon with a name"
    assert next(row for row in rows if row[0] == "2")[5:7] == ["", "0"]
    assert by_number[0][7] == "2027-01-15 16:00 WITA"
