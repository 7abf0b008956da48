"""What the manifest says: who asked for what, what was found, from which files, how sure its times are."""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from app.evidence.copied import SCALE, Copied
from app.evidence.files import iso
from app.evidence.spans import gaps_in
from app.model.clip import CameraRecording, ClipRequest, Clock, Segment, Zone
from app.model.custody import Custody
from app.runtime import paths

FORMAT, VERSION = "lawang-evidence", 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the package. ``name`` has no folder."""

    name: str
    bytes: int
    sha256: str


def camera_entry(recording: CameraRecording, request: ClipRequest, copied: Copied, files: Mapping[str, Entry],
                 hashes: Mapping[str, str], still: tuple[str, int] | None) -> dict[str, Any]:
    """One camera's paragraph. ``hashes``: path of a source segment -> its hash now."""
    parts = []
    for part in copied.parts:
        entry = files[part.path.name]
        parts.append({
            "file": entry.name, "bytes": entry.bytes, "sha256": entry.sha256,
            "codec": part.codec, "width": part.width, "height": part.height, "parameters": part.parameters,
            "start_us": part.start, "start": iso(part.start), "end_us": part.end, "end": iso(part.end),
            "before_us": max(0, request.t0 - part.start), "after_us": max(0, part.end - request.t1),
            "sound": None if part.sound is None else {
                "codec": part.sound.codec, "samples_a_second": part.sound.rate, "frames": part.frames,
                "made_of": part.sound.made_of or None},
            "pictures": part.pictures, "key_pictures": part.keys, "time_scale": SCALE, "split": part.split,
            "sources": [_source(s.segment, hashes) | {"pictures": s.pictures, "at_ticks": s.at} for s in part.sources],
        })
    gaps = gaps_in(request.t0, request.t1, copied.covered, recording.gaps)
    used = {id(s.segment): s.segment for part in copied.parts for s in part.sources}
    return {
        "identity": asdict(recording.camera) | {"area": list(recording.camera.area)},
        "parts": parts,
        "start_us": copied.parts[0].start if copied.parts else None,
        "end_us": copied.parts[-1].end if copied.parts else None,
        "gaps": [{"start_us": g.t0, "end_us": g.t1, "start": iso(g.t0), "end": iso(g.t1), "cause": str(g.cause)}
                 for g in gaps],
        "unreadable": [_source(segment, hashes) | {"reason": reason} for segment, reason in copied.unreadable],
        "left_out_before_key_picture": copied.headless,
        "clocks": _clocks(used.values()),
        "still": None if still is None else {"file": still[0], "at_us": still[1], "at": iso(still[1])},
        "sound": "as recorded, not encoded again" if any(part.sound for part in copied.parts) else "none recorded",
    }


def viewed(part: Mapping[str, Any], pictures: int, width: int, height: int) -> dict[str, Any]:
    """A part's paragraph in the viewing copy, without size and hash; its source is the master's file."""
    kept = ("file", "start_us", "start", "end_us", "end", "before_us", "after_us", "split", "time_scale")
    return {**{key: part[key] for key in kept},
            "codec": "h264", "width": width, "height": height, "pictures": pictures,
            "sources": [{"name": part["file"], "sha256": part["sha256"], "changed_since_recorded": False}]}


def viewed_camera(camera: Mapping[str, Any], parts: Sequence[dict[str, Any]], zones: Sequence[Zone], *,
                  with_sound: bool = False) -> dict[str, Any]:
    """A camera's paragraph in the viewing copy. Zones are those of the camera's own picture, before it was turned."""
    return {**camera, "parts": list(parts), "still": None, "sound": camera["sound"] if with_sound else "left out",
            "blurred": [asdict(zone) for zone in zones], "turned": camera["identity"]["rotation"]}


def whole(request: ClipRequest, cameras: Sequence[dict[str, Any]], files: Sequence[Entry], *, made: int,
          station: str, certificate: str) -> dict[str, Any]:
    """The manifest. ``certificate``: the fingerprint of the one that signs."""
    return {
        "format": FORMAT, "version": VERSION,
        "case": {"name": request.case, "words": request.words, "category": request.category,
                 "agency": request.agency, "recipient": request.recipient, "legal_basis": request.legal_basis},
        "operator": request.operator,
        "station": {"name": request.station or station, "certificate_sha256": certificate},
        "custody": None if request.custody is None else custody_entry(request.custody),
        "made_us": made, "made": iso(made), "zone": request.zone,
        "requested": {"in_us": request.t0, "in": iso(request.t0), "out_us": request.t1, "out": iso(request.t1)},
        "copying": "whole groups of pictures, not encoded again",
        "program": {"name": "Lawang", "version": program_version(), "python": platform.python_version(),
                    "pyav": metadata.version("av"), "system": platform.system()},
        "cameras": list(cameras),
        "files": [asdict(entry) for entry in sorted(files, key=lambda e: e.name)],
    }


def custody_entry(custody: Custody) -> dict[str, Any]:
    """The stretch of the station's chain: each link with its line, or with the line's hash where it tells of others."""
    return {"station": custody.station, "before": custody.before, "head": custody.head,
            "links": [{"seq": link.seq, "line": link.line} if link.line else {"seq": link.seq, "sha256": link.digest}
                      for link in custody.links]}


def program_version() -> str:
    """The installed version; of a checkout that was never installed the one that it is going to have."""
    try:
        return metadata.version("lawang")
    except metadata.PackageNotFoundError:
        pass
    try:
        told = tomllib.loads((paths.resources_dir().parent / "pyproject.toml").read_text("utf-8"))
        return f"{told['project']['version']} (development)"
    except (OSError, ValueError, KeyError, TypeError):
        return "development"


def _source(segment: Segment, hashes: Mapping[str, str]) -> dict[str, Any]:
    now = hashes.get(str(segment.path), "")
    return {"name": segment.path.name, "start_us": segment.t0, "end_us": segment.t1, "run": segment.run,
            "state": str(segment.state), "sha256": now, "sha256_recorded": segment.sha256,
            "changed_since_recorded": bool(segment.sha256 and now and segment.sha256 != now)}


def _clocks(segments: Any) -> list[dict[str, Any]]:
    found: list[Clock] = []
    for segment in segments:
        if segment.clock not in found:
            found.append(segment.clock)
    return [{"source": str(c.source), "error_us": c.error_us, "camera_minus_station_us": c.offset_us,
             "station_synchronised": c.synchronised} for c in found]
