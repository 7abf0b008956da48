"""The camera list by keyboard: words, filters, what is kept, and an answer that comes later than Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.model.camera import Camera
from app.model.pane import PaneState
from app.model.register import Area, Owner, Risk
from app.registry.directory import CameraDirectory
from app.registry.search_answer import Answer, Question, answered
from app.registry.search_groups import By
from app.registry.search_text import Field
from app.runtime.language import set_language
from widgets.cameras.dock import CameraDock
from widgets.cameras.filters import values
from widgets.cameras.tree_model import Role
from widgets.theme import Theme

pytestmark = pytest.mark.screen
WAJO = ("Makassar", "Wajo")
CITY = [Camera("a", 41, "Losari", WAJO, owner="o1", tags=("pasar",), restricted=True),
        Camera("b", 412, "Jl Pettarani", ("Makassar", "Rappocini"), owner="o2"),
        Camera("c", 500, "Pelabuhan", ("Ambon",), owner="o1", tags=("pelabuhan",))]


class LateFinder:
    """Answers when it is told to."""

    def __init__(self, directory: CameraDirectory) -> None:
        self._directory = directory
        self.waiting: list[tuple[Question, Callable[[Answer], None]]] = []

    def ask(self, asker: str, question: Question, then: Callable[[Answer], None]) -> bool:
        self.waiting.append((question, then))
        return True

    def answer(self, which: int = -1) -> None:
        question, then = self.waiting[which]
        then(answered(question, self._directory, None))


@pytest.fixture
def directory() -> CameraDirectory:
    made = CameraDirectory(CITY)
    made.replace_register([Owner("o1", "Dishub Makassar"), Owner("o2", "Hotel Aryaduta")],
                          [Area("1", ("Makassar",)), Area("2", WAJO, risk=Risk.RED), Area("3", ("Ambon",))])
    return made


@pytest.fixture
def dock(qapp: Any, directory: CameraDirectory) -> Iterator[CameraDock]:
    kept: list[str] = []
    made = CameraDock(directory, Theme("dark", qapp), keep=kept.append)
    made.resize(256, 600)
    made.show()
    made.kept = kept                                    # type: ignore[attr-defined]
    yield made
    made.close()
    made.deleteLater()


def listed(dock: CameraDock) -> list[str]:
    """The rows in sight, branches and cameras."""
    rows, index = [], dock.view.tree.index(0, 0)
    while index.isValid():
        rows.append(index.data())
        index = dock.view.indexBelow(index)
    return rows


def test_a_tree_without_words_and_hits_with_them(dock: CameraDock) -> None:
    assert listed(dock) == ["Makassar", "Wajo", "0041 Losari", "Rappocini", "0412 Jl Pettarani", "Ambon",
                            "0500 Pelabuhan"]
    QTest.keyClicks(dock.search, "pe")
    assert listed(dock) == ["0412 Jl Pettarani", "0500 Pelabuhan"]
    QTest.keyClicks(dock.search, "zz")
    assert listed(dock) == [] and dock._note.isVisible()
    QTest.keyClick(dock.search, Qt.Key.Key_Escape)
    assert len(listed(dock)) == 7 and not dock._note.isVisible()


def test_enter_takes_the_best_hit_and_down_walks_to_another(dock: CameraDock) -> None:
    chosen: list[str] = []
    dock.chosen.connect(chosen.append)
    QTest.keyClicks(dock.search, "pe")
    QTest.keyClick(dock.search, Qt.Key.Key_Return)
    QTest.keyClick(dock.search, Qt.Key.Key_Down)
    QTest.keyClick(dock.view, Qt.Key.Key_Down)
    QTest.keyClick(dock.view, Qt.Key.Key_Return)
    assert chosen == ["b", "c"]


def test_enter_waits_for_the_answer_to_what_was_typed(dock: CameraDock, directory: CameraDirectory) -> None:
    """A scanner types faster than anything answers: what stands in the list is older than the words."""
    finder = directory.finder = LateFinder(directory)
    chosen: list[str] = []
    dock.chosen.connect(chosen.append)
    QTest.keyClicks(dock.search, "500")
    QTest.keyClick(dock.search, Qt.Key.Key_Return)
    finder.answer(0)                                    # to "5", which nobody asks any more
    assert chosen == []
    finder.answer()
    assert chosen == ["c"]


def test_filters_are_words_and_the_menu_writes_them(dock: CameraDock, directory: CameraDirectory) -> None:
    dock._menu.aboutToShow.emit()
    menus = [action.menu() for action in dock._menu.actions() if action.menu()]
    owners = menus[0].actions()
    assert [action.text() for action in owners] == ["Dishub Makassar", "Hotel Aryaduta"]
    owners[0].trigger()
    assert dock.search.text() == 'owner:"Dishub Makassar"'
    assert listed(dock) == ["Makassar", "Wajo", "0041 Losari", "Ambon", "0500 Pelabuhan"]
    set_language("id")
    assert values(Field.RISK, directory) == ["merah", "kuning", "hijau", "tanpa"]
    dock.search.setText("risiko:merah")
    assert listed(dock) == ["Makassar", "Wajo", "0041 Losari"]


def test_values_are_completed_where_the_cursor_is(dock: CameraDock) -> None:
    QTest.keyClicks(dock.search, "pett owner:ar")
    assert dock._completion.fitting() == (Field.OWNER, "owner:ar", ["Hotel Aryaduta"])
    assert dock._completion.is_open
    dock._completion._take("Hotel Aryaduta")
    assert dock.search.text() == 'pett owner:"Hotel Aryaduta" '
    assert listed(dock) == ["0412 Jl Pettarani"]


def test_by_owner_with_counts_of_what_is_wrong(dock: CameraDock) -> None:
    dock.set_states({"a": PaneState.LOST, "b": PaneState.LIVE})
    dock.part_by(By.OWNER)
    tree = dock.view.tree
    assert [tree.index(row, 0).data(Role.COUNT) for row in range(2)] == [(1, 2), (1, 1)]
    dock.problems.click()
    assert listed(dock) == ["Dishub Makassar", "Wajo", "0041 Losari"]
    dock.everything.click()
    dock.search.setText("state:live")
    assert listed(dock) == ["Hotel Aryaduta", "Rappocini", "0412 Jl Pettarani"]


def test_what_is_kept_comes_back_without_the_words(dock: CameraDock, directory: CameraDirectory, qapp: Any) -> None:
    dock.part_by(By.TAG)
    dock.search.setText('pett tag:pasar pemilik:"Dishub Makassar"')
    kept = dock.state()
    assert kept == 'tag tag:pasar pemilik:"Dishub Makassar"'
    other = CameraDock(directory, Theme("dark", qapp))
    other.restore("nonsense here")
    assert other.search.text() == ""
    other.restore(kept)
    assert other.search.text() == 'tag:pasar pemilik:"Dishub Makassar"' and other.state() == kept
    other.deleteLater()


def test_an_unfolded_branch_stays_so_when_cameras_come(dock: CameraDock, directory: CameraDirectory) -> None:
    ambon = dock.view.tree.branch_index(("Ambon",))
    dock.view.setExpanded(ambon, False)
    directory.replace([*CITY, Camera("d", 7, "Baru", ("Kupang",))])
    for _ in range(5000):
        QTest.qWait(2)
        if dock.view.tree.rowCount() == 3:
            break
    assert "0007 Baru" in listed(dock) and "0500 Pelabuhan" not in listed(dock)


def crowded(directory: CameraDirectory) -> None:
    """More cameras of each kind than the list shows at once."""
    directory.replace([Camera(f"s{i}", 1 + i, f"{'Simpang' if i < 60 else 'Sudut'} {i}", ("Ambon",),
                              restricted=not i % 7) for i in range(120)])


@pytest.mark.parametrize("pointed", [False, True])
def test_other_hits_begin_with_the_best_one_and_forget_what_was_marked(
        dock: CameraDock, directory: CameraDirectory, pointed: bool) -> None:
    crowded(directory)
    QTest.keyClicks(dock.search, "s")
    dock.view.setCurrentIndex(dock.view.tree.index(3, 0))
    dock.view.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse, pointed)
    resets: list[None] = []
    dock.view.tree.modelReset.connect(lambda: resets.append(None))
    QTest.keyClicks(dock.search, "u")
    assert bool(resets) is pointed          # a press under the pointer must not meet another camera in its row
    assert [index.row() for index in dock.view.selectionModel().selectedIndexes()] == [0]
    chosen: list[str] = []
    dock.chosen.connect(chosen.append)
    QTest.keyClick(dock.search, Qt.Key.Key_Return)
    assert chosen == ["s60"]


def test_hits_lie_where_qt_looks_for_them(dock: CameraDock, directory: CameraDirectory,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """They are painted past Qt: the picture is the one that its own way paints, row for row."""
    crowded(directory)
    QTest.keyClicks(dock.search, "s")
    dock.view.tree.show_rest()
    dock.view.setCurrentIndex(dock.view.tree.index(5, 0))

    def pictures() -> list[Any]:
        found = []
        for place in (0, 13, 24 * 40 + 7, dock.view.verticalScrollBar().maximum()):
            dock.view.verticalScrollBar().setValue(place)
            found.append(dock.view.viewport().grab().toImage())
        return found

    pictures()                              # a text that comes a second time is drawn another way, see words.py
    own = pictures()
    assert len({image.cacheKey() for image in own}) == 4 and own[0] != own[1]
    monkeypatch.setattr(type(dock.view.tree), "is_flat", False)
    assert pictures() == own
