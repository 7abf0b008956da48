"""A camera that desktop and guardian left moving when both died is stopped by the next start, selected or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.runtime import paths
from tests.widgets.ptz.one_dome import one_dome
from tests.widgets.window.conftest import Shown, opening, until
from widgets.ptz.feature import JOURNAL

pytestmark = pytest.mark.screen
__all__ = ["opening"]


def test_the_next_start_stops_it(opening: Callable[..., Shown], lawang_home: Path) -> None:
    with one_dome(5) as (head, station, camera):
        head.move((0.5, 0.0), None, None)
        assert head.moving
        (paths.ensure(paths.data_dir()) / JOURNAL).write_text(json.dumps([camera]))
        opening(station)
        until(lambda: not head.moving)
