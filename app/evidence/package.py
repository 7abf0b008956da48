"""A package made: clips copied, stills, papers, hashes, signature; in a ``.part`` folder until everything is there.

After a crash the same request goes on: cameras whose files are whole are kept, the rest is made again.
Runs on: a worker thread or process; reads every byte of the span once and writes it once, twice with the ZIP.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import av.error

from app.evidence import archive, boxes, canonical, files, manifest, onvif_seal, stills, viewing
from app.evidence.archive import Draft
from app.evidence.clips import Maker
from app.evidence.copied import Copied
from app.evidence.identity import Identity
from app.evidence.manifest import Entry
from app.evidence.outcome import Package, Stopped
from app.evidence.sealing import entry, seal
from app.evidence.spans import chosen
from app.evidence.stamp import BadStamp
from app.model.clip import CameraRecording, ClipRequest, Segment
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.zone import zone_or_utc

_log = logging.getLogger("lawang.recording")

PACKED = "package.zip"      # in there: the ZIP, while it is written beside the clips
WORK = ".work"              # what the unfinished package remembers between two starts; gone at the end
VIEWING = "-viewing"        # behind the name of the package
ROOM = 16 << 20             # bytes beside the clips: papers, stills, verify.html
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

type Stamping = Callable[[bytes], bytes]            # a signature -> the authority's answer; OSError while off line
type Progress = Callable[[str, int, int], None]     # stage ("clips", "viewing", "papers", "zip"), bytes done, all


class Export:
    """One request becomes one package in ``target``. Raises OperatorError; Stopped leaves nothing behind."""

    def __init__(self, request: ClipRequest, identity: Identity, target: Path, *, language: str = "en",
                 with_zip: bool = True, stamp: Stamping | None = None, progress: Progress = lambda *_: None,
                 stopped: Callable[[], bool] = lambda: False, now: Callable[[], float] = time.time) -> None:
        if request.t1 <= request.t0 or not request.cameras:
            raise OperatorError(_("Nothing to hand out: mark a span and at least one camera."))
        self._request, self._identity, self._target = request, identity, target
        self._language, self._with_zip, self._now = language, with_zip, now
        self._tell, self._stopped, self._stamp = progress, stopped, stamp
        self._needed = {r.camera.id: chosen(r.segments, request.t0, request.t1) for r in request.cameras}
        size = sum(_share(s, request) for needed in self._needed.values() for s in needed)
        self._bytes, self._done = size, 0
        self._total = size * (2 + with_zip + request.viewing * (1 + with_zip))
        self._stage, self._counting = "clips", threading.Lock()
        self._maker = Maker(request.t0, request.t1, stopped=stopped, looked=self._look, advanced=self._advance,
                            sign=identity.seal)
        self._draft: Draft | None = None        # the ZIP, as long as it is written beside the clips
        self._job = _digest(request, self._needed)
        start = files.moment(request.t0).strftime("%Y%m%dT%H%M%SZ")
        self._name = f"{files.slug(request.case) or 'case'}_{start}_{self._job[:8]}"

    @property
    def viewing(self) -> Path:
        """Where the unfinished viewing copy lies."""
        return self._target / f"{self._name}{VIEWING}.part"

    @property
    def part(self) -> Path:
        """Where the unfinished package lies."""
        return self._target / f"{self._name}.part"

    def run(self) -> Package:
        """Makes it, or goes on where a crash left it."""
        try:
            self._target.mkdir(parents=True, exist_ok=True)
            self._check_room()
            work = self.part / WORK
            work.mkdir(parents=True, exist_ok=True)
            (work / PACKED).unlink(missing_ok=True)             # of a start that was killed
            if self._with_zip and not any(work.iterdir()):      # else clips lie there that are not copied again
                self._draft = Draft(work / PACKED, self._free_place().name)
            cameras = [self._camera(index, recording) for index, recording in enumerate(self._request.cameras)]
            return self._finish(cameras)
        except Stopped:
            self._drop()                # before its folder: Windows removes nothing that is open
            files.remove(self.part)
            files.remove(self.viewing)
            raise
        except (OSError, av.error.FFmpegError) as error:
            raise self._sentence(error) from None
        finally:
            self._drop()

    # --- one camera ---

    def _camera(self, index: int, recording: CameraRecording) -> dict[str, Any]:
        note = self.part / WORK / f"camera-{index}.json"
        if (kept := self._kept(note, self.part)) is not None:
            return kept
        who = recording.camera
        base = f"{who.number:04d}-{files.slug(who.name) or 'camera'}-{index + 1}"
        for left in self.part.glob(f"{base}.*"):            # of a start that was killed
            left.unlink()
        for left in self.part.glob(f"{base}-*"):
            left.unlink()
        made = self._maker.make(self._needed[who.id], lambda n: self.part / f"{base}-{n + 1}.mp4",
                                lambda start: self._facts(recording, start, who.rotation), self._draft)
        if not made.packed:
            self._drop()
        still = self._still(base, made.copied, who.rotation)
        told = manifest.camera_entry(recording, self._request, made.copied, made.entries, made.hashes, still)
        pictures = [entry(self.part / still[0])] if still else []
        everything = [asdict(e) for e in (*made.entries.values(), *pictures)]
        files.settle(self.part)
        files.write(note, canonical.canonical({"job": self._job, "camera": told, "files": everything}))
        return {"camera": told, "files": everything}

    def _kept(self, note: Path, folder: Path) -> dict[str, Any] | None:
        """What an earlier start wrote of a camera or part, when its files are still what they were."""
        try:
            told = canonical.read(note.read_bytes())
            if told["job"] != self._job:
                return None
            for one in told["files"]:
                if files.sha256(folder / one["name"], self._look) != one["sha256"]:
                    return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return told

    def _facts(self, recording: CameraRecording, start: int, rotation: int = 0) -> boxes.Facts:
        who = recording.camera
        return boxes.Facts(self._request.station or self._identity.name, self._request.operator,
                           int(self._now() * 1_000_000), start, f"{who.number:04d} {who.name}", who.mac,
                           place=" / ".join(who.area), latitude=who.latitude, longitude=who.longitude,
                           seal=self._identity.empty_seal, rotation=rotation)

    def _still(self, base: str, copied: Copied, rotation: int) -> tuple[str, int] | None:
        # The middle of what was asked for shows more of the matter than its beginning.
        middle = (self._request.t0 + self._request.t1) // 2
        for part in sorted(copied.parts, key=lambda p: abs((p.start + p.end) // 2 - middle)):
            found = stills.still(part.path, min(max(0, middle - part.start), part.end - part.start), rotation)
            if found is not None:
                files.write(self.part / f"{base}-still.jpg", found[0])
                return f"{base}-still.jpg", part.start + found[1]
        return None

    # --- the viewing copy ---

    def _view(self, index: int, camera: dict[str, Any]) -> list[tuple[dict[str, Any], Entry]]:
        """Each part's paragraph in the viewing copy, and its file."""
        recording = self._request.cameras[index]
        found = []
        for part in camera["camera"]["parts"]:
            target = self.viewing / part["file"]
            note = self.part / WORK / f"{part['file']}.json"
            told = self._kept(note, self.viewing)
            if told is None:
                self._stage = "viewing"
                pictures = sum(p["pictures"] for p in camera["camera"]["parts"])
                share = self._bytes // max(1, pictures) // len(self._request.cameras)
                who = recording.camera

                def looked(count: int, share: int = share) -> None:
                    self._look(count * share)
                made, width, height = viewing.encode(
                    self.part / part["file"], target, part["start_us"], f"{who.number:04d} {who.name}",
                    zone_or_utc(self._request.zone), recording.zones, looked, who.rotation,
                    with_sound=self._request.viewing_sound)
                boxes.append(target, replace(self._facts(recording, part["start_us"]), master=part["sha256"]))
                told = {"job": self._job, "files": [asdict(onvif_seal.fill(target, self._identity.seal))],
                        "made": manifest.viewed(part, made, width, height)}
                files.write(note, canonical.canonical(told))
            file = Entry(**told["files"][0])
            found.append((told["made"] | {"bytes": file.bytes, "sha256": file.sha256}, file))
        return found

    def _finish_viewing(self, told: list[dict[str, Any]], views: list[list[tuple[dict[str, Any], Entry]]], made: int,
                        master: str) -> None:
        cameras = [manifest.viewed_camera(camera, [part for part, _ in parts], recording.zones,
                                          with_sound=self._request.viewing_sound)
                   for camera, parts, recording in zip(told, views, self._request.cameras, strict=True)]
        listed = [file for parts in views for _, file in parts]
        hashes = seal(self.viewing, listed, lambda everything: manifest.whole(
            self._request, cameras, everything, made=made, station=self._identity.name,
            certificate=self._identity.fingerprint) | {
                "custody": None, "copying": "encoded again for viewing", "master_sha256": master},
            self._identity, self._language, None)
        self._sweep(self.viewing, set(hashes) | {files.SUMS})

    # --- papers, hashes, signature ---

    def _finish(self, cameras: list[dict[str, Any]]) -> Package:
        views = []
        if self._request.viewing:
            self.viewing.mkdir(parents=True, exist_ok=True)
            views = [self._view(index, camera) for index, camera in enumerate(cameras)]
        self._stage = "papers"
        self._look(0)
        listed = [Entry(**one) for camera in cameras for one in camera["files"]]
        told = [camera["camera"] for camera in cameras]
        made = int(self._now() * 1_000_000)
        pictures = {t["still"]["file"]: (self.part / t["still"]["file"]).read_bytes() for t in told if t["still"]}
        hashes = seal(self.part, listed, lambda everything: manifest.whole(
            self._request, told, everything, made=made, station=self._identity.name,
            certificate=self._identity.fingerprint), self._identity, self._language, pictures)
        self._sweep(self.part, set(hashes) | {files.SUMS, WORK})
        stamped = self._stamp is not None and put_stamp(self.part, self._stamp)
        if views:
            self._finish_viewing(told, views, made, hashes[files.MANIFEST])
        folder = self._free_place()
        beside = folder.with_name(folder.name + VIEWING)
        packed = [self._packed(folder)] if self._with_zip else []
        if views:
            packed += [self._zip(self.viewing, beside)] if self._with_zip else []
            files.settle(self.viewing)
            self.viewing.rename(beside)
        files.remove(self.part / WORK)          # until here a crash, or a full disk, loses no clip
        files.settle(self.part)
        self.part.rename(folder)
        zipped = [one.replace(one.with_suffix("")) for one in packed]
        files.settle(self._target)
        self._tell("done", self._total, self._total)
        return Package(folder, zipped[0] if zipped else None, hashes[files.MANIFEST],
                       tuple(t["identity"]["id"] for t in told if not t["parts"]), beside if views else None, stamped)

    def _sweep(self, folder: Path, wanted: set[str]) -> None:
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink()

    def _free_place(self) -> Path:
        """Another package of the same request is never written over."""
        for number in range(1, 1000):
            folder = self._target / (self._name if number == 1 else f"{self._name}-{number}")
            if not folder.exists() and not folder.with_name(f"{folder.name}.zip").exists():
                return folder
        raise OperatorError(_("{path} holds this clip a thousand times already.").format(path=self._target))

    def _packed(self, folder: Path) -> Path:
        """The ZIP of the package; written beside the clips it lacks the papers only."""
        draft = self._draft
        if draft is None or draft.name != folder.name:      # somebody took the place meanwhile
            self._drop()
            return self._zip(self.part, folder)
        self._stage = "zip"
        for path in sorted(self.part.iterdir()):
            if path.is_file() and not draft.holds(path.name):
                draft.add(path, self._look)
        draft.finish()
        return (self.part / WORK / PACKED).replace(folder.with_name(f"{folder.name}.zip.part"))

    def _zip(self, source: Path, folder: Path) -> Path:
        """A ZIP under a name that says that it is not finished."""
        self._stage = "zip"
        draft = folder.with_name(f"{folder.name}.zip.part")
        archive.write(draft, source, folder.name, self._look)
        return draft

    def _drop(self) -> None:
        """The ZIP is not written beside the clips, or no longer."""
        draft, self._draft = self._draft, None
        if draft is not None:
            draft.abandon()

    # --- small things ---

    def _advance(self, count: int) -> None:
        with self._counting:
            self._done = min(self._total, self._done + count)
            self._tell(self._stage, self._done, self._total)

    def _look(self, count: int) -> None:
        if self._stopped():
            raise Stopped
        self._advance(count)

    def _check_room(self) -> None:
        there = sum(p.stat().st_size for p in (*self.part.glob("*.mp4"), self.part / WORK / PACKED) if p.exists())
        needed = self._bytes * (1 + self._with_zip) * (1 + self._request.viewing) + ROOM - there
        free = shutil.disk_usage(self._target).free
        if free < needed:
            raise OperatorError(_("{path} has {free} MB free, the clip needs {needed} MB. Choose another disk.").format(
                path=self._target, free=free >> 20, needed=(needed >> 20) + 1))

    def _sentence(self, error: BaseException) -> OperatorError:
        number = getattr(error, "errno", None)
        if number in _FULL:
            return OperatorError(_("The disk of {path} is full. Make room and hand out again: what is copied "
                                   "already is kept.").format(path=self._target))
        return OperatorError(_("The clip cannot be written to {path}: {reason}.").format(
            path=self._target, reason=getattr(error, "strerror", "") or type(error).__name__))


