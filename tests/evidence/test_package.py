"""A package as tools that are not ours see it; interrupted, cancelled, on a full disk; and what must not be in it."""

from __future__ import annotations

import errno
import io
import json
import re
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import av
import pytest

from app.evidence import archive, boxes, files, laying, package
from app.evidence.checking import check
from app.evidence.identity import Identity
from app.evidence.outcome import Package, Stopped
from app.evidence.package import WORK, Export
from app.evidence.tables import Odd
from app.model.clip import ClipRequest, Gap, GapCause, Segment
from app.model.errors import OperatorError
from tests.fakes.segments import SECOND, T


def run(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, shell=True, cwd=folder, capture_output=True, text=True, timeout=30)


def test_sha256sum_and_openssl_agree(made: Package) -> None:
    told = run("sha256sum -c SHA256SUMS", made.folder)
    assert told.returncode == 0, told.stdout
    guide = (made.folder / files.GUIDE).read_text("utf-8")
    command = re.search(r"openssl cms .*?\\\n.*", guide)
    assert command is not None
    told = run(command[0], made.folder)
    assert told.returncode == 0, told.stderr
    told = run("openssl x509 -in station.crt -noout -fingerprint -sha256", made.folder)
    assert told.stdout.strip().rpartition("=")[2] in guide


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe here")
def test_ffprobe_counts_every_picture_and_complains_of_nothing(made: Package) -> None:
    for clip in made.folder.glob("*.mp4"):
        told = run("ffprobe -v warning -count_frames -show_entries stream=nb_read_frames,time_base,start_pts -of json "
                   + clip.name, made.folder)
        assert told.stderr == ""
        assert json.loads(told.stdout)["streams"] == [{"time_base": "1/90000", "start_pts": 0, "nb_read_frames": "195"}]


def test_the_clips_carry_the_boxes_of_onvif(made: Package) -> None:
    with (made.folder / "0001-simpang-lima-1-1-1.mp4").open("rb") as file:
        told = boxes.read(file)
        assert [box.kind for box in boxes.top(file)][-2:] == [b"moov", b"meta"]
    assert told["start_us"] == T + 2 * SECOND and told["operator"] == "Budi" and told["unit"] == "Makassar"
    assert told["camera"] == "0001 Simpang Lima 1" and told["mac"] == "02:00:00:00:00:01"
    assert told["place"] == "Makassar / Ujung Pandang"
    assert told["latitude"] == pytest.approx(-5.147665, abs=1 / 65536)
    assert told["longitude"] == pytest.approx(119.432732, abs=1 / 65536)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe here")
def test_ffprobe_reads_the_place(made: Package) -> None:
    clip = "0001-simpang-lima-1-1-1.mp4"
    told = run(f"ffprobe -v warning -show_entries format_tags=location -of json {clip}", made.folder)
    assert told.stderr == ""
    assert json.loads(told.stdout)["format"]["tags"]["location"] == "-05.1477+119.4327/Makassar / Ujung Pandang"


def test_the_manifest_says_what_was_asked_and_what_is_there(made: Package) -> None:
    told = json.loads((made.folder / files.MANIFEST).read_bytes())
    part = told["cameras"][0]["parts"][0]
    assert told["requested"]["in"] == "2026-09-21T14:13:22.500000Z"
    assert (part["before_us"], part["after_us"], part["pictures"]) == (500_000, 500_000, 195)
    assert [s["pictures"] for s in part["sources"]] == [60, 90, 45]
    assert all(s["sha256"] == s["sha256_recorded"] and len(s["sha256"]) == 64 for s in part["sources"])
    assert told["cameras"][0]["gaps"] == []
    assert {entry["name"] for entry in told["files"]} == {p.name for p in made.folder.iterdir()} - files.UNLISTED


def test_the_stills_are_of_the_middle_and_the_record_is_a_pdf(made: Package) -> None:
    told = json.loads((made.folder / files.MANIFEST).read_bytes())
    still = told["cameras"][0]["still"]
    assert still["at_us"] == T + 8 * SECOND
    with av.open(io.BytesIO((made.folder / still["file"]).read_bytes())) as picture:
        assert (picture.streams.video[0].width, picture.streams.video[0].height) == (320, 180)
    assert (made.folder / files.REPORT).read_bytes().startswith(b"%PDF-")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext here")
