"""A single clip looked at without its package: does its seal hold, whose is it, and what does the clip say of itself.

Runs on: any thread but the GUI's; reads every byte once.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from app.evidence import boxes, files, onvif_seal
from app.evidence.findings import Checked, Verdict
from app.evidence.identity import name_in

ENDING = ".mp4"             # a clip; anything else that is a file is taken for a package's ZIP


def look(path: Path, told: Checked, expected: str, known: Mapping[str, str], advanced: Callable[[int], None]) -> None:
    """Tells what it finds; never raises for what the file holds."""
    told.single = True
    name = path.name
    try:
        with path.open("rb") as file:
            _look(file, name, told, expected, known, advanced)
    except OSError as error:
        told.tell(Verdict.BAD, "unreadable", name=name, reason=error.strerror or type(error).__name__)


def _look(file: BinaryIO, name: str, told: Checked, expected: str, known: Mapping[str, str],
          advanced: Callable[[int], None]) -> None:
    try:
        found = onvif_seal.find(file)
    except (ValueError, struct.error):
        told.tell(Verdict.BAD, "clip.form", name=name)
        return
    if found is None:
        told.tell(Verdict.BAD, "seal.none", name=name)
        return
    watch, digest, at = onvif_seal.Watch(found), hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(files.CHUNK):
        watch.follow(digest, chunk, at)
        at += len(chunk)
        digest.update(chunk)
        advanced(len(chunk))
    told.clip = digest.hexdigest()
    signer = watch.signer()
    if signer is None:
        told.tell(Verdict.BAD, "seal.bad", name=name)
        return
    station = name_in(signer.certificate)
    told.tell(Verdict.GOOD, "seal.good", name=name, station=station)
    told.tell_station(station, signer.fingerprint, expected, known)
    _say(file, told)


def _say(file: BinaryIO, told: Checked) -> None:
    """What stands in the clip; the seal covers it."""
    try:
        said = boxes.read(file)
        start, made = said.get("start_us"), said.get("made_us")
        if not isinstance(start, int) or not isinstance(made, int):
            return
        told.tell(Verdict.GOOD, "clip.says", camera=said["camera"] or "-", start=files.iso(start),
                  operator=said["operator"] or "-", unit=said["unit"] or "-", made=files.iso(made))
    except (ValueError, OverflowError, struct.error):
        return                          # sealed by someone who writes these boxes otherwise
    if master := said.get("master"):
        told.tell(Verdict.NOTE, "clip.viewing", master=master)
