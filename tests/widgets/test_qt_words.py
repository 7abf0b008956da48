"""Qt's own words follow the operator's language; what is not ours stays as Qt has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFileSystemModel, QLineEdit

from app.runtime import language
from app.runtime.language import set_language
from widgets.common.qt_words import WORDS, QtWords

pytestmark = pytest.mark.screen


@pytest.fixture
def words(qapp: QApplication) -> Iterator[QtWords]:
    made = QtWords()
    qapp.installTranslator(made)
    yield made
    qapp.removeTranslator(made)


def menu_of(field: QLineEdit) -> list[str]:
    menu = field.createStandardContextMenu()
    found = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    menu.deleteLater()
    return found


def test_the_menu_of_a_text_field_follows_the_language(words: QtWords) -> None:
    field = QLineEdit("Losari")
    english = menu_of(field)
    set_language("id")
    indonesian = menu_of(field)
    assert indonesian[:5] == ["Urungkan", "Ulangi", "Potong", "Salin", "Tempel"]
    assert not set(indonesian) & set(english)
    field.deleteLater()


def test_the_columns_of_a_file_window_follow_the_language(words: QtWords) -> None:
    set_language("id")
    model = QFileSystemModel()
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert heads == ["Nama", "Ukuran", "Jenis", "Tanggal diubah"]


def test_names_of_keys_and_unknown_words_stay(words: QtWords) -> None:
    set_language("id")
    assert QKeySequence("Ctrl+Left").toString(QKeySequence.SequenceFormat.NativeText) == "Ctrl+Left"
    assert QCoreApplication.translate("QLineEdit", "Unheard of") == "Unheard of"


def test_every_word_has_its_indonesian() -> None:
    known = language.read_catalogue(language.catalogue_path("id"), "id").singular
    assert [word for word in sorted(WORDS) if word not in known] == []
