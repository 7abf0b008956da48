"""Wall states: what is saved comes back; damaged or foreign text is passed over, never a crash."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.pane import Fit, StreamWish
from app.model.wall import Pane, ScreenId, View, WallState, WindowKind, WindowState
from app.registry.walls import MOST_PANES, wall_from_json, wall_to_json

panes = st.builds(Pane, st.text(max_size=8), st.sampled_from(StreamWish),
                  st.builds(View, st.floats(0, 1), st.floats(0, 1), st.floats(1, 64)))


@st.composite
def windows(draw):
    shown = tuple(draw(st.lists(panes, min_size=1, max_size=6)))
    return WindowState(
        draw(st.text(max_size=5)), draw(st.sampled_from(WindowKind)),
        ScreenId(draw(st.text(max_size=5)), "m", "s", draw(st.integers(-9999, 9999)), 0, 1920, 1080),
        (draw(st.integers(-9999, 9999)), 0, 800, 600), draw(st.booleans()), draw(st.text(max_size=9)), shown,
        draw(st.integers(0, len(shown) - 1)), draw(st.none() | st.integers(0, len(shown) - 1)),
        draw(st.sampled_from(Fit)), draw(st.booleans()))


@given(st.lists(windows(), max_size=4).map(lambda w: WallState(tuple(w))))
def test_every_state_comes_back_the_same(state):
    assert wall_from_json(wall_to_json(state)) == state


def test_the_newest_state_of_each_name_is_kept(registry):
    one, two = WallState((WindowState("a"),)), WallState((WindowState("b"),))
    assert registry.save_wall("last", one)
    assert registry.save_wall("last", two)
    assert not registry.save_wall("last", two), "the same state writes nothing"
    registry.save_wall("other", one)
    assert registry.load_wall("last") == two
    assert registry.load_wall("none") is None
    assert set(registry.walls.names()) == {"last", "other"}


def test_a_wall_that_moves_all_day_does_not_fill_the_change_log(registry):
    for n in range(50):
        registry.save_wall("last", WallState((WindowState("a", panes=(Pane(str(n)),)),)))
    [row] = registry._store.query("SELECT count(*) AS rows FROM change_log")
    assert row["rows"] == 1


def test_fields_of_another_version_are_passed_over_and_missing_ones_default():
    text = json.dumps({"future": 1, "windows": [{"id": "a", "hologram": True, "panes": [{"camera": "x", "depth": 3}]}]})
    assert wall_from_json(text) == WallState((WindowState("a", panes=(Pane("x"),)),))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "12", '{"windows": 3}', '{"windows": [{}]}',
                                  '{"windows": [{"id": 1}]}',
                                  '{"windows": [{"id": "a", "fit": "diagonal"}]}', "[" * 100_000, "\x00",
                                  '{"windows": [{"id": "a", "geometry": [1, 2]}]}'])
def test_damaged_text_gives_none_and_a_log_line(text, caplog):
    assert wall_from_json(text) is None
    assert "could not be read" in caplog.text


def test_a_damaged_row_gives_none(registry):
    registry.save_wall("last", WallState())
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE walls SET json = '{broken'")
    db.close()
    assert registry.load_wall("last") is None


@given(st.text(max_size=60))
def test_any_text_is_a_state_or_none(text):
    assert wall_from_json(text) is None or isinstance(wall_from_json(text), WallState)


def test_numbers_edited_into_nonsense_are_brought_within_bounds():
    text = json.dumps({"windows": [{"id": "a", "selected": 99, "alone": -3, "panes": [
        {"camera": "x", "view": {"centre_x": -4, "centre_y": 9, "zoom": 1e9}}] * (MOST_PANES + 5)}]})
    state = wall_from_json(text)
    assert state is not None
    [window] = state.windows
    assert (len(window.panes), window.selected, window.alone) == (MOST_PANES, 99, None)
    assert window.panes[0].view == View(0.0, 1.0, 64.0)
