"""No words are cut off and nothing lies over another: every page and form in both languages, also at 200 %."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from tests.widgets.window.with_registry import Shown, opening, shown, station, until
from widgets.pages import PAGES
from widgets.playback.timeline import TimelinePanel
from widgets.window.console import Console

pytestmark = pytest.mark.screen
__all__ = ["opening", "shown", "station"]
SIZES = ((960, 540), (1280, 720), (1920, 1080))        # the first: a usual screen at 200 %
BESIDE_PX = {QComboBox: 34, QCheckBox: 20}      # arrow and air; the box and its gap
BEARING_PX = 4                                          # Qt keeps two pixels on each side of a field's words
SLACK_PX = 1                                    # widths of letters are fractions


def cut_words(root: QWidget) -> list[str]:
    """Words on labels, buttons, closed lists and empty fields that have less room than they need."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        metrics = widget.fontMetrics()
        lines: list[str] = []
        if isinstance(widget, QLabel) and widget.pixmap().isNull():
            if widget.wordWrap():
                if widget.text() and widget.heightForWidth(widget.width()) > widget.height() + metrics.descent():
                    found.append(f"{widget.text()!r} is higher than its place")
                continue
            lines = widget.text().splitlines()
        elif isinstance(widget, QPushButton):
            if widget.text() and widget.width() + SLACK_PX < widget.sizeHint().width():
                found.append(f"{widget.text()!r}: its button needs {widget.sizeHint().width()} of {widget.width()}")
            continue
        elif isinstance(widget, QCheckBox):
            lines = [widget.text().replace("&", "")]
        elif isinstance(widget, QComboBox):
            lines = [widget.currentText()]
        elif isinstance(widget, QLineEdit) and not widget.text():
            lines = [widget.placeholderText()]
        room = widget.contentsRect().width() - next(
            (beside for kind, beside in BESIDE_PX.items() if isinstance(widget, kind)), 0)
        if isinstance(widget, QLineEdit):
            room = inside(widget)
        found += [f"{line!r} needs {metrics.horizontalAdvance(line)} of {room}" for line in lines
                  if line and metrics.horizontalAdvance(line) > room + SLACK_PX]
    return found


def inside(field: QLineEdit) -> int:
    """What a field leaves for words beside its signs, pixels."""
    option = QStyleOptionFrame()
    field.initStyleOption(option)
    room = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field).width()
    signs = (button.width() for button in field.findChildren(QAbstractButton) if button.isVisible())
    return room - field.textMargins().left() - field.textMargins().right() - BEARING_PX - sum(signs)


def at_rest(found: Callable[[], list[str]]) -> list[str]:
    """What is found once the layouts are at rest: what arrives late makes its room a moment later."""
    for _look in range(100):
        QCoreApplication.processEvents()
        QCoreApplication.processEvents()
        if not found():
            return []
        threading.Event().wait(0.03)
    return found()


def looked_at(frame: QWidget) -> list[str]:
    return at_rest(lambda: cut_words(frame))


def test_a_label_that_is_too_narrow_is_found(qapp: QApplication) -> None:
    room = QWidget()
    label = QLabel("Kamera menolak kata sandi", room)
    label.resize(label.sizeHint())
    room.resize(400, 40)
    room.show()
    assert cut_words(room) == []
    label.resize(label.width() - 12, label.height())
    assert len(cut_words(room)) == 1
    room.close()


def test_a_hint_that_is_too_long_for_its_field_is_found(qapp: QApplication) -> None:
    room = QWidget()
    field = QLineEdit(room)
    field.setPlaceholderText("Kamera, wilayah, tag atau adegan…")
    field.resize(400, 32)
    room.resize(420, 40)
    room.show()
    assert cut_words(room) == []
    field.resize(120, 32)
    assert len(cut_words(room)) == 1
    field.setText("Losari")
    assert cut_words(room) == [], "what is typed scrolls"
    room.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_cuts_its_words(shown: Shown, language: str, size: tuple[int, int]) -> None:
    frame = shown.frame
    assert isinstance(frame, Console) and frame.cover is not None
    shown.station.dispatcher.run(f"language.{language}")
    frame.resize(*size)
    until(lambda: (frame.width(), frame.height()) == size)
    cut = {"wall": looked_at(frame)}
    shown.station.dispatcher.run("bookmark.describe")
    cut["form of a bookmark"] = looked_at(frame)
    shown.key(Qt.Key.Key_Escape)
    shown.station.dispatcher.run("scene.save_as")
    cut["form of a scene"] = looked_at(frame)
    shown.key(Qt.Key.Key_Escape)
    for page in PAGES:
        assert shown.station.dispatcher.run(f"page.{page.name}")
        cut[page.name] = looked_at(frame)
        if page.name == "cameras":
            assert shown.station.dispatcher.run("register.add")
            cut["form of a camera"] = looked_at(frame)
    assert {where: words for where, words in cut.items() if words} == {}


def overlapping(row: QWidget) -> list[str]:
    """Parts of a row that lie over each other, or are narrower than they need."""
    parts = [part for part in row.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
             if part.isVisible() and part.width()]
    over = [f"{a.accessibleName() or a} lies over {b.accessibleName() or b}" for place, a in enumerate(parts)
            for b in parts[place + 1:] if a.geometry().intersects(b.geometry())]
    return over + [f"{part.accessibleName() or part} has {part.width()} of {part.sizeHint().width()}" for part in parts
                   if isinstance(part, QAbstractButton) and part.width() < min(part.sizeHint().width(),
                                                                               part.maximumWidth()) - SLACK_PX]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_replay_lays_nothing_over_another(shown: Shown, size: tuple[int, int]) -> None:
    """The bar says what was replayed, and the timeline has a head: both are the longest in Indonesian."""
    frame = shown.frame
    assert isinstance(frame, Console)
    shown.station.dispatcher.run("language.id")
    frame.resize(*size)
    until(lambda: (frame.width(), frame.height()) == size)
    now = time.time_ns() // 1000
    pane = shown.state.panes[0]
    shown.station.recording.recorded[pane.camera] = (((now - 600_000_000, now),), ())
    shown.station.recording.changed.emit()
    until(lambda: in_replay(shown))
    timeline = frame.findChild(TimelinePanel)
    assert timeline is not None and (head := timeline.live.parentWidget()) is not None
    assert at_rest(lambda: overlapping(frame.bar) + overlapping(head)) == []
    assert looked_at(timeline) == []


def in_replay(shown: Shown) -> bool:
    """Asked for until the index has told what there is."""
    timeline = shown.frame.findChild(TimelinePanel)
    if timeline is not None and timeline.isVisible() and timeline.live.isEnabled():
        return True
    shown.station.dispatcher.run("replay.back")
    return False
