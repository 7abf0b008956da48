"""Texts: both languages level with the source, fields checked, switched while the program runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.runtime import language

ROOT = Path(__file__).resolve().parents[2]
HEAD = '''msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

'''


def catalogue(folder: Path, entries: str) -> language.Catalogue:
    path = folder / "lawang.po"
    path.write_text(HEAD + entries, "utf-8")
    return language.read_catalogue(path, "id")


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_no_translation_changes_its_fields(code: str) -> None:
    assert language.read_catalogue(language.catalogue_path(code), code).refused == ()


def test_catalogues_are_level_with_the_source() -> None:
    """When this fails: make messages, then translate what is empty in resources/locale/id."""
    result = subprocess.run([sys.executable, "tools/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True,
                            timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_translation_with_other_fields_is_refused(tmp_path: Path) -> None:
    read = catalogue(tmp_path, 'msgid "Scene {name}"\nmsgstr "Adegan {nama}"\n')
    assert read.singular == {}
    assert "nama" in read.refused[0].reason


def test_a_broken_brace_is_refused(tmp_path: Path) -> None:
    assert catalogue(tmp_path, 'msgid "Scene {name}"\nmsgstr "Adegan {name"\n').refused


def test_unfinished_and_fuzzy_entries_show_the_source(tmp_path: Path) -> None:
    read = catalogue(tmp_path, 'msgid "Tour"\nmsgstr ""\n\n#, fuzzy\nmsgid "Lost"\nmsgstr "Hilang"\n')
    assert read.singular == {} and read.refused == ()


def test_one_plural_form_serves_all_counts(tmp_path: Path) -> None:
    read = catalogue(tmp_path, 'msgid "{n} camera"\nmsgid_plural "{n} cameras"\nmsgstr[0] "{n} kamera"\n')
    assert read.plurals == {"{n} camera": ("{n} kamera",)}


def test_listeners_hear_of_a_switch_once() -> None:
    heard: list[str] = []
    language.language_changed.connect(heard.append)
    try:
        language.set_language("id")
        language.set_language("id")
    finally:
        language.language_changed.disconnect(heard.append)
    assert heard == ["id"]
    assert language.current_language() == "id"


def test_an_unknown_text_stays_as_it_is() -> None:
    language.set_language("id")
    assert language.gettext("no such text {x}") == "no such text {x}"
    assert language.ngettext("one", "many", 1) == "one" and language.ngettext("one", "many", 2) == "many"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        language.set_language("fr")


@pytest.mark.parametrize(("value", "code"), [
    ("id_ID.UTF-8", "id"), ("id", "id"), ("in_ID", "id"), ("en_US.UTF-8", "en"), ("C", "en"), ("is_IS", "en"),
])
def test_the_first_start_follows_the_system(monkeypatch: pytest.MonkeyPatch, value: str, code: str) -> None:
    monkeypatch.setenv("LC_ALL", value)
    assert language.system_language() == code
