"""The owner that the camera form shows: within which limits their cameras may be watched; a small form of its own.

Runs on: GUI thread; ``keep`` sends the owner to the registry lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.register import Owner, OwnerKind
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from widgets.common import hop_to_gui
from widgets.register.combo import Combo
from widgets.theme import Theme

type KeepOwner = Callable[[Owner, Callable[[Owner | None, str], None]], None]


class OwnerBox(QWidget):
    """``keep(owner, then)`` stores it; ``then`` gets it as kept, or None and why not. ``changed`` afterwards."""

    changed = Signal()

    def __init__(self, directory: CameraDirectory, keep: KeepOwner, theme: Theme,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory, self._keep = directory, keep
        self._owner: Owner | None = None
        self._limits, self._told = QLabel(), QLabel()
        self.edit, self.new, self.save, self.cancel = QPushButton(), QPushButton(), QPushButton(), QPushButton()
        self.kind = Combo(theme)
        self.lines = {key: QLineEdit() for key in ("name", "agreement", "contact", "purposes", "hours", "expires")}
        self._labels = {key: QLabel() for key in ("name", "kind", *list(self.lines)[1:])}
        self._build()
        self.edit.clicked.connect(lambda: self._open(self._owner))
        self.new.clicked.connect(lambda: self._open(Owner("", "")))
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self._leave)
        self._editing = Owner("", "")
        self.retranslate()
        hop_to_gui(directory.register_changed, self._register_changed, self)

    def show_owner(self, owner_id: str) -> None:
        """The owner in the form, "" for none or for several."""
        self._owner = self._directory.owners().get(owner_id)
        self.edit.setVisible(self._owner is not None)
        self._limits.setText(limits(self._owner) if self._owner is not None else "")

    def retranslate(self) -> None:
        self.edit.setText(_("Change the owner…"))
        self.new.setText(_("New owner…"))
        self.save.setText(_("Keep the owner"))
        self.cancel.setText(_("Cancel"))
        titles = {"name": _("Name"), "kind": _("Kind"), "agreement": _("Agreement"), "contact": _("Contact"),
                  "purposes": _("Permitted purposes"), "hours": _("Permitted hours"), "expires": _("Last day")}
        for key, label in self._labels.items():
            label.setText(titles[key])
            (self.kind if key == "kind" else self.lines[key]).setAccessibleName(titles[key])
        self.lines["purposes"].setPlaceholderText(_("parted by commas"))
        self.lines["hours"].setPlaceholderText("06:00-22:00")
        self.lines["expires"].setPlaceholderText("2027-12-31")
        chosen = max(self.kind.currentIndex(), 0)
        self.kind.clear()
        for kind, title in ((OwnerKind.CITY, _("city")), (OwnerKind.POLICE, _("police")),
                            (OwnerKind.PRIVATE, _("private"))):
            self.kind.addItem(title, kind.value)
        self.kind.setCurrentIndex(chosen)
        self.show_owner(self._owner.id if self._owner is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc in the small form are its own: the camera's form around it keeps what was typed there."""
        if self._sheet.isVisible() and event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif self._sheet.isVisible() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        else:
            super().keyPressEvent(event)

    # --- inside ---

    def _build(self) -> None:
        self._limits.setProperty("tone", "quiet")
        for label in (self._limits, self._told):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._limits.setWordWrap(True)
        self._limits.setContentsMargins(8, 0, 0, 0)
        self._told.setProperty("tone", "red")
        self._told.setWordWrap(True)
        self._told.hide()
        top = QHBoxLayout()
        top.setSpacing(8)
        for button in (self.edit, self.new):
            button.setProperty("flat", True)
            top.addWidget(button)
        top.addStretch(1)
        self._sheet = QWidget()
        self._sheet.setProperty("room", "raised")
        form = QFormLayout(self._sheet)
        form.setContentsMargins(12, 12, 12, 12)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        for key, label in self._labels.items():
            label.setProperty("tone", "quiet")
            form.addRow(label, self.kind if key == "kind" else self.lines[key])
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        form.addRow(self._told)
        form.addRow(buttons)
        self._sheet.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16 + 128 + 4, 0, 16, 0)
        column.setSpacing(4)
        column.addWidget(self._limits)
        column.addLayout(top)
        column.addWidget(self._sheet)

    def _open(self, owner: Owner | None) -> None:
        if owner is None:
            return
        self._editing = owner
        self._told.hide()
        for key, line in self.lines.items():
            value = getattr(owner, key)
            line.setText(", ".join(value) if isinstance(value, tuple) else value)
        self.kind.setCurrentIndex(self.kind.findData(owner.kind.value))
        self._sheet.show()
        self.lines["name"].setFocus()

    def _leave(self) -> None:
        (self.edit if self.edit.isVisible() else self.new).setFocus(Qt.FocusReason.OtherFocusReason)
        self._sheet.hide()

    def _save(self) -> None:
        texts = {key: line.text().strip() for key, line in self.lines.items()}
        purposes = tuple(part.strip() for part in texts.pop("purposes").split(",") if part.strip())
        self._keep(replace(self._editing, kind=OwnerKind(str(self.kind.currentData())), purposes=purposes, **texts),
                   self._kept)

    def _kept(self, owner: Owner | None, refused: str) -> None:
        self._told.setText(refused)
        self._told.setVisible(bool(refused))
        if owner is not None:
            self._sheet.hide()
            self.changed.emit()

    def _register_changed(self) -> None:
        self.show_owner(self._owner.id if self._owner is not None else "")
        self.changed.emit()


def limits(owner: Owner) -> str:
    """One line: which kind, when, for what, until when."""
    kinds = {OwnerKind.CITY: _("city"), OwnerKind.POLICE: _("police"), OwnerKind.PRIVATE: _("private")}
    parts = [kinds[owner.kind], owner.hours and owner.hours.replace(",", ", "), ", ".join(owner.purposes),
             owner.expires and _("until {day}").format(day=owner.expires)]
    return " · ".join(part for part in parts if part)
