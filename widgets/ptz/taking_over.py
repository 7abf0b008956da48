"""The reason for taking a camera over: one field below the title bar, never modal.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.ptz.lease import holder_text
from app.ptz.steering import Steering
from app.runtime.language import gettext as _
from widgets.common.sheet import Sheet
from widgets.window.frame import Frame
from widgets.window.windows import Windows

_WIDTH_PX = 352             # as the other sheets
_CORNER = QPoint(16, 48)    # under the title bar
_LONGEST = 200              # characters of a reason in the log


class ReasonSheet(Sheet):
    """``given`` (camera id, reason)."""

    given = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, _WIDTH_PX)
        self._camera = ""
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.arrange((self.reason,))

    def open(self, camera: str, about: str) -> None:
        """``about``: which camera, and who holds it now."""
        self._camera = camera
        self.reason.clear()
        self.rise(about, _CORNER)

    def submit(self) -> None:
        """Without a reason it stays open."""
        if self._camera and self.reason.text().strip():
            camera, self._camera = self._camera, ""
            self.given.emit(camera, self.reason.text())
            self.shut()

    def clear(self) -> None:
        self._camera = ""

    def words(self) -> tuple[str, str, Sequence[str]]:
        return _("Take over"), _("Take over"), (_("Reason"),)


class TakingOver:
    """One sheet per window; ``ask`` is the command."""

    def __init__(self, steering: Steering, windows: Windows, camera: Callable[[str], Camera | None],
                 tell: Callable[[str], None]) -> None:
        self._steering, self._windows, self._camera, self._tell = steering, windows, camera, tell
        self._sheets: dict[str, ReasonSheet] = {}
        windows.closed.connect(self._closed)

    def ask(self, **_pane: object) -> None:
        """Ask for the reason. Raises OperatorError when the selected camera cannot be taken over."""
        holder, camera = self._steering.to_take_over(), self._camera(self._steering.selected)
        frame = self._windows.active
        if frame is None or camera is None:
            return
        sheet = self._sheets.get(frame.window_id)
        if sheet is None:
            sheet = self._sheets[frame.window_id] = ReasonSheet(frame)
            sheet.closed.connect(frame.take_keyboard)
            sheet.given.connect(self._take)
        sheet.open(camera.id, _("Camera {number}  {name}. Held by {holder}.").format(
            number=camera.label, name=camera.name, holder=holder_text(holder)))

    def _take(self, camera: str, reason: str) -> None:
        try:
            self._steering.take_over(camera, reason)
        except OperatorError as error:                  # somebody else was quicker
            self._tell(str(error))

    def _closed(self, frame: Frame) -> None:
        self._sheets.pop(frame.window_id, None)
