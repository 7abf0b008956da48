"""What each state looks like, read from the pixels of a real window."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from app.model.pane import PaneReport, PaneState
from app.model.wall import Pane, WindowState
from app.runtime import language
from tests.widgets.wall.conftest import MOMENT, Show, camera
from tests.widgets.wall.synthetic import LIVE, plain
from widgets.theme import DARK, LIGHT
from widgets.wall import Badges, Strips, Style

pytestmark = pytest.mark.screen

FROZEN = PaneReport(PaneState.FROZEN, age=7, last_picture=MOMENT - 7)
LOST = PaneReport(PaneState.LOST, age=268, cause="no-route", retry_in=3.4, last_picture=MOMENT - 268)
REFUSED = PaneReport(PaneState.REFUSED, age=90, cause="unauthorised")


def close(one: QColor, other: QColor | str, play: int = 3) -> bool:
    other = QColor(other)
    return all(abs(a - b) <= play for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_a_live_picture_is_untouched(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    assert close(shown.colour(320, 300), QColor(200, 0, 0), 0)
    assert close(shown.colour(2, 358), QColor(200, 0, 0), 0)


def test_a_late_picture_is_untouched_and_its_tag_is_amber(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.truth(p0=PaneReport(PaneState.LATE, age=2.4))
    image = shown.image()
    assert close(image.pixelColor(320, 180), QColor(200, 0, 0), 0)
    strip = [image.pixelColor(x, y) for x in range(520, 632) for y in range(4, 20)]
    assert any(close(ink, DARK.amber, 12) for ink in strip)


def test_frozen_is_dimmed_to_38_percent_with_a_red_frame_and_a_filled_tag(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.truth(p0=FROZEN)
    # (200, 0, 0) with 70 % of its saturation is about (159, 21, 21); 38 % of that light remains.
    seen = shown.colour(320, 330)
    assert 55 <= seen.red() <= 66 and seen.green() == seen.blue() and 5 <= seen.green() <= 12
    assert close(shown.colour(0, 200), DARK.red) and close(shown.colour(1, 200), DARK.red)
    assert not close(shown.colour(2, 200), DARK.red, 30)
    assert close(shown.colour(636, 3), DARK.red)


def test_lost_and_refused_are_grey_and_darker(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.truth(p0=LOST)
    lost = shown.colour(320, 330)
    assert lost.red() == lost.green() == lost.blue() and lost.red() > 10
    assert close(shown.colour(636, 3), DARK.red) and not close(shown.colour(0, 200), DARK.red, 30)
    shown.truth(p0=REFUSED)
    refused = shown.colour(320, 330)
    assert refused.red() == refused.green() == refused.blue() and 0 < refused.red() < lost.red()
    assert not close(shown.colour(638, 3), DARK.red, 30)        # outlined, not filled


def test_the_dimmed_picture_is_the_one_at_the_moment_of_freezing(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.truth(p0=FROZEN)
    before = shown.colour(320, 330)
    shown.engine.publish("w/0", plain(640, 360, 0, 250, 0))     # a late arrival does not undim a frozen pane
    shown.tick()
    assert shown.colour(320, 330) == before
    shown.truth(p0=LIVE)
    assert close(shown.colour(320, 330), QColor(0, 250, 0), 0)


def test_connecting_shows_nothing_of_a_former_camera(show: Show) -> None:
    shown = show(2, "1x1", 640, 360, selected=9)
    shown.cameras.add(camera(7))
    shown.view.show_state(WindowState("w", layout="1x1", panes=(Pane("cam7"),), selected=9))
    assert close(shown.colour(320, 330), DARK.behind)           # the reports at hand still say live, of the former one
    assert shown.view.counts().live == 0
    shown.truth(p0=LIVE)
    assert close(shown.colour(320, 330), QColor(200, 0, 0), 0)


def test_connecting_is_quiet(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.truth(p0=PaneReport(PaneState.CONNECTING, age=3))
    image = shown.image()
    assert close(image.pixelColor(320, 340), DARK.behind)
    inks = {image.pixelColor(x, y).rgb() for x in range(0, 640, 2) for y in range(40, 330, 2)}
    assert all(max(QColor(i).getRgb()[:3]) - min(QColor(i).getRgb()[:3]) < 40 for i in inks)     # no colour at all


def test_an_empty_pane_says_its_number_only(show: Show) -> None:
    shown = show(1, "1x2", 640, 180, Style.CONSOLE, selected=0)
    image = shown.image()
    area = [image.pixelColor(x, y) for x in range(400, 560) for y in range(60, 140)]
    assert any(not close(ink, DARK.behind, 10) for ink in area)
    assert shown.view.counts().total == 1


def test_the_selected_frame_lies_in_the_gap_of_a_console_and_inside_a_wall_pane(show: Show) -> None:
    console = show(4, "2x2", 800, 500, Style.CONSOLE, selected=0)
    assert close(console.colour(2, 100), DARK.accent) and close(console.colour(3, 100), DARK.accent)
    assert close(console.colour(4, 100), QColor(200, 0, 0), 0)
    assert close(console.colour(1, 100), DARK.ground)
    wall = show(4, "2x2", 800, 500, Style.WALL, selected=0)
    assert close(wall.colour(0, 100), DARK.accent) and close(wall.colour(1, 100), DARK.accent)


def test_a_window_without_the_keys_has_a_thin_quiet_frame(show: Show) -> None:
    shown = show(4, "2x2", 800, 500, Style.WALL, selected=0)
    shown.view.set_leads(False)
    assert close(shown.colour(0, 100), DARK.text) and close(shown.colour(1, 100), QColor(200, 0, 0), 0)
    shown.view.set_leads(True)
    assert close(shown.colour(1, 100), DARK.accent)


def test_a_frozen_selected_pane_has_both_frames(show: Show) -> None:
    shown = show(4, "2x2", 800, 500, Style.WALL, selected=0)
    shown.truth(p0=FROZEN)
    assert close(shown.colour(1, 100), DARK.accent) and close(shown.colour(3, 100), DARK.red)


def test_replay_wears_the_accent_and_a_selection_in_it_a_thin_light_frame(show: Show) -> None:
    shown = show(4, "2x2", 800, 500, Style.WALL, selected=0)
    shown.view.set_badges({"w/0": Badges(replay=True)})
    assert close(shown.colour(1, 100), DARK.accent)
    assert close(shown.colour(2, 100), DARK.text) and close(shown.colour(3, 100), QColor(200, 0, 0), 0)


def test_bare_panes_show_pictures_to_the_last_pixel(show: Show) -> None:
    shown = show(4, "2x2", 640, 360, Style.BARE)
    image = shown.image()
    assert all(close(image.pixelColor(x, y), QColor(200, 0, 0), 0)
               for x in (0, 1, 319, 320, 638, 639) for y in (0, 1, 179, 180, 359))


def test_small_panes_have_a_number_plate_until_something_is_to_be_said(show: Show) -> None:
    shown = show(64, "8x8", 1920, 1080, Style.WALL, selected=63)
    assert close(shown.colour(200, 8), QColor(200, 0, 0), 0)
    assert not close(shown.colour(2, 8), QColor(200, 0, 0), 60)
    shown.truth(p0=PaneReport(PaneState.LATE, age=3.1))
    assert not close(shown.colour(150, 14), QColor(200, 0, 0), 60)
    shown.truth(p0=LIVE)
    assert close(shown.colour(200, 8), QColor(200, 0, 0), 0)


def test_strips_only_when_something_is_wrong(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.view.set_style(Style.WALL, Strips.WRONG)
    assert close(shown.colour(4, 4), QColor(200, 0, 0), 0)
    shown.truth(p0=LOST)
    assert close(shown.colour(636, 3), DARK.red)


def test_the_light_theme_dresses_a_console_and_leaves_a_wall_dark(show: Show) -> None:
    console = show(4, "2x2", 800, 500, Style.CONSOLE, selected=3)
    console.view.set_tokens(LIGHT)
    assert close(console.colour(1, 1), LIGHT.ground) and close(console.colour(380, 6), LIGHT.panel)
    wall = show(4, "2x2", 800, 500, Style.WALL, selected=3)
    wall.view.set_tokens(LIGHT)
    assert close(wall.colour(400, 100), LIGHT.behind) and LIGHT.behind == DARK.behind


def test_words_change_with_the_language(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show(1, "1x1", 640, 360, selected=9)
    shown.truth(p0=LOST)
    english = shown.image()
    indonesian = language.Catalogue("id", {"Lost {age}": "Terputus {age}",
                                           "No route to the camera": "Tidak ada rute ke kamera"})
    monkeypatch.setattr(language, "_current", indonesian)
    language.language_changed.emit("id")
    assert shown.image() != english
    monkeypatch.undo()
    language.language_changed.emit("en")
    assert shown.image() == english


def test_the_summary_of_a_wall_lies_at_the_lower_right(show: Show) -> None:
    shown = show(4, "2x2", 800, 500, Style.WALL)
    assert close(shown.colour(798, 478), "#141920", 12)
    assert close(shown.colour(798, 475), QColor(200, 0, 0), 0)
    bare = show(4, "2x2", 800, 500, Style.BARE)
    assert close(bare.colour(798, 498), QColor(200, 0, 0), 0)


def test_typed_digits_and_landing_come_and_go(show: Show) -> None:
    shown = show(4, "2x2", 800, 500, Style.CONSOLE, selected=1)
    before = shown.image()
    shown.view.show_entry("0107", "Jl Ahmad Yani")
    shown.view.show_landing(2)
    shown.view.identify(3)
    assert shown.image() != before
    shown.view.show_entry("")
    shown.view.show_landing(None)
    shown.view.identify(None)
    assert shown.image() == before


def test_all_panes_freezing_at_once_are_drawn_over_several_paints_and_none_is_forgotten(show: Show) -> None:
    """The story: every decoder died, 64 pictures were dimmed in one paint, and keys waited 160 ms."""
    shown = show(64, "8x8", 1920, 1080, Style.WALL, selected=99)
    shown.view.regions.clear()
    shown.truth(**{f"p{i}": FROZEN for i in range(64)})
    for _ in range(400):
        shown.settle()
        if not shown.view._painter.postponed and shown.view.regions:
            break
    image = shown.view.grab().toImage()
    for index in range(64):
        cell = shown.view.logical_rect(index).toRect()
        assert image.pixelColor(cell.left() + 1, cell.bottom() - 40).red() > 200, f"pane {index} has no red frame"
        assert 50 <= image.pixelColor(cell.center().x(), cell.bottom() - 30).red() <= 70, f"pane {index} is not dimmed"
