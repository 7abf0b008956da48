"""The report by camera, area and owner, and its CSV."""

from __future__ import annotations

import csv
import io

from app.availability.report import By, as_csv, columns, lines, worst_first
from app.availability.uptime import History, Uptime
from app.model.camera import Camera
from app.model.register import Owner

GOOD, BAD = Uptime(90, 10, 1, 10), Uptime(40, 60, 3, 30)
CAMERAS = [Camera("a", 1, "=cmd()", ("Makassar", "Wajo"), owner="o"), Camera("b", 2, "Dua", ("Makassar",)),
           Camera("c", 3, "Tiga", ("Ambon",), owner="o")]
OWNERS = {"o": Owner("o", "Dishub")}
KNOWN = {"a": History((GOOD,) * 3), "b": History((BAD,) * 3)}


def test_every_camera_has_its_line_and_the_worst_comes_first() -> None:
    found = worst_first(lines(By.CAMERA, CAMERAS, OWNERS, KNOWN), 2)
    assert [line.key for line in found] == ["b", "a", "c"] and found[2].ranges[2].share is None
    assert found[1].owner == "Dishub" and found[1].area == "Makassar > Wajo"


def test_areas_hold_all_below_them() -> None:
    found = {line.key: line for line in lines(By.AREA, CAMERAS, OWNERS, KNOWN)}
    assert found["Makassar"].ranges[0] == GOOD + BAD and found["Makassar"].cameras == 2
    assert found["Makassar > Wajo"].ranges[0] == GOOD and found["Ambon"].watched == 0


def test_owners_and_cameras_without_one() -> None:
    found = {line.key: line for line in lines(By.OWNER, CAMERAS, OWNERS, KNOWN)}
    assert found["o"].name == "Dishub" and (found["o"].cameras, found["o"].watched) == (2, 1)
    assert found[""].ranges[1] == BAD


def test_csv_is_safe_in_a_spreadsheet_and_says_nothing_of_what_nobody_watched() -> None:
    text = as_csv(worst_first(lines(By.CAMERA, CAMERAS, OWNERS, KNOWN), 0))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[0] == columns() and [len(row) for row in rows] == [len(columns())] * 4
    assert rows[2][1] == "'=cmd()" and rows[2][5] == "90.00" and rows[3][5] == ""
