"""Lists in and out of the page of cameras: file dialogs that are not modal, the import panel below the list.

Runs on: GUI thread; files are read and written by app.registry.exchange on threads of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QFileDialog, QHeaderView, QSplitter, QTreeView, QWidget

from app.registry.exchange.kinds import SUFFIXES
from app.runtime.language import gettext as _
from widgets.exchange.export import Exporter, name_filters
from widgets.exchange.panel import ImportPanel
from widgets.theme import Theme
from widgets.window.seam import Lane

_PANEL_PX = 320             # mock-ups, "registry"
_FILES = QSize(880, 560)    # a file window in which names, sizes and times stand whole
_PLACES_PX = 168            # its list of places


class Lists(QObject):
    """``parts`` gets the panel below its first widget. ``left`` when the panel has gone and the list may have the
    keyboard. Everything is made when first asked for."""

    left = Signal()

    def __init__(self, lane: Lane, theme: Theme, parts: QSplitter, tell: Callable[[str], None],
                 done: Callable[[str], None], page: QWidget) -> None:
        super().__init__(page)
        self._lane, self._theme, self._parts, self._page = lane, theme, parts, page
        self._tell, self._done = tell, done
        self.panel: ImportPanel | None = None
        self._exporter: Exporter | None = None
        self._opening: QFileDialog | None = None
        self._saving: QFileDialog | None = None

    def ask_what(self) -> None:
        """Which list to try out; a window of its own, the wall and the page go on."""
        if self._opening is None:
            kinds = f"{_('Lists of cameras')} ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"
            self._opening = QFileDialog(self._page, _("Import a list of cameras"), "", kinds)
            self._opening.setFileMode(QFileDialog.FileMode.ExistingFile)
            # Sixteen endings would be cut in the middle; the list below shows only files of these kinds anyway.
            self._opening.setOption(QFileDialog.Option.HideNameFilterDetails)
            self._opening.setModal(False)
            self._opening.fileSelected.connect(lambda path: self.try_out(Path(path)))
            self._opening.finished.connect(self._back)
        _ask(self._opening)

    def try_out(self, path: Path) -> None:
        """Shows in the panel what the list would change; nothing is written yet."""
        if self.panel is None:
            self.panel = ImportPanel(self._lane, self._theme)
            self.panel.closed.connect(self._close)
            self.panel.setMinimumHeight(_PANEL_PX)
            self._parts.addWidget(self.panel)
            self._parts.setStretchFactor(0, 1)
        self.panel.show()
        self.panel.open_file(path)

    def ask_where(self) -> None:
        """Where to write every camera, without passwords."""
        if self._saving is None:
            self._exporter = Exporter(self._lane, self)
            self._exporter.finished.connect(self._done)
            self._exporter.failed.connect(self._tell)
            self._saving = QFileDialog(self._page, _("Export the list of cameras"), "", ";;".join(name_filters()))
            self._saving.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self._saving.setModal(False)
            self._saving.fileSelected.connect(self._write)
            self._saving.finished.connect(self._back)
        _ask(self._saving)

    def retranslate(self) -> None:
        if self.panel is not None:
            self.panel.retranslate()

    def _write(self, path: str) -> None:
        if self._exporter is not None:
            self._exporter.start(Path(path))

    def _back(self) -> None:
        # Where no window manager does it (a bare X server on a wall) the keyboard would be with nobody.
        self._page.window().activateWindow()

    def _close(self) -> None:
        if self.panel is not None:
            self.panel.hide()
        self.left.emit()


def _ask(dialog: QFileDialog) -> None:
    """In front, with the keyboard, its words in the language in force: Qt itself speaks no Indonesian."""
    saves = dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    label = QFileDialog.DialogLabel
    for part, text in ((label.LookIn, _("Folder")), (label.FileName, _("File")), (label.FileType, _("Kind")),
                       (label.Accept, _("Save") if saves else _("Open")), (label.Reject, _("Cancel"))):
        dialog.setLabelText(part, text)
    if not dialog.isVisible():
        dialog.resize(_FILES)
    for split in dialog.findChildren(QSplitter):
        split.setSizes([_PLACES_PX, _FILES.width() - _PLACES_PX])
    for tree in dialog.findChildren(QTreeView):
        # Qt's own columns cut the time of a file in its middle.
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
