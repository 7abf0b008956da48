"""Exports the register to a file while the wall plays. Runs on: GUI thread; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.registry.exchange.send import SUFFIXES
from app.registry.exchange.work import ExchangeWork
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.common import hop_to_gui
from widgets.window.seam import Lane


class Exporter(QObject):
    """``finished`` carries a sentence about what was written, ``failed`` one about why nothing was; ``progress`` rows
    done and rows in all. Call ``shut`` when its page goes.
    """

    finished = Signal(str)
    failed = Signal(str)
    progress = Signal(int, int)

    def __init__(self, registry_lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        work = self._work = ExchangeWork(registry_lane.submit)
        hop_to_gui(self._work.sent, self._on_sent, self)
        hop_to_gui(self._work.failed, self.failed.emit, self)
        hop_to_gui(self._work.progress, self.progress.emit, self)
        self.destroyed.connect(lambda: work.close())     # holds it: a bound method would go with the exporter

    def start(self, path: Path) -> None:
        """Writes every camera to ``path``; without a known ending it becomes CSV."""
        self._work.send(path if path.suffix.lower() in SUFFIXES else path.with_name(path.name + SUFFIXES[0]))

    def shut(self) -> bool:
        """Ends the exporter's thread; False when it did not end in time."""
        return self._work.close()

    def _on_sent(self, path: Path, count: int) -> None:
        self.finished.emit(ngettext("{count} camera written to {path}, without passwords.",
                                    "{count} cameras written to {path}, without passwords.", count).format(
                                        count=count, path=path))


def name_filters() -> list[str]:
    """For a file dialog, in the order of preference."""
    return [_("CSV (*.csv)"), _("Excel (*.xlsx)"), _("GeoJSON (*.geojson)")]
