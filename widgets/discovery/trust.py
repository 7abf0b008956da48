"""A certificate that nobody trusted yet, as a row: whose, its fingerprint to compare, and a button. Never a dialog.

Runs on: GUI thread; the register answers on its own and is hopped over (widgets.register.asking).
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.devices.asker import SHOWN, TRUSTED
from app.model.camera import Camera
from app.registry.lane import Outcome
from app.registry.registry import Registry
from app.runtime.certificates import CHANGED
from app.runtime.language import gettext as _
from widgets.register.asking import Asking
from widgets.theme import font
from widgets.window.seam import Lane

_HALF = 48                  # characters of a fingerprint in a line: it is compared half by half


class TrustRow(QWidget):
    """``trusted`` when the operator compared it and pressed the button."""

    trusted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._who, self._cause = "", ""
        self.words, self.fingerprint, self.button = QLabel(), QLabel(), QPushButton()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("tone", "amber")
        self.fingerprint.setFont(font(12))
        self.fingerprint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse
                                                 | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.words)
        column.addWidget(self.fingerprint)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(16)
        row.addLayout(column, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        self.button.clicked.connect(self.trusted)
        self.retranslate()
        self.hide()

    def show_certificate(self, who: str, cause: str, pin: str) -> None:
        """Whose, why it is asked (app.runtime.certificates), and its fingerprint; "" hides the row."""
        self._who, self._cause = who, cause
        self.fingerprint.setText(f"{pin[:_HALF]}\n{pin[_HALF:]}")
        self.setVisible(bool(pin))
        self.retranslate()

    def retranslate(self) -> None:
        text = _("{device} shows another certificate than the one that was trusted. Trust it only when you know who "
                 "changed it.") if self._cause == CHANGED else _(
                     "{device} shows a certificate that nobody trusted yet. Compare its fingerprint (SHA-256).")
        self.words.setText(text.format(device=self._who))
        self.fingerprint.setAccessibleName(_("Fingerprint"))
        self.button.setText(_("Trust"))
        self.button.setAccessibleName(_("Trust this certificate"))


class TrustBox(TrustRow):
    """In the form of one camera: what the register knows of its certificate."""

    def __init__(self, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asking = Asking(lane, self)
        self._camera: Camera | None = None
        self._pin = ""
        self.trusted.connect(self._trust)

    def show_camera(self, camera: Camera | None) -> None:
        """Hidden unless this camera shows a certificate that waits for a word."""
        self._camera, self._pin = camera, ""
        self.hide()
        if camera is not None and camera.id and camera.device.service.startswith("https:"):
            camera_id = camera.id
            self._asking.ask(lambda registry: registry.device_facts.of(camera_id),
                             lambda outcome: self._came(camera_id, outcome), replaces="certificate of the form")

    def _came(self, camera_id: str, outcome: Outcome[Any]) -> None:
        if self._camera is None or self._camera.id != camera_id or outcome.value is None:
            return
        value = getattr(outcome.value.get(SHOWN), "value", None) or {}
        self._pin = str(value.get("sha256", ""))
        self.show_certificate(_("Camera {number}").format(number=self._camera.label), str(value.get("cause", "")),
                              self._pin)

    def _trust(self) -> None:
        if self._camera is not None and self._pin:
            camera, pin = self._camera.id, self._pin
            self._asking.ask(lambda registry: trust(registry, camera, pin), lambda _outcome: self.hide())


def trust(registry: Registry, camera: str, pin: str) -> None:
    """Keeps the pin; what waited for a word waits no more. On the registry's thread."""
    registry.device_facts.put(camera, TRUSTED, {"sha256": pin})
    registry.device_facts.forget(camera, SHOWN)
