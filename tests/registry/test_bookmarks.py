"""Bookmarks in the registry: kept whole, changed with their history, refused when of no use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from app.model.bookmark import Bookmark, Marked, Severity
from app.model.errors import OperatorError

AT = 1_790_000_000_000_000
MARK = Bookmark("", AT, AT - 60_000_000, AT + 60_000_000, (Marked("a", 101, "Losari"), Marked("b", 7, "Pelabuhan")),
                "flood", "  water at the gate ", "BPBD", Severity.HIGH, "rina")


def test_a_bookmark_comes_back_as_it_was(registry):
    kept = registry.bookmarks.save(MARK)
    assert kept.id
    assert registry.bookmarks.all() == [kept]
    assert kept == replace(MARK, id=kept.id, words="water at the gate", station=kept.station)


def test_a_change_keeps_who_marked_and_tells_the_log_what_was_there(registry):
    kept = registry.bookmarks.save(MARK)
    registry.bookmarks.save(replace(kept, words="dry again", severity=Severity.LOW))
    assert [(one.words, one.operator) for one in registry.bookmarks.all()] == [("dry again", "rina")]
    logged = registry._store.query("SELECT action, what FROM change_log WHERE tbl = 'bookmarks' ORDER BY id")
    assert [row["action"] for row in logged] == ["added", "changed"]
    assert "water at the gate" in logged[1]["what"]


def test_its_history_tells_who_changed_what_from_what(registry):
    kept = registry.bookmarks.save(MARK, "rina")
    registry.bookmarks.save(replace(kept, words="dry again", severity=Severity.LOW), "budi")
    registry.bookmarks.remove(kept.id)
    removed, severity, words, added = registry.bookmarks.history(kept.id)
    assert (removed.action, added.action, added.station) == ("removed", "added", "rina")
    assert {(one.station, one.field, one.before, one.after) for one in (words, severity)} == {
        ("budi", "words", "water at the gate", "dry again"), ("budi", "severity", 3, 1)}
    assert registry.bookmarks.history("none") == []


def test_the_newest_first_and_a_removed_one_can_be_put_back(registry):
    older = registry.bookmarks.save(MARK)
    newer = registry.bookmarks.save(replace(MARK, at=AT + 1))
    assert registry.bookmarks.remove(older.id)
    assert not registry.bookmarks.remove(older.id)
    registry.bookmarks.save(older)
    assert registry.bookmarks.all() == [newer, older]


@pytest.mark.parametrize("broken", [replace(MARK, cameras=()), replace(MARK, t0=AT + 1), replace(MARK, at=0, t0=0)])
def test_what_is_of_no_use_is_refused(registry, broken):
    with pytest.raises(OperatorError):
        registry.bookmarks.save(broken)


def test_words_are_found_in_all_its_fields():
    assert MARK.matches("FLOOD gate")
    assert MARK.matches("0007 rina")
    assert not MARK.matches("flood fire")


@pytest.mark.parametrize("cameras", ["nonsense", "7", "null", '[["a"]]', '[["a", "many", "Losari"]]', "[" * 100_000])
def test_a_row_edited_by_hand_into_nonsense_is_passed_over(registry, cameras, caplog):
    good = registry.bookmarks.save(MARK)
    bad = registry.bookmarks.save(MARK)
    with closing(sqlite3.connect(registry.path)) as db, db:
        db.execute("UPDATE bookmarks SET cameras = ? WHERE id = ?", (cameras, bad.id))
    assert registry.bookmarks.all() == [good]
    assert f"bookmark {bad.id} makes no sense" in caplog.text