def test_the_record_can_be_read(made: Package, tmp_path: Path) -> None:
    read = run("pdftotext -layout report.pdf -", made.folder)
    assert read.stderr == ""            # fonts are what they say they are
    text = " ".join(read.stdout.split())
    assert run(f"pdftoppm -r 20 report.pdf {tmp_path}/page", made.folder).stderr == ""
    told = json.loads((made.folder / files.MANIFEST).read_bytes())
    assert "Kategori banjir" in text and "0,500 dtk sebelum tanda" in text
    assert "Berita Acara" in text and "Banjir Jl. Urip" in text and "Simpang Lima 2" in text
    digest = told["cameras"][0]["parts"][0]["sha256"]
    assert " ".join(digest[at:at + 8] for at in range(0, 64, 8)) in text


def test_the_zip_is_stored_and_holds_the_same(made: Package) -> None:
    assert made.zip is not None
    with zipfile.ZipFile(made.zip) as zipped:
        assert {i.compress_type for i in zipped.infolist()} == {zipfile.ZIP_STORED}
        there = {f"{made.folder.name}/{p.name}" for p in made.folder.iterdir()}
        assert {i.filename for i in zipped.infolist()} == there
        assert zipped.testzip() is None
    assert not list(made.folder.parent.glob("*.part"))


def test_nothing_secret_is_in_a_package(one_camera: Callable[..., ClipRequest], station: Identity, tmp_path: Path,
                                        request_of: ClipRequest) -> None:
    hidden = tmp_path / "rtsp-admin-geheim123@10.0.0.9"
    shutil.copytree(request_of.cameras[0].segments[0].path.parent, hidden)
    moved = tuple(replace(s, path=hidden / s.path.name) for s in request_of.cameras[0].segments)
    made = Export(one_camera(segments=moved), station, tmp_path / "out").run()
    key = b"PRIVATE KEY"
    for path in (*made.folder.iterdir(), made.zip):
        assert path is not None
        content = path.read_bytes()
        if path.name != files.PAGE and path != made.zip:      # the page's library knows the words, not a key
            assert key not in content and b"rtsp" not in content, path.name
        assert b"geheim123" not in content and b"10.0.0.9" not in content, path.name
        assert str(tmp_path).encode() not in content, path.name


def test_gaps_are_listed_with_their_cause(one_camera: Callable[..., ClipRequest], request_of: ClipRequest,
                                          station: Identity, tmp_path: Path) -> None:
    first, _, last = request_of.cameras[0].segments
    made = Export(one_camera(segments=(first, last), gaps=(Gap(first.t1, last.t0, GapCause.DISK_FULL),)), station,
                  tmp_path).run()
    told = json.loads((made.folder / files.MANIFEST).read_bytes())["cameras"][0]
    assert [(g["start_us"], g["end_us"], g["cause"]) for g in told["gaps"]] == [(first.t1, last.t0, "disk_full")]
    assert [p["split"] for p in told["parts"]] == ["", "gap"]


def test_a_camera_without_recordings_is_said_and_the_others_are_made(request_of: ClipRequest, station: Identity,
                                                                     tmp_path: Path) -> None:
    silent = replace(request_of.cameras[1], segments=())
    made = Export(replace(request_of, cameras=(request_of.cameras[0], silent)), station, tmp_path).run()
    assert made.empty == (silent.camera.id,)
    assert len(list(made.folder.glob("*.mp4"))) == 1


def test_a_recording_that_changed_since_is_told(one_camera: Callable[..., ClipRequest], request_of: ClipRequest,
                                                station: Identity, tmp_path: Path) -> None:
    first, *rest = request_of.cameras[0].segments
    made = Export(one_camera(segments=(replace(first, sha256="0" * 64), *rest)), station, tmp_path).run()
    told = json.loads((made.folder / files.MANIFEST).read_bytes())["cameras"][0]["parts"][0]["sources"]
    assert [s["changed_since_recorded"] for s in told] == [True, False, False]


class Killed(BaseException):
    """Stands for a kill: nothing of the export's own tidying runs on it but what `finally` does."""


