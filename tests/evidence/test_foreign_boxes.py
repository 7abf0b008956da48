"""The boxes in an exported MP4 as a reader that is not ours finds them: FFmpeg's, told to say every box it walks.

Types, parents and sizes are FFmpeg's word. What stands in them is read here field by field in the order of the
standards' own listings (ONVIF Export File Format 5.2 and 5.3, ETSI TS 126 244 8.9), not with app.evidence.boxes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from app.evidence.outcome import Package
from tests.evidence.conftest import IN

pytestmark = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe here")

CLIP = "0001-simpang-lima-1-1-1.mp4"
_LINE = re.compile(r"type:'(.{4})' parent:'(.{4})' sz: (\d+) (\d+) (\d+)")


class Walked(NamedTuple):
    """A box: ``at`` is where its content begins, counted from the content of its parent, or in the file for "root"."""

    kind: str
    parent: str
    size: int
    at: int


def walked(path: Path) -> list[Walked]:
    told = subprocess.run(["ffprobe", "-v", "trace", str(path)], capture_output=True, text=True, errors="replace",
                          timeout=60, check=True)
    return [Walked(kind, parent, int(size), int(at)) for kind, parent, size, at, _total in _LINE.findall(told.stderr)]


class Fields:
    """Bytes taken from the front."""

    def __init__(self, content: bytes) -> None:
        self.left = content

    def number(self, bits: int) -> int:
        taken, self.left = self.left[:bits // 8], self.left[bits // 8:]
        assert len(taken) == bits // 8
        return int.from_bytes(taken)

    def signed(self, bits: int) -> int:
        found = self.number(bits)
        return found - (1 << bits) if found >> bits - 1 else found

    def text(self) -> str:
        words, null, self.left = self.left.partition(b"\0")
        assert null
        return words.decode("utf-8")


def test_a_foreign_reader_finds_every_box_where_it_belongs_and_nothing_beside(made: Package) -> None:
    path = made.folder / CLIP
    boxes = walked(path)
    root = [one for one in boxes if one.parent == "root"]
    assert [one.kind for one in root] == ["ftyp", "free", "mdat", "moov", "meta"]
    assert sum(one.size for one in root) == path.stat().st_size, "no byte lies outside of a box"
    inside = boxes[boxes.index(root[-1]) + 1:]
    assert [(one.kind, one.parent) for one in inside] == [
        ("hdlr", "meta"), ("suep", "meta"), ("cstb", "meta"), ("ipro", "meta")]
    assert sum(one.size for one in inside) + 12 == root[-1].size        # the head of a full box
    assert sum(one.kind == "loci" and one.parent == "udta" for one in boxes) == 1


def test_what_stands_in_the_boxes_by_the_standards_listings(made: Package) -> None:
    path = made.folder / CLIP
    content, boxes = path.read_bytes(), walked(path)
    meta = next(one for one in boxes if one.kind == "meta" and one.parent == "root")
    found = {one.kind: content[meta.at + 4 + one.at:meta.at + 4 + one.at + one.size - 8] for one in boxes
             if one.parent == "meta" and one.kind in ("suep", "cstb")}

    suep = Fields(found["suep"])
    assert suep.number(32) == 1 << 24                       # FullBox('suep', version = 1, 0)
    assert (suep.text(), suep.text(), suep.text()) == ("Makassar", "", "")   # ExportUnitName, URL, MAC
    made_s = suep.number(64) - 2_082_844_800                # ExportUnitTime, seconds since 1904 (ISO/IEC 14496-12)
    assert abs(made_s - path.stat().st_mtime) < 3600
    assert suep.text() == "Budi"                            # ExportOperator
    assert suep.number(32) == 1                             # entry_count
    assert suep.number(16) == 1                             # TrackID
    assert [suep.text() for _field in range(4)] == ["0001 Simpang Lima 1", "", "02:00:00:00:00:01", ""]
    assert suep.left == b""

    cstb = Fields(found["cstb"])                            # a Box, not a FullBox
    assert (cstb.number(32), cstb.number(32)) == (1, 1)     # entry_count, track_ID
    begin_us = cstb.number(64) // 10 - 11_644_473_600_000_000       # startTime, 100 ns since 1601
    assert 0 <= IN - begin_us < 2_000_000, "the group of pictures in which the span begins"
    assert cstb.left == b""

    at = content.index(b"loci")
    loci = Fields(content[at + 4:at - 4 + int.from_bytes(content[at - 4:at])])
    assert (loci.number(32), loci.number(16)) == (0, 0x55C4)        # FullBox, language "und"
    assert loci.text() == "Makassar / Ujung Pandang"
    assert loci.number(8) == 1                              # Role: real location
    longitude, latitude, altitude = (loci.signed(32) / 65536 for _field in range(3))
    assert (longitude, latitude) == (pytest.approx(119.432732, abs=1e-4), pytest.approx(-5.147665, abs=1e-4))
    assert (altitude, loci.text(), loci.text(), loci.left) == (0, "earth", "", b"")