def put_stamp(folder: Path, stamp: Stamping) -> bool:
    """Asks for the time stamp of a package's signature and puts it there; False while there is none to be had."""
    try:
        answer = stamp((folder / files.SIGNATURE).read_bytes())
    except (OSError, BadStamp) as error:
        _log.warning("no time stamp: %s", error)
        return False
    files.write(folder / files.STAMP, answer)
    return True


def stamp_later(folder: Path, stamp: Stamping) -> bool:
    """As :func:`put_stamp` for a finished package; its ZIP is written again around it. Raises OSError."""
    if not (folder / files.STAMP).exists() and not put_stamp(folder, stamp):
        return False
    zipped = folder.with_name(f"{folder.name}.zip")
    if zipped.exists():
        draft = zipped.with_name(f"{zipped.name}.part")
        try:
            archive.write(draft, folder, folder.name, lambda _: None)
            draft.replace(zipped)
        finally:
            draft.unlink(missing_ok=True)
    return True


def _share(segment: Segment, request: ClipRequest) -> int:
    """About how many bytes of a segment are copied; its own size when it is not known how long it lasts."""
    covered = min(segment.t1, request.t1) - max(segment.t0, request.t0)
    return segment.bytes * max(0, min(covered + 2_000_000, segment.t1 - segment.t0)) // (segment.t1 - segment.t0)


def _digest(request: ClipRequest, needed: dict[str, tuple[Segment, ...]]) -> str:
    """Names the request: the same one goes on where it was interrupted, another begins anew."""
    told = {"request": [request.case, request.operator, request.station, request.t0, request.t1],
            "zones": [[asdict(zone) for zone in r.zones] for r in request.cameras] if request.viewing else None,
            "sound": request.viewing and request.viewing_sound,
            "cameras": {key: [[str(s.path), s.t0, s.t1, s.sha256] for s in value] for key, value in needed.items()},
            "who": [asdict(r.camera) for r in request.cameras]}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