def test_after_a_crash_it_goes_on_with_what_is_whole(request_of: ClipRequest, station: Identity, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> bytes:
        raise Killed
    with monkeypatch.context() as patch:
        patch.setattr(package, "seal", die)
        first = Export(request_of, station, tmp_path)
        with pytest.raises(Killed):
            first.run()
    whole, torn = sorted(first.part.glob("*.mp4"))
    torn.write_bytes(torn.read_bytes()[:-100])
    before = (whole.stat().st_ino, whole.stat().st_mtime_ns)
    (first.part / "left-over").write_bytes(b"x")
    made = Export(request_of, station, tmp_path).run()
    kept = made.folder / whole.name
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == before
    assert run("sha256sum -c SHA256SUMS", made.folder).returncode == 0
    assert not (made.folder / "left-over").exists() and not (made.folder / WORK).exists()
    assert not first.part.exists()


def test_who_cancels_finds_nothing_left(request_of: ClipRequest, station: Identity, tmp_path: Path) -> None:
    stop = threading.Event()
    def progress(_: str, done: int, total: int) -> None:
        if done * 3 > total:
            stop.set()
    with pytest.raises(Stopped):
        Export(request_of, station, tmp_path, progress=progress, stopped=stop.is_set).run()
    assert list(tmp_path.iterdir()) == []


def test_progress_runs_to_its_end(request_of: ClipRequest, station: Identity, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    Export(request_of, station, tmp_path, progress=lambda *told: seen.append(told)).run()
    done = [count for _, count, _ in seen]
    assert done == sorted(done) and seen[-1][1] == seen[-1][2]
    assert list(dict.fromkeys(stage for stage, _, _ in seen)) == ["clips", "papers", "zip", "done"]


def test_a_full_disk_is_told_before_and_while(request_of: ClipRequest, station: Identity, tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
        with pytest.raises(OperatorError, match="1 MB free"):
            Export(request_of, station, tmp_path).run()
    assert list(tmp_path.iterdir()) == []

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(archive.Draft, "finish", full)
        with pytest.raises(OperatorError, match="full"):
            Export(request_of, station, tmp_path).run()
    (left,) = tmp_path.iterdir()
    clips = {path.name: path.stat().st_ino for path in left.glob("*.mp4")}
    made = Export(request_of, station, tmp_path).run()      # room was made: what was copied is kept
    assert {path.name: path.stat().st_ino for path in made.folder.glob("*.mp4")} == clips
    assert sorted(tmp_path.iterdir()) == sorted([made.folder, made.zip])


def test_what_is_left_to_libav_is_in_folder_and_zip_all_the_same(
        request_of: ClipRequest, station: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second camera turns out to be unusual when some of it lies in clip and ZIP already."""
    real, seen = laying.Layer._copy, set[int]()

    def copies(self: laying.Layer, segment: Segment, block: memoryview, at: int) -> None:
        real(self, segment, block, at)
        seen.add(id(self))
        if len(seen) > 1:
            raise Odd("as a test wants it")
    quick = Export(request_of, station, tmp_path / "quick", now=lambda: T / SECOND).run()
    monkeypatch.setattr(laying.Layer, "_copy", copies)
    made = Export(request_of, station, tmp_path / "slow", now=lambda: T / SECOND).run()
    assert made.zip is not None and check(made.folder).good and check(made.zip).good
    assert sorted((tmp_path / "slow").iterdir()) == sorted([made.folder, made.zip])
    for path in quick.folder.glob("*.mp4"):
        one, other = path.read_bytes(), (made.folder / path.name).read_bytes()
        signed = one.index(b"sibo")         # a signature is never the same twice
        assert one[:signed] == other[:signed] and one[signed + 4 + 384:] == other[signed + 4 + 384:]


def test_a_place_that_was_taken_meanwhile_is_not_written_over(request_of: ClipRequest, station: Identity,
                                                              tmp_path: Path) -> None:
    def progress(stage: str, _done: int, _total: int) -> None:
        for part in tmp_path.glob("*.part") if stage == "clips" else ():
            part.with_suffix("").mkdir(exist_ok=True)
    made = Export(request_of, station, tmp_path, progress=progress).run()
    assert made.folder.name.endswith("-2") and made.zip is not None and made.zip.name == f"{made.folder.name}.zip"
    with zipfile.ZipFile(made.zip) as zipped:
        assert {Path(name).parts[0] for name in zipped.namelist()} == {made.folder.name}
    assert check(made.folder).good and check(made.zip).good and not list(tmp_path.glob("*.part"))


def test_the_same_clip_twice_writes_over_nothing(one_camera: Callable[..., ClipRequest], station: Identity,
                                                 tmp_path: Path) -> None:
    request = one_camera()
    first, second = (Export(request, station, tmp_path, with_zip=False).run() for _ in range(2))
    assert first.folder != second.folder and first.folder.exists() and first.zip is None


def test_nothing_asked_for_is_refused(request_of: ClipRequest, station: Identity, tmp_path: Path) -> None:
    for wrong in (replace(request_of, t1=request_of.t0), replace(request_of, cameras=())):
        with pytest.raises(OperatorError):
            Export(wrong, station, tmp_path)


def test_the_identity_of_a_camera_has_no_room_for_a_login(request_of: ClipRequest) -> None:
    names = set(asdict(request_of.cameras[0].camera))
    assert not names & {"url", "credentials", "username", "password", "service", "streams"}
