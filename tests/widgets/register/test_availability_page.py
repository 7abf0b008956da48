"""The page of availability on a real registry: worst first, and no line is made on the windows' thread."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.availability.report import By
from app.model.availability import Span
from tests.widgets.register.conftest import Register, opening, register, until  # noqa: F401   (fixtures)
from widgets.register import availability_page
from widgets.register.availability_page import AvailabilityPage

pytestmark = pytest.mark.screen


def test_lines_are_made_on_the_lane_worst_first(register: Register,  # noqa: F811
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    made_on: set[str] = set()

    def watched(*given: Any) -> Any:
        made_on.add(threading.current_thread().name)
        return sort(*given)
    sort = availability_page.worst_first
    monkeypatch.setattr(availability_page, "worst_first", watched)
    now = time.time()
    good, bad = register.lane.directory.all()[-2:]          # on no pane
    spans = [Span(good.id, True, now - 7200, now - 60), Span(bad.id, True, now - 7200, now - 3600),
             Span(bad.id, False, now - 3600, now - 60, "lost")]
    register.lane.submit(lambda registry: registry.availability.keep(spans))
    register.shown.key(Qt.Key.Key_F4)
    assert register.frame.cover is not None
    until(lambda: isinstance(register.frame.cover.built("availability"), AvailabilityPage))    # type: ignore[union-attr]
    page = register.frame.cover.built("availability")
    assert isinstance(page, AvailabilityPage)
    until(lambda: {good.id, bad.id} <= {line.key for line in page.table.lines})
    assert page.table.lines[0].key == bad.id and "of 120 cameras" in page._words.text()
    page._by_chips[By.AREA].click()
    until(lambda: page.table.by is By.AREA and page.table.lines)
    page._by_chips[By.CAMERA].click()
    until(lambda: page.table.by is By.CAMERA and page.table.lines[0].key == bad.id)
    assert made_on == {"registry"}
