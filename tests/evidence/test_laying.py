"""Clips written in one pass: the same bytes as libav writes, packet by packet; and who is left to libav."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from app.evidence import boxes, spans, tables
from app.evidence.archive import Draft
from app.evidence.boxes import Facts
from app.evidence.copied import Copied
from app.evidence.copied import Sound as CopiedSound
from app.evidence.copying import Copier
from app.evidence.laying import Laid, Layer
from app.evidence.outcome import Stopped
from app.evidence.planning import Planner
from app.evidence.tables import Odd, Pictures
from app.model.clip import Segment
from app.video.segment import SegmentFile
from app.video.segment_name import PART
from app.video.transport import CLOCK, Heard, Sound, Unit
from tests.fakes import clips, segments
from tests.fakes.clips import Clip
from tests.fakes.segments import SECOND, T, segment
from tests.recording.test_sound import RATE, aac

S = SECOND
PLACED = Facts("Station", "Budi", T, T, "0001 Pasar", place="Makassar", latitude="-5.1", longitude="119.4")


def nobody(_: bytes) -> bytes:
    """Signs for clips without a seal, of which no two are the same."""
    raise AssertionError("there is no seal")


def facts(start: int) -> Facts:
    return replace(PLACED, start=start)


def by_libav(folder: Path, segments: Sequence[Segment], t0: int, t1: int) -> Copied:
    """The slow way, boxes and all."""
    folder.mkdir(parents=True, exist_ok=True)
    copied = Copier(t0, t1, lambda n: folder / f"{n}.mp4", stopped=lambda: False, advanced=lambda _: None).run(
        spans.chosen(segments, t0, t1))
    for part in copied.parts:
        boxes.append(part.path, facts(part.start))
    return copied


def laid(folder: Path, segments: Sequence[Segment], t0: int, t1: int, draft: Draft | None = None) -> tuple[
        Copied, Laid, list[int]]:
    folder.mkdir(parents=True, exist_ok=True)
    needed = spans.chosen(segments, t0, t1)
    planner = Planner(t0, t1, lambda n: folder / f"{n}.mp4", stopped=lambda: False)
    copied, looked = planner.run(needed), list[int]()
    return copied, Layer(planner, copied.parts, facts, draft, looked.append, nobody).run(needed), looked


def same(folder: Path, segments: Sequence[Segment], t0: int, t1: int) -> Copied:
    """What both ways make, which has to be the same."""
    slow = by_libav(folder / "slow", segments, t0, t1)
    quick, written, _ = laid(folder / "quick", segments, t0, t1)
    for one, other in zip(slow.parts, quick.parts, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()
        assert replace(one, path=other.path) == other
        assert written.entries[other.path.name].sha256 == hashlib.sha256(one.path.read_bytes()).hexdigest()
        assert written.entries[other.path.name].bytes == one.path.stat().st_size
    assert replace(slow, parts=[]) == replace(quick, parts=[])
    for path, digest in written.hashes.items():
        there = Path(path)
        assert digest == (hashlib.sha256(there.read_bytes()).hexdigest() if there.exists() else "")
    return quick


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_same_file_as_libav_writes(tmp_path: Path, codec: str) -> None:
    there = [segment(tmp_path, str(n), T + n * 6 * S, codec=codec) for n in range(3)]
    (part,) = same(tmp_path, there, T + 5 * S // 2, T + 13 * S + S // 2).parts
    assert part.pictures == 180 and part.keys == 12


def test_large_pictures_and_only_key_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def filled(*args: Any, **given: Any) -> Clip:
        """With filler units (H.264 7.3.2.7): some pieces of the index, and some blocks."""
        clip = clips.clip(*args, **given)
        return replace(clip, units=tuple((unit + b"\0\0\0\1\x0c" + b"\xff" * (40_000 + 77 * number) + b"\x80", key)
                                         for number, (unit, key) in enumerate(clip.units)))
    with monkeypatch.context() as patch:
        patch.setattr(segments, "clip", filled)
        large = [segment(tmp_path, str(n), T + n * 6 * S) for n in range(2)]
    (part,) = same(tmp_path / "large", large, T + S, T + 11 * S).parts
    assert part.path.stat().st_size > 6 << 20
    single = segment(tmp_path, "c", T, seconds=3, fps=1)
    assert same(tmp_path / "keys", [single], T, T + 3 * S).parts[0].keys == 3


def test_splits_gaps_and_what_has_no_key_picture(tmp_path: Path) -> None:
    there = [segment(tmp_path, "a", T), segment(tmp_path, "b", T + 16 * S),
             segment(tmp_path, "c", T + 22 * S, width=192, height=108), segment(tmp_path, "d", T + 28 * S, run="r2"),
             segment(tmp_path, "e", T + 34 * S - 300_000, run="r2"),
             segment(tmp_path, "f", T + 45 * S, run="r2", skip=5)]
    copied = same(tmp_path, there, T + 3 * S, T + 52 * S)
    assert [part.split for part in copied.parts] == ["", "gap", "parameters", "parameters", "gap"]
    assert copied.headless == 10


def test_segments_gone_broken_cut_off_and_still_open(tmp_path: Path) -> None:
    there = [segment(tmp_path, str(n), T + n * 6 * S) for n in range(5)]
    there[1].path.unlink()
    there[2].path.write_bytes(b"not a film")
    there[3].path.write_bytes(unfinished(there[3].path))
    copied = same(tmp_path, there, T, T + 30 * S)
    assert [s.path.name for s, _ in copied.unreadable] == ["1.mp4", "2.mp4"]
    assert copied.parts[-1].pictures > 90, "the open one has pictures as well"


def unfinished(path: Path) -> bytes:
    """A segment as a killed recorder leaves it: fragments, and the last one cut off."""
    with av.open(str(path)) as source, av.open(str(path) + ".open", "w", format="mp4", options={
            "movflags": "+frag_keyframe+empty_moov+default_base_moof"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux_one(packet)
    return Path(str(path) + ".open").read_bytes()[:-2000]


def recorded(folder: Path, codec: str, number: int, *, sound: bool, ended: bool, made_of: str = "") -> Segment:
    """As the recorder itself leaves it; one that has not ended is as long as its last whole fragment."""
    made, path = clips.clip(codec, 320, 180), folder / f"{number}.mp4"
    units = [Unit(data, key, 0, number * 6_000) for number, (data, key) in enumerate(made.units)]
    config, frames = aac(6.0) if sound else (b"", [])
    file = SegmentFile(path, codec, 320, 180, units[0], sound=Sound(config, RATE, made_of=made_of) if sound else None)
    for unit in units:
        file.write(unit)
        while frames and len(frames) * 1024 * CLOCK > (len(units) * 6_000 - unit.stamp) * RATE:
            file.hear(Heard(frames.pop(0), 0, unit.stamp))
    if ended:
        file.close()
    else:
        shutil.copyfile(folder / f"{number}.mp4{PART}", path)
        file.abandon()
    return Segment(path, "c", T + number * 6 * S, T + (number + 1) * 6 * S, T + number * 6 * S, path.stat().st_size)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_what_the_recorder_writes_goes_the_quick_way(tmp_path: Path, codec: str) -> None:
    there = [recorded(tmp_path, codec, number, sound=False, ended=number < 2) for number in range(3)]
    (part,) = same(tmp_path, there, T + S, T + 17 * S).parts
    assert part.pictures > 195 and len(part.sources) == 3


def test_what_has_sound_goes_to_libav_which_takes_it_along(tmp_path: Path) -> None:
    there = [recorded(tmp_path, "h264", number, sound=number != 3, ended=number != 2) for number in range(4)]
    with pytest.raises(Odd, match="sound"):
        Planner(T, T + 18 * S, lambda n: tmp_path / f"{n}.mp4", stopped=lambda: False).run(there)
    with_sound, without = by_libav(tmp_path / "slow", there, T + 2 * S, T + 24 * S).parts
    assert with_sound.start == T + 2 * S and (with_sound.sound, with_sound.frames > 200) == (
        CopiedSound("aac", RATE, aac(6.0)[0]), True)
    assert (without.split, without.sound, without.frames) == ("parameters", None, 0)
    with av.open(str(with_sound.path)) as clip, av.open(str(without.path)) as quiet:
        video, audio = clip.streams.video[0], clip.streams.audio[0]
        lengths = [float(one.duration * one.time_base) for one in (video, audio)]
        assert lengths[0] == pytest.approx((with_sound.end - with_sound.start) / S, abs=0.1)
        assert lengths[1] == pytest.approx(lengths[0], abs=1.2)         # the segment that was cut off ends earlier
        stamps = [packet.pts for packet in clip.demux(audio) if packet.size]
        assert stamps[0] < 0.1 * RATE and len(stamps) == with_sound.frames
        assert max(later - one for one, later in pairwise(stamps)) < 1.2 * RATE
        assert sum(gap != 1024 for gap in (later - one for one, later in pairwise(stamps))) <= 2
        assert not quiet.streams.audio
    with av.open(str(with_sound.path)) as clip:
        assert sum(frame.samples for frame in clip.decode(audio=0)) == pytest.approx(1024 * with_sound.frames, abs=2048)


def test_into_clip_and_zip_at_once(tmp_path: Path) -> None:
    there = [segment(tmp_path, str(n), T + n * 6 * S) for n in range(3)]
    draft = Draft(tmp_path / "x.zip", "case")
    copied, written, looked = laid(tmp_path / "clips", there, T, T + 18 * S, draft)
    draft.finish()
    with zipfile.ZipFile(tmp_path / "x.zip") as packed:
        assert packed.testzip() is None and packed.namelist() == ["case/0.mp4"]
        content = packed.read("case/0.mp4")
    assert content == copied.parts[0].path.read_bytes() and len(written.hashes) == 3
    pictures = sum(boxes_of(copied.parts[0].path))
    assert sum(looked) == sum(s.path.stat().st_size for s in there) + 2 * pictures


def boxes_of(path: Path) -> list[int]:
    with path.open("rb") as file:
        return [box.size - box.head for box in boxes.top(file) if box.kind == b"mdat"]


def b_pictures(folder: Path) -> Segment:
    """Pictures that are shown in another order than they are decoded."""
    made = segment(folder, "b", T)
    with av.open(str(made.path), "w", format="mp4") as out:
        stream: Any = out.add_stream("libx264", rate=15, options={"g": "15", "x264-params": "bframes=2:b-adapt=0"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(90):
            frame = av.VideoFrame(320, 180, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 2]) * plane.buffer_size)
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return made


def test_what_is_unusual_is_left_to_libav(tmp_path: Path) -> None:
    odd = b_pictures(tmp_path)
    assert by_libav(tmp_path / "slow", [odd], T, T + 6 * S).parts[0].pictures == 90
    with pytest.raises(Odd, match="tables"):
        laid(tmp_path / "quick", [odd], T, T + 6 * S)


def test_a_segment_that_changed_after_the_plan_is_noticed(tmp_path: Path) -> None:
    there = [segment(tmp_path, str(n), T + n * 6 * S) for n in range(2)]
    for harm in (lambda path: path.unlink(), lambda path: os.truncate(path, 20_000),
                 lambda path: replaced(path)):
        made = [replace(s, path=tmp_path / f"again-{s.path.name}") for s in there]
        for one, again in zip(there, made, strict=True):
            again.path.unlink(missing_ok=True)
            again.path.write_bytes(one.path.read_bytes())
        planner = Planner(T, T + 12 * S, lambda n: tmp_path / f"out-{n}.mp4", stopped=lambda: False)
        copied = planner.run(made)
        harm(made[1].path)
        with pytest.raises(Odd):
            Layer(planner, copied.parts, facts, None, lambda _: None, nobody).run(made)


def replaced(path: Path) -> None:
    other = path.with_suffix(".other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def test_it_stops_when_told(tmp_path: Path) -> None:
    there = [segment(tmp_path, "a", T)]
    with pytest.raises(Stopped):
        Planner(T, T + 6 * S, lambda n: tmp_path / f"{n}.mp4", stopped=lambda: True).run(there)

    def stop(_: int) -> None:
        raise Stopped
    planner = Planner(T, T + 6 * S, lambda n: tmp_path / f"{n}.mp4", stopped=lambda: False)
    copied, draft = planner.run(there), Draft(tmp_path / "x.zip", "case")
    with pytest.raises(Stopped):
        Layer(planner, copied.parts, facts, draft, stop, nobody).run(there)
    draft.abandon()
    assert not (tmp_path / "x.zip").exists()


def test_a_clip_above_4_gb_can_be_read(tmp_path: Path) -> None:
    """Of holes: only the pictures' places count."""
    source = segment(tmp_path, "a", T)
    with av.open(str(source.path)) as container:
        form = tables.template(container.streams.video[0])
    pictures = Pictures(array("Q"), array("Q"), array("Q"))
    for number in range(5000):
        pictures.add(1_000_000 + number, number * 6000, 6000, number % 15 == 0)
    head = tables.head(form, pictures)
    with (tmp_path / "large.mp4").open("wb") as file:
        file.write(head)
        file.seek(len(head) + pictures.bytes)
        file.write(boxes.boxed(b"moov", tables.moov(form, pictures)))
    with (tmp_path / "large.mp4").open("rb") as file:
        assert [(box.kind, box.head) for box in boxes.top(file)] == [(b"ftyp", 8), (b"mdat", 16), (b"moov", 8)]
    with av.open(str(tmp_path / "large.mp4")) as container:
        stream = container.streams.video[0]
        entries = [(entry.pos, entry.size) for entry in stream.index_entries]
        assert stream.duration == 5000 * 6000 and sum(e.is_keyframe for e in stream.index_entries) == 334
    places = [len(head) + sum(pictures.sizes[:number]) for number in range(0, 5000, 500)]
    assert entries[::500] == [(at, 1_000_000 + number * 500) for number, at in enumerate(places)]
    pictures.add(1, tables.LONGEST, 1, False)
    with pytest.raises(Odd, match="long"):
        tables.moov(form, pictures)
