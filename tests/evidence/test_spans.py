"""Which segments are taken, what is a gap, where a file is split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest

from app.evidence import spans
from app.evidence.copied import Copied
from app.evidence.copying import Copier
from app.evidence.outcome import Stopped
from app.model.clip import Gap, GapCause, Segment, SegmentState
from tests.fakes.segments import SECOND, T, segment

S = SECOND


def bare(t0: int, t1: int, *, key: int | None = None, run: str = "r") -> Segment:
    return Segment(Path(f"{t0}.mp4"), "c", t0 * S, t1 * S, (t0 if key is None else key) * S, run=run)


def test_only_what_is_needed_is_taken() -> None:
    all_of_it = [bare(0, 60), bare(60, 120), bare(120, 180), bare(180, 240)]
    assert spans.chosen(all_of_it, 70 * S, 130 * S) == tuple(all_of_it[1:3])
    assert spans.chosen(all_of_it, 300 * S, 310 * S) == ()
    missing = replace(all_of_it[1], state=SegmentState.MISSING)
    assert spans.chosen([all_of_it[0], missing, all_of_it[2]], 70 * S, 130 * S) == (all_of_it[2],)


def test_a_group_that_spills_over_brings_its_neighbour() -> None:
    before, spilled, after = bare(0, 60), bare(60, 120, key=90), bare(120, 180, key=150)
    assert spans.chosen([before, spilled, after], 70 * S, 80 * S) == (before, spilled, after)
    assert spans.chosen([before, spilled], 95 * S, 100 * S) == (spilled,)
    assert spans.chosen([replace(before, run="other"), spilled], 70 * S, 80 * S) == (spilled,)


def test_gaps_are_told_with_their_cause() -> None:
    known = [Gap(10 * S, 20 * S, GapCause.DISK_FULL), Gap(0, 1, GapCause.DELETED)]
    full = (Gap(10 * S, 20 * S, GapCause.DISK_FULL),)
    assert spans.gaps_in(0, 30 * S, [(0, 10 * S), (20 * S, 30 * S)], known) == full
    assert spans.gaps_in(0, 30 * S, [], ()) == (Gap(0, 30 * S, GapCause.UNKNOWN),)
    assert spans.gaps_in(0, 30 * S, [(1 * S, 29 * S)], ()) == ()
    assert spans.gaps_in(5 * S, 30 * S, [(0, 20 * S)], ()) == (Gap(20 * S, 30 * S),)


def copy(folder: Path, segments: list[Segment], t0: int, t1: int,
         stopped: Callable[[], bool] = lambda: False) -> Copied:
    return Copier(t0, t1, lambda n: folder / f"out-{n}.mp4", stopped=stopped, advanced=lambda _: None).run(
        spans.chosen(segments, t0, t1))


def pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def decoded(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_whole_groups_are_copied_byte_for_byte(tmp_path: Path, codec: str) -> None:
    there = [segment(tmp_path, str(n), T + n * 6 * S, codec=codec) for n in range(3)]
    copied = copy(tmp_path, there, T + 5 * S // 2, T + 13 * S + S // 2)
    (part,) = copied.parts
    assert (part.start, part.end) == (T + 2 * S, T + 14 * S)
    assert part.pictures == 180 == decoded(part.path) and part.keys == 12
    source = [unit for s in there for unit in pictures(s.path)]
    assert pictures(part.path) == source[30:210]
    assert [(s.at, s.pictures) for s in part.sources] == [(0, 60), (360_000, 90), (900_000, 30)]
    with av.open(str(part.path)) as container:
        stream = container.streams.video[0]
        assert (stream.time_base.denominator, stream.start_time) == (90_000, 0)


def test_a_gap_splits_and_a_new_size_splits(tmp_path: Path) -> None:
    there = [segment(tmp_path, "a", T), segment(tmp_path, "b", T + 16 * S),
             segment(tmp_path, "c", T + 22 * S, width=192, height=108)]
    copied = copy(tmp_path, there, T, T + 28 * S)
    assert [p.split for p in copied.parts] == ["", "gap", "parameters"]
    assert [p.width for p in copied.parts] == [320, 320, 192]
    assert [decoded(p.path) for p in copied.parts] == [90, 90, 90]
    assert copied.covered == [(T, T + 6 * S), (T + 16 * S, T + 28 * S)]


def test_another_run_splits_and_a_clock_that_went_back_too(tmp_path: Path) -> None:
    a, b = segment(tmp_path, "a", T), segment(tmp_path, "b", T + 6 * S, run="r2")
    assert [p.split for p in copy(tmp_path, [a, b], T, T + 12 * S).parts] == ["", "run"]
    early = replace(b, t0=T + 3 * S, t1=T + 9 * S, first_key=T + 3 * S, run="r1")
    assert [p.split for p in copy(tmp_path, [a, early], T, T + 9 * S).parts] == ["", "clock"]


def test_segments_that_overlap_a_little_stay_in_order(tmp_path: Path) -> None:
    a, b = segment(tmp_path, "a", T), segment(tmp_path, "b", T + 6 * S - 300_000)
    (part,) = copy(tmp_path, [a, b], T, T + 11 * S).parts
    assert decoded(part.path) == part.pictures == 180
    assert part.sources[1].at == 540_000


def test_pictures_without_a_key_before_them_are_left_out_and_counted(tmp_path: Path) -> None:
    headless = segment(tmp_path, "a", T, skip=5)
    copied = copy(tmp_path, [headless], T, T + 4 * S)
    assert copied.headless == 10
    assert headless.first_key is not None and abs(copied.parts[0].start - headless.first_key) <= 1


def test_a_segment_that_is_gone_or_broken_is_named_and_the_rest_is_copied(tmp_path: Path) -> None:
    there = [segment(tmp_path, str(n), T + n * 6 * S) for n in range(4)]
    there[1].path.unlink()
    there[2].path.write_bytes(b"not a film")
    copied = copy(tmp_path, there, T, T + 24 * S)
    assert [s.path.name for s, _ in copied.unreadable] == ["1.mp4", "2.mp4"]
    assert [p.split for p in copied.parts] == ["", "gap"]


def test_a_segment_cut_off_by_a_crash_gives_what_is_whole(tmp_path: Path) -> None:
    whole = segment(tmp_path, "a", T)
    content = whole.path.read_bytes()
    whole.path.write_bytes(content[:len(content) // 2])
    copied = copy(tmp_path, [whole], T, T + 6 * S)
    assert copied.unreadable or (copied.parts and decoded(copied.parts[0].path) == copied.parts[0].pictures)


def test_it_stops_when_told(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        copy(tmp_path, [segment(tmp_path, "a", T)], T, T + 6 * S, lambda: True)
