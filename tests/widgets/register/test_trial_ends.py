"""What a panel started in another process ends with it, also when its window closes under it."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.registry.exchange.work import ExchangeWork
from tests.widgets.window.stage import FakeStation
from widgets.discovery.panel import DiscoveryPanel
from widgets.exchange import Exporter, ImportPanel
from widgets.register.trial_box import TrialBox
from widgets.theme import Theme

pytestmark = pytest.mark.screen


class Process:
    """Says that it was ended."""

    def __init__(self) -> None:
        self.ended = 0

    def end(self) -> None:
        self.ended += 1

    stop = end


@pytest.mark.parametrize("kind", ["trial", "search"])
def test_a_window_that_goes_takes_its_process_with_it(qapp: QApplication, kind: str) -> None:
    theme, window, process = Theme(), QWidget(), Process()
    theme.install(qapp)
    station = FakeStation()
    made: Any = TrialBox(theme, window) if kind == "trial" else DiscoveryPanel(
        station.registry, station.directory, theme, window)         # type: ignore[arg-type]
    made._holder["now"] = process
    del made
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    theme.deleteLater()
    assert process.ended == 1


@pytest.mark.parametrize("kind", [ImportPanel, Exporter])
def test_a_window_that_goes_ends_the_work_on_lists(qapp: QApplication, kind: Any,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    theme, window, ended = Theme(), QWidget(), []
    theme.install(qapp)
    monkeypatch.setattr(ExchangeWork, "close", lambda work: ended.append(work) or True)
    lane = FakeStation().registry
    made = ImportPanel(lane, theme, window) if kind is ImportPanel else Exporter(lane, window)  # type: ignore[arg-type]
    del made
    gc.collect()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    theme.deleteLater()
    assert len(ended) == 1
