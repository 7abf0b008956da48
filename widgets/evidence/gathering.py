"""What a case needs, gathered from registry and index without waiting: identities, segments, gaps, its custody.

Runs on: GUI thread; questions are answered on the registry's and the recording's threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.evidence.zones import SETTING, read
from app.model.bookmark import Marked
from app.model.camera import Camera
from app.model.clip import CameraRecording, ClipCamera, ClipRequest, SegmentState
from app.model.custody import Act, Custody, Told
from app.model.errors import OperatorError
from app.model.register import Owner
from app.registry.registry import Registry
from app.runtime.language import gettext as _
from app.runtime.zone import in_force
from widgets.common.later import Later
from widgets.window.seam import Station

_WAIT_MS = 3000             # a file that is being written is whole when it has its length, a minute at most


@dataclass(frozen=True, slots=True)
class Subject:
    """What is handed out. ``bookmark``: the id of the one it began from, "" for a marked span."""

    cameras: tuple[Marked, ...]
    t0: int
    t1: int
    case: str = ""
    words: str = ""
    category: str = ""
    agency: str = ""
    operator: str = ""
    bookmark: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form was filled in with. ``language`` is "id" or "en"."""

    case: str
    operator: str
    words: str
    recipient: str
    legal_basis: str
    language: str
    viewing: bool
    with_zip: bool
    viewing_sound: bool = False


class Gathering(QObject):
    """One subject becomes one request; ``done`` gets it, or ``refused`` a sentence. ``told`` hears why it waits."""

    def __init__(self, station: Station, subject: Subject, asked: Asked, *, done: Callable[[ClipRequest], None],
                 refused: Callable[[str], None], told: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._station, self._subject, self._asked = station, subject, asked
        self._done, self._refused, self._told = done, refused, told
        self._later = Later(self)
        self._owners: dict[str, Owner] = {}
        self._waited = False
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._wait.setObjectName("case waits for a file")
        self._wait.timeout.connect(self._look)

    def start(self) -> None:
        if not self._station.registry.submit(
                lambda registry: {owner.id: owner for owner in registry.owners.all()}, self._hop(self._know_owners)):
            self._refused(_("The registry is busy. Try again in a moment."))

    def close(self) -> None:
        self._wait.stop()
        self._later.close()
        self.deleteLater()

    def _hop(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        return lambda answer: self._later(lambda: then(answer))

    def _know_owners(self, outcome: Any) -> None:
        self._owners = outcome.value or {}
        self._look()

    def _look(self) -> None:
        subject = self._subject

        def ask(index: Any) -> list[tuple[Any, Any]]:
            return [(index.segments(one.id, subject.t0, subject.t1), index.gaps(one.id, subject.t0, subject.t1))
                    for one in subject.cameras]
        if not self._station.recording.keeper.submit(ask, self._hop(self._seen)):
            self._refused(_("The index of recordings is busy; try again in a moment."))

    def _seen(self, found: Any) -> None:
        if not found or not any(segments for segments, _gaps in found):
            self._refused(_("Nothing is recorded of this span."))
        elif any(one.state is SegmentState.OPEN and one.t0 < self._subject.t1 for segments, _gaps in found
                 for one in segments):
            if not self._waited:
                self._told(_("The export waits until the last file is whole."))
            self._waited = True
            self._wait.start()
        else:
            try:
                zones = read(str(self._station.registry.settings.get(SETTING, ""))) if self._asked.viewing else {}
            except OperatorError as error:
                self._refused(str(error))
                return
            recordings = tuple(
                CameraRecording(identity_of(one, self._station.directory.by_id(one.id), self._owners), segments, gaps,
                                zones.get(one.id, ()))
                for one, (segments, gaps) in zip(self._subject.cameras, found, strict=True))
            self._write_down(recordings)

    def _write_down(self, recordings: tuple[CameraRecording, ...]) -> None:
        """The line of this hand-out stands in the chain before anything is copied."""
        subject, asked = self._subject, self._asked
        what: Told = {"case": asked.case, "cameras": [one.camera.id for one in recordings], "in_us": subject.t0,
                      "out_us": subject.t1, "recipient": asked.recipient, "bookmark": subject.bookmark}

        def work(registry: Registry) -> Custody:
            registry.custody.add(Act.EXPORT, what, asked.operator)
            return registry.custody.excerpt(lambda line: concerns(line, what))

        def then(outcome: Any) -> None:
            if outcome.error is not None:
                self._refused(str(outcome.error))
            else:
                self._done(self._request(recordings, outcome.value))
        if not self._station.registry.submit(work, self._hop(then)):
            self._refused(_("The registry is busy. Try again in a moment."))

    def _request(self, recordings: tuple[CameraRecording, ...], custody: Custody) -> ClipRequest:
        subject, asked = self._subject, self._asked
        zone = in_force(str(self._station.registry.settings.get("window.zone", "system")))
        return ClipRequest(
            case=asked.case, cameras=recordings, t0=subject.t0, t1=subject.t1, operator=asked.operator,
            words=asked.words, category=subject.category, agency=subject.agency, recipient=asked.recipient,
            legal_basis=asked.legal_basis, zone=zone.zoneinfo.key, custody=custody, viewing=asked.viewing,
            viewing_sound=asked.viewing_sound)


def concerns(line: Mapping[str, Any], what: Mapping[str, Any]) -> bool:
    """Whether a line of the chain tells of the same matter: its bookmark, or its cameras."""
    told = line["what"]
    if what["bookmark"] and told.get("bookmark") == what["bookmark"]:
        return True
    cameras = set(told.get("cameras", ())) | {told.get("camera")}
    if not cameras & set(what["cameras"]):
        return False
    if "in_us" not in told:
        return bool(line["at_us"] >= what["in_us"])      # a look at that camera since: it may have been at this
    return bool(told["in_us"] < what["out_us"] and told["out_us"] > what["in_us"])


def identity_of(marked: Marked, camera: Camera | None, owners: Mapping[str, Owner]) -> ClipCamera:
    """A camera as the package states it; one that is gone, as it was called then."""
    if camera is None:
        return ClipCamera(marked.id, marked.number, marked.name)
    owner, place, device = owners.get(camera.owner), camera.place, camera.device
    return ClipCamera(
        camera.id, camera.number, camera.name, camera.area, owner.name if owner else "",
        owner.kind.value if owner else "", owner.agreement if owner else "", device.make, device.model, device.serial,
        device.mac, f"{place.latitude:.6f}" if place else "", f"{place.longitude:.6f}" if place else "",
        camera.restricted, camera.rotation)
