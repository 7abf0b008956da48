"""Settings: declared once, refused in a sentence, kept only when they differ, nonsense in the file gives way."""

from __future__ import annotations

import sqlite3

import pytest

from app.model.errors import OperatorError
from app.runtime.settings import BY_KEY, SETTINGS, checked


def test_every_setting_is_declared_once_with_a_default_that_passes_its_own_check():
    assert len(BY_KEY) == len(SETTINGS)
    for setting in SETTINGS:
        assert checked(setting.key, setting.default) == setting.default
        assert type(checked(setting.key, setting.default)) is setting.kind
        assert setting.title
        assert setting.kind not in (int, float) or setting.least < setting.most < float("inf")


def test_the_streams_leave_room_between_low_and_high():
    assert BY_KEY["stream.low_pixels"].default < BY_KEY["stream.high_pixels"].default


@pytest.mark.parametrize(("key", "value", "words"), [
    ("freshness.live_seconds", 0.1, "from 0.5 to 10"), ("freshness.live_seconds", "1", "a number is needed"),
    ("freshness.live_seconds", float("nan"), "a number"), ("freshness.live_seconds", True, "a number"),
    ("decoder.caching_ms", 1.5, "whole number"), ("decoder.caching_ms", -1, "from 20 to 2000"),
    ("window.theme", "pink", "dark, light"), ("window.theme", 1, "a text"), ("no.such", 1, "no setting no.such"),
])
def test_a_useless_value_is_refused_in_a_sentence(registry, key, value, words):
    with pytest.raises(OperatorError, match=words):
        registry.set_setting(key, value)
    assert registry.last_change() == 0


def test_values_are_kept_in_their_type(registry, open_registry):
    assert registry.set_setting("freshness.live_seconds", 2) == 2.0
    registry.set_setting("window.theme", "light")
    mark = registry.last_change()
    registry.set_setting("window.theme", "light")
    assert registry.last_change() == mark, "the same value writes nothing"
    other = open_registry()
    assert (other.setting("freshness.live_seconds"), other.setting("window.theme")) == (2.0, "light")
    assert isinstance(other.setting("freshness.live_seconds"), float)
    with pytest.raises(OperatorError):
        other.setting("no.such")


def test_nonsense_in_the_file_gives_way_to_the_default(registry, caplog):
    with sqlite3.connect(registry.path) as db:
        db.executemany("INSERT INTO settings (key, json) VALUES (?, ?)", [
            ("window.theme", '"pink"'), ("decoder.caching_ms", "{"), ("of.next.year", "1")])
    db.close()
    assert registry.settings.all() == {s.key: s.default for s in SETTINGS}
    assert "window.theme holds nonsense" in caplog.text
