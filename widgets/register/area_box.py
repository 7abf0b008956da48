"""Level and risk class of the area that the camera form shows: they belong to the area, not to the camera.

Runs on: GUI thread; a change goes to the registry lane at once, which tells by the directory when it is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.model.register import Area, Level, Risk
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from widgets.common import hop_to_gui
from widgets.register.combo import Combo
from widgets.theme import Theme


class AreaBox(QWidget):
    """``keep`` is given (path, level or None, risk) when the operator chose another one."""

    def __init__(self, directory: CameraDirectory, keep: Callable[[tuple[str, ...], Level | None, Risk], None],
                 theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory, self._keep = directory, keep
        self._path: tuple[str, ...] = ()
        self._label, self.level, self.risk = QLabel(), Combo(theme), Combo(theme)
        self._label.setProperty("tone", "quiet")
        self._label.setFixedWidth(128)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(12)
        row.addWidget(self._label)
        row.addWidget(self.level, 1)
        row.addWidget(self.risk, 1)
        self.retranslate()
        self.level.activated.connect(self._chosen)
        self.risk.activated.connect(self._chosen)
        hop_to_gui(directory.register_changed, lambda: self.show_area(self._path), self)

    def show_area(self, path: tuple[str, ...]) -> None:
        """The area in the form; one that is not in the register yet has no level and no class to set."""
        self._path = path
        area = self._directory.areas().get(path)
        self.setVisible(area is not None)
        if area is not None:
            self.level.setCurrentIndex(self.level.findData(area.level.value if area.level else ""))
            self.risk.setCurrentIndex(self.risk.findData(area.risk.value))

    def retranslate(self) -> None:
        self._label.setText(_("Level, risk class"))
        self.level.setAccessibleName(_("Level of the area"))
        self.risk.setAccessibleName(_("Risk class of the area"))
        levels = [("", _("no level")), (Level.CITY.value, _("city")), (Level.KECAMATAN.value, _("kecamatan")),
                  (Level.KELURAHAN.value, _("kelurahan")), (Level.LORONG.value, _("lorong"))]
        risks = [(Risk.NONE.value, _("not classed")), (Risk.GREEN.value, _("green")), (Risk.YELLOW.value, _("yellow")),
                 (Risk.RED.value, _("red"))]
        for box, rows in ((self.level, levels), (self.risk, risks)):
            box.clear()
            for value, title in rows:
                box.addItem(title, value)
        self.show_area(self._path)

    def _chosen(self, _index: int) -> None:
        area: Area | None = self._directory.areas().get(self._path)
        level_name = str(self.level.currentData() or "")
        level, risk = Level(level_name) if level_name else None, Risk(str(self.risk.currentData() or ""))
        if area is not None and (area.level, area.risk) != (level, risk):
            self._keep(self._path, level, risk)
