"""A bookmark's pictures as a package that can be checked: in the background, with progress and a way out.

Runs on: GUI thread; the thread "export" copies, hashes and signs, one package at a time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.evidence.copying import Stopped
from app.evidence.identity import load_or_make
from app.evidence.package import Export, Package
from app.model.bookmark import Bookmark
from app.model.camera import Camera
from app.model.clip import CameraRecording, ClipCamera, ClipRequest, SegmentState
from app.model.errors import OperatorError
from app.model.register import Owner
from app.registry.registry import Registry, vault_of_this_user
from app.runtime import paths
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from app.runtime.zone import in_force
from widgets.common.later import Later
from widgets.window.shell import Shell

_log = logging.getLogger("lawang.recording")
_CLOSE_S = 3.0
_WAIT_MS = 3000
_TELL_S = 0.5               # between two lines about how far it is


class Exporting:
    """``export`` begins; the same command while one runs ends that one."""

    def __init__(self, shell: Shell, owner: QObject) -> None:
        self._shell, self._station = shell, shell.station
        self._later = Later(owner)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._told = 0.0
        self._waiting = ""
        self._wait = QTimer(owner, singleShot=True, interval=_WAIT_MS)
        self._wait.setObjectName("export waits")
        self._wait.timeout.connect(lambda: self.export(self._waiting))

    def later_of(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        """A callback of another thread, done on the GUI thread."""
        return lambda answer: self._later(lambda: then(answer))

    def export(self, bookmark: str) -> None:
        """Package what a bookmark holds into the exports folder; once more: cancel. Raises OperatorError."""
        if self._thread is not None and self._thread.is_alive():
            self._stop.set()
            self._shell.tell(_("The export is being cancelled."))
            return

        def look(registry: Registry) -> tuple[Bookmark | None, dict[str, Owner], str]:
            found = next((one for one in registry.bookmarks.all() if one.id == bookmark), None)
            return found, {owner.id: owner for owner in registry.owners.all()}, ""
        self._station.registry.submit(look, self.later_of(self._found))

    def close(self) -> None:
        """What is unfinished goes on when the same bookmark is exported again."""
        self._stop.set()
        self._wait.stop()
        self._later.close()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    # --- inside ---

    def _found(self, outcome: Any) -> None:
        bookmark, owners = outcome.value[:2] if outcome.value is not None else (None, {})
        if bookmark is None:
            self._shell.tell(_("This bookmark is not there any more."))
            return
        if time.time_ns() // 1000 < bookmark.t1:
            self._shell.tell(_("This bookmark is still being recorded; export it in a minute."))
            return
        cameras = bookmark.cameras

        def ask(index: Any) -> list[CameraRecording]:
            return [CameraRecording(_identity(one.id, one.number, one.name, self._station.directory.by_id(one.id),
                                              owners),
                                    index.segments(one.id, bookmark.t0, bookmark.t1),
                                    index.gaps(one.id, bookmark.t0, bookmark.t1)) for one in cameras]
        def answered(found: Any) -> None:
            recordings: list[CameraRecording] = found or []
            if any(one.state is SegmentState.OPEN for recording in recordings for one in recording.segments):
                # The file that holds the end is not whole yet; it is, at the latest when it has its length.
                self._shell.tell(_("The export waits until the last file is whole."))
                self._wait.start()
            else:
                self._begin(bookmark, recordings)
        self._waiting = bookmark.id
        self._station.recording.keeper.submit(ask, self.later_of(answered))

    def _begin(self, bookmark: Bookmark, recordings: list[CameraRecording]) -> None:
        recordings = [one for one in recordings if one.segments]
        if not recordings:
            self._shell.tell(_("Nothing is recorded of this bookmark."))
            return
        zone = in_force(str(self._station.registry.settings.get("window.zone", "system")))
        request = ClipRequest(
            case=f"{bookmark.category or 'bookmark'} {bookmark.cameras[0].label}", cameras=tuple(recordings),
            t0=bookmark.t0, t1=bookmark.t1, operator=bookmark.operator, station=bookmark.station, words=bookmark.words,
            category=bookmark.category, agency=bookmark.agency, zone=zone.zoneinfo.key)
        self._stop.clear()
        self._shell.tell(_("Export begun."))
        self._thread = threading.Thread(target=self._work, args=(request,), name="export", daemon=True)
        self._thread.start()

    def _work(self, request: ClipRequest) -> None:
        try:
            identity = load_or_make(request.station or "Lawang", vault=vault_of_this_user())
            made = Export(request, identity, exports_dir(), language=current_language(), progress=self._progress,
                          stopped=self._stop.is_set).run()
            self._say(_told(made))
        except Stopped:
            self._say(_("The export was cancelled; nothing is left of it."))
        except OperatorError as error:
            self._say(str(error))
        except Exception:       # noqa: BLE001 - the top of this thread: the operator must hear of it
            _log.exception("an export failed")
            self._say(_("The export failed; the log tells why."))

    def _progress(self, _stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if total and now - self._told > _TELL_S:
            self._told = now
            self._say(_("Export: {percent} %. Ctrl+E cancels.").format(percent=min(99, done * 100 // total)))

    def _say(self, text: str) -> None:
        self._later(lambda: self._shell.tell(text))


def exports_dir() -> Path:
    """Where packages are put."""
    return paths.data_dir() / "exports"


def _told(made: Package) -> str:
    text = _("Exported to {folder}.").format(folder=made.folder)
    return f"{text} {_('Some cameras gave no picture.')}" if made.empty else text


def _identity(camera_id: str, number: int, name: str, camera: Camera | None,
              owners: dict[str, Owner]) -> ClipCamera:
    """A camera as the package states it; one that is gone, as it was called then."""
    if camera is None:
        return ClipCamera(camera_id, number, name)
    owner = owners.get(camera.owner)
    place = camera.place
    return ClipCamera(
        camera_id, camera.number, camera.name, camera.area, owner.name if owner else "",
        owner.kind.value if owner else "", owner.agreement if owner else "", camera.device.make, camera.device.model,
        camera.device.serial, camera.device.mac, f"{place.latitude:.6f}" if place else "",
        f"{place.longitude:.6f}" if place else "", camera.restricted)
