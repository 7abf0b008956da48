"""Layouts with a name of their own: kept, renamed, forgotten, refused with a sentence."""

from __future__ import annotations

import sqlite3

import pytest

from app.model.errors import OperatorError
from layouts.names import custom, grid, merge

DRAWN = merge(grid(3, 3), 0, 4).name


def test_a_layout_comes_back_and_may_be_changed_and_forgotten(registry):
    kept = registry.layouts.save(" Malam ", DRAWN)
    assert kept.name == "Malam"
    assert registry.layouts.all() == [kept]
    other = registry.layouts.save("apel", "4x4")
    assert [layout.name for layout in registry.layouts.all()] == ["apel", "Malam"]
    changed = registry.layouts.save("Pagi", "1+7", kept.id)
    registry.layouts.save("Pagi", "1+7", kept.id)
    assert registry.layouts.all() == [other, changed]
    assert registry.layouts.remove(other.id)
    assert not registry.layouts.remove(other.id)
    assert registry._store.rows("SELECT action FROM change_log WHERE tbl = 'layouts' ORDER BY id") == [
        ("added",), ("added",), ("changed",), ("removed",)]


@pytest.mark.parametrize(("name", "layout", "sentence"), [
    ("", "4x4", "1 to 60"), ("x" * 61, "4x4", "1 to 60"), ("a\nb", "4x4", "1 to 60"), ("MALAM", "4x4", "already"),
    ("Baru", "4x", "no sense"), ("Baru", "99x99", "no sense")])
def test_what_is_of_no_use_is_refused(registry, name, layout, sentence):
    kept = registry.layouts.save("Malam", DRAWN)
    with pytest.raises(OperatorError, match=sentence):
        registry.layouts.save(name, layout)
    assert registry.layouts.all() == [kept]


def test_a_layout_edited_by_hand_into_nonsense_is_left_out(registry, caplog):
    registry.layouts.save("Malam", custom(2, 2, []).name)
    registry.layouts.save("Pagi", "2x2")
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE layouts SET layout = '9999x1' WHERE name = 'Malam'")
    db.close()
    assert [layout.name for layout in registry.layouts.all()] == ["Pagi"]
    assert "makes no sense" in caplog.text
