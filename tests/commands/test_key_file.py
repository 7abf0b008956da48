"""The operator's own keys: changed in memory without conflicts, written whole, read back the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.commands import KeyMap
from app.commands.key_file import can_change, changes_of, rivals, save, with_default, with_keys
from app.features import table
from app.model.errors import OperatorError


def test_what_was_changed_is_read_back(tmp_path: Path) -> None:
    changed = with_keys(KeyMap(table()), "layout.next", ("Ctrl+J", "J"))
    file = tmp_path / "config" / "keys.toml"
    save(file, changed)
    again = KeyMap.load(table(), file)
    assert again.problems == () and changes_of(again) == {"layout.next": ("Ctrl+J", "J")}


def test_a_key_taken_from_another_command_is_gone_there() -> None:
    before = KeyMap(table())
    assert [row.id for row in rivals(before, "layout.next", "delete")] == ["pane.clear"]
    after = with_keys(before, "layout.next", ("Delete",))
    assert after.keys_of("pane.clear") == () and after.problems == ()
    back = with_default(after, "pane.clear")
    assert back.keys_of("pane.clear") == ("Delete",) and back.keys_of("layout.next") == ()


def test_commands_that_never_meet_share_a_key() -> None:
    """Enter shows a number that is typed, and one pane alone when none is."""
    assert rivals(KeyMap(table()), "number.enter", "Enter") == ()


def test_lines_of_a_newer_program_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('"of.next_year" = ["Ctrl+Y"]\n', "utf-8")
    save(file, KeyMap(table()))
    assert '"of.next_year" = ["Ctrl+Y"]' in file.read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("in the way")
    with pytest.raises(OperatorError, match="cannot be kept"):
        save(tmp_path / "config" / "keys.toml", KeyMap(table()))


def test_what_needs_words_has_no_key() -> None:
    assert not can_change(table()["layout.set"]) and not can_change(table()["number.key"])
    assert can_change(table()["layout.next"])
