"""How keys are written, and which command they find."""

from itertools import combinations
from pathlib import Path

import pytest

from app.commands import ALONE, CAMERA, TYPING, Command, Context, KeyMap, Table
from app.commands.keymap import document
from app.commands.keys import bare, normalise, without_numpad
from app.features import table
from app.runtime import paths

LOOK = Command("look", "look", "Test", ("L", "Num 4"), when=CAMERA)
LEAP = Command("leap", "leap", "Test", ("J",))
LAND = Command("land", "land", "Test", ("L",), when=~CAMERA)
OPEN = Command("open", "open {what}", "Test", ("Ctrl+K",), typing=True, fixed=(("what", "door"),))
ROWS = Table((LOOK, LEAP, LAND, OPEN))


@pytest.mark.parametrize(("text", "key"), [
    ("ctrl+shift+i", "Ctrl+Shift+I"), ("Shift+Ctrl+I", "Ctrl+Shift+I"), ("+", "+"), ("Ctrl++", "Ctrl++"),
    ("Ctrl+", "Ctrl++"),
    ("numpad 4", "Num 4"), ("Num +", "Num +"), ("Ctrl+Num +", "Ctrl+Num +"), ("return", "Enter"), ("f11", "F11"),
    ("Num Enter", "Num Enter"), (" l ", "L"), ("minus", "-"), ("Alt+/", "Alt+/"), ("[", "["), ("PageUp", "PgUp")])
def test_one_way_of_writing(text: str, key: str) -> None:
    assert normalise(text) == key == normalise(key)


@pytest.mark.parametrize("text", ["", "Hyper+A", "F36", "Banana", "Num Banana", " "])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        normalise(text)


def test_release_knows_the_bare_key() -> None:
    assert [bare(k) for k in ("Shift+Left", "Num +", "Ctrl++", "A")] == ["Left", "+", "+", "A"]
    assert without_numpad("Ctrl+Num 4") == "Ctrl+4"


def test_the_context_decides_between_commands_on_one_key() -> None:
    keys = KeyMap(ROWS)
    assert keys.find("L", Context(camera=True)) is LOOK
    assert keys.find("L", Context()) is LAND
    assert keys.find("L", Context(typing=True)) is None        # letter keys never fire while someone types
    assert keys.find("Ctrl+K", Context(typing=True)) is OPEN
    assert keys.find("Num J", Context()) is LEAP and keys.find("Num 4", Context(camera=True)) is LOOK
    assert keys.find("4", Context(camera=True)) is None
    assert keys.keys_of("look") == ("L", "Num 4") and keys.problems == ()


def test_a_changed_key_wins_over_a_default_one() -> None:
    keys = KeyMap(ROWS, {"leap": ("l", "space"), "open": ()})
    assert keys.find("L", Context()) is LEAP and keys.find("J", Context()) is None
    assert keys.keys_of("leap") == ("L", "Space") and keys.keys_of("open") == () and keys.keys_of("land") == ()
    assert keys.is_changed("leap") and keys.is_changed("land") and keys.is_changed("look")
    assert keys.problems == ("Key L runs “leap”, so “look” does not have it.",
                             "Key L runs “leap”, so “land” does not have it.")


def test_of_two_changes_the_first_wins() -> None:
    keys = KeyMap(ROWS, {"leap": ("X",), "open": ("X", "Y")})
    assert keys.find("X", Context()) is LEAP and keys.keys_of("open") == ("Y",)
    assert keys.problems == ("Key X runs “leap”, so “open door” does not have it.",)


def test_what_the_file_says_wrongly_is_told() -> None:
    keys = KeyMap(ROWS, {"fly": ("F",), "leap": ("Banana", "G")})
    assert keys.keys_of("leap") == ("G",)
    assert keys.problems == ("The key file names “fly”, which is no command.",
                             "The key file gives “leap” the key “Banana”, which is no key.")


def test_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    assert KeyMap.load(ROWS, file).problems == ()
    file.write_text('"leap" = ["G", "H"]\n"look" = "M"\n"land" = 7\n', "utf-8")
    keys = KeyMap.load(ROWS, file)
    assert keys.keys_of("leap") == ("G", "H") and keys.keys_of("look") == ("M",) and keys.keys_of("land") == ("L",)
    assert keys.problems == ("The key file gives “land” something that is not a list of keys.",)
    file.write_bytes(b'"leap" = [\xff')
    broken = KeyMap.load(ROWS, file)
    assert len(broken.problems) == 1 and "default keys are in force" in broken.problems[0]
    assert broken.keys_of("leap") == ("J",)


def test_the_default_key_file_is_fresh_and_loads_as_the_defaults() -> None:
    """Make it again with: python -c "from app.commands.keymap import document; from app.features import table;
    print(document(table()), end='')" > resources/keymap/default.toml
    """
    file = paths.resources_dir() / "keymap" / "default.toml"
    assert file.read_text("utf-8") == document(table())
    keys = KeyMap.load(table(), file)
    assert keys.problems == () and not any(keys.is_changed(row.id) for row in table())


def test_tables_refuse_duplicates() -> None:
    with pytest.raises(ValueError, match="two commands are called leap"):
        Table((LEAP, LEAP))
    with pytest.raises(ValueError, match="key J would run both leap and x"):
        Table((LEAP, Command("x", "x", "Test", ("j",), when=ALONE)))
    assert len(Table((LOOK, LAND))) == 2                       # the same key where both can never fire


def test_conditions_combine() -> None:
    both = (CAMERA & ALONE) | TYPING
    assert both(Context(camera=True, alone=True)) and both(Context(typing=True)) and not both(Context(camera=True))
    assert repr(~both) == "~((camera & alone) | typing)"
    assert CAMERA.overlaps(ALONE) and not CAMERA.overlaps(~CAMERA)


def test_no_key_twice_in_the_program() -> None:
    """The table refuses it as well; this looks at the result from the outside."""
    for first, second in combinations(table(), 2):
        shared = {normalise(k) for k in first.keys} & {normalise(k) for k in second.keys}
        assert not shared or not first.effective.overlaps(second.effective), (first.id, second.id, shared)
