"""What the palette offers beyond commands: cameras that were found elsewhere, and what features let it find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.commands import Context, Dispatcher
from app.features import table
from app.model.camera import Camera
from app.registry.directory import CameraDirectory
from app.registry.search_answer import Answer, Question, answered
from widgets.palette.entries import search
from widgets.palette.offers import Offer, OfferGroup
from widgets.palette.palette import Palette
from widgets.theme import Theme

LOSARI = Camera("a", 41, "Losari", ("Makassar",))
OFFERS = [OfferGroup(lambda: "Things", lambda: [
    Offer("1 Losari malam", "layout.set", {"name": "2x2"}, also="4 panes", symbol="squares-four"),
    Offer("2 Wajo", "layout.set", {"name": "3x3"}), Offer("3 Losari lost", "nothing.of_that_name")])]


def found(text: str) -> list[tuple[str, str]]:
    lines = search(text, Dispatcher(table(), Context), [LOSARI], 1, "", dict, OFFERS).entries
    return [(line.title, line.command) for line in lines]


def test_what_features_offer_is_found_by_its_words_and_runs_its_command() -> None:
    assert found("losari") == [("Things", ""), ("1 Losari malam", "layout.set"), ("Cameras", ""), ("0041 Losari", "")]
    assert found("zzz") == [("Cameras", ""), ("0041 Losari", "")]      # what the finder found is not judged again
    assert ("Things", "") not in found("")


def test_cameras_of_a_typo_stand_after_commands_of_that_very_word() -> None:
    """Who types "dark" and Enter means the theme, whatever the finder forgave."""
    heads = [title for title, command in found("dark theme") if not command and title != "0041 Losari"]
    assert heads[-1] == "Cameras" and len(heads) > 1
    assert found("dark theme")[1][1] == "theme.dark"


@pytest.mark.screen
def test_without_anything_found_the_field_keeps_its_room(qapp: Any) -> None:
    window = QWidget()
    palette = Palette(window, Dispatcher(table(), Context), CameraDirectory([]), Theme("dark", qapp), dict)
    window.resize(800, 600)
    window.show()
    palette.open(None, QRect(), 0)
    tall = palette.field.height()
    QTest.keyClicks(palette.field, "zzzz")
    qapp.processEvents()
    assert palette.list.isHidden() and palette.field.height() == tall
    palette.field.clear()
    assert not palette.list.isHidden()
    window.close()
    window.deleteLater()


@pytest.mark.screen
def test_enter_before_the_answer_means_what_was_typed(qapp: Any) -> None:
    """The list in sight belongs to older words."""
    waiting: list[tuple[Question, Callable[[Answer], None]]] = []

    class LateFinder:
        def ask(self, asker: str, question: Question, then: Callable[[Answer], None]) -> bool:
            waiting.append((question, then))
            return True

    directory = CameraDirectory([LOSARI, Camera("b", 500, "Wajo")])
    directory.finder = LateFinder()
    window = QWidget()
    palette = Palette(window, Dispatcher(table(), Context), directory, Theme("dark", qapp), dict)
    chosen: list[str] = []
    palette.chosen_camera.connect(chosen.append)
    window.resize(800, 600)
    window.show()
    palette.open(None, QRect(), 0)
    QTest.keyClicks(palette.field, "500")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert chosen == [] and palette.isVisible()
    question, then = waiting[-1]
    then(answered(question, directory, None))
    assert chosen == ["b"] and not palette.isVisible()
    window.close()
    window.deleteLater()


def test_what_a_feature_says_of_a_command_stands_behind_its_title_and_the_layout_only_once() -> None:
    lines = search("layout 4x4", Dispatcher(table(), Context), [], 1, "", dict, (), [
        lambda command: "61 % of this machine" if command == "layout.4x4" else "", lambda _command: ""]).entries
    assert [(line.command, line.also) for line in lines if line.command] == [("layout.4x4", "61 % of this machine")]
