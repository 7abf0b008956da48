"""G.711 and L16 become AAC in the files: what sounds when, whatever pauses, gaps and packet lengths come."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from app.model.recording import SegmentEnded
from app.video import messages
from app.video.rtsp.sound import Ear, SoundMedia
from app.video.stamps import arrival_ticks
from app.video.taping import Tape
from app.video.transport import Heard, Sound, Unit
from app.video.voice import Voice
from tests.recording.conftest import FPS
from tests.recording.test_sound import rtp, tracks
from tests.recording.test_taping import Room

KINDS = {"PCMA": ("pcm_alaw", 8000, 1), "PCMU": ("pcm_mulaw", 8000, 1), "L16": ("pcm_s16be", 16_000, 2)}
SECONDS = 8


def samples(kind: str) -> bytes:
    """A tone that is there in every second second, from the first on; two channels alike."""
    name, rate, channels = KINDS[kind]
    at = np.arange(SECONDS * rate)
    wave = (np.sin(at * 2 * np.pi * 440 / rate) * 20_000 * (at // rate % 2 == 0)).astype("<i2")
    codec: Any = av.CodecContext.create(name, "w")
    codec.sample_rate, codec.layout, codec.format = rate, ("mono", "stereo")[channels - 1], "s16"
    codec.time_base = Fraction(1, rate)
    frame = av.AudioFrame.from_ndarray(np.repeat(wave, channels).reshape(1, -1), format="s16",
                                       layout=("mono", "stereo")[channels - 1])
    frame.sample_rate, frame.pts = rate, 0
    return b"".join(bytes(packet) for packet in codec.encode(frame))


def loud(path: Path | str) -> list[tuple[float, float]]:
    """From when to when a file sounds, in seconds."""
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        wave = np.zeros(0, "f4")
        for frame in container.decode(audio=0):
            pause = round(frame.time * rate) - len(wave)
            assert pause > -rate // 100
            wave = np.concatenate([wave, np.zeros(max(0, pause), "f4"), frame.to_ndarray()[0]])
    step = rate // 100
    on = [False, *(np.abs(wave[:len(wave) // step * step]).reshape(-1, step).mean(1) > 0.1).tolist(), False]
    edges = [index / 100 for index in range(1, len(on)) if on[index] is not on[index - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def taped(room: Room, tmp_path: Path, film: list[tuple[bytes, bool]], kind: str, heard: list[Heard], begin: int,
          seconds: int) -> list[SegmentEnded]:
    _name, rate, channels = KINDS[kind]
    room.tape = Tape(messages.Record("cam/sub", "cam", str(tmp_path), seconds, sound=True), "h264", (64, 64), room.deck,
                     Sound(b"", rate, channels, plain=kind))
    room.deck.start(room.tape)
    made: list[Unit | Heard] = [Unit(data, key, begin + index * 1_000_000_000 // FPS, arrival_ticks(
        begin + index * 1_000_000_000 // FPS)) for index, (data, key) in enumerate(film)]
    for one in sorted([*made, *heard], key=lambda one: one.arrived_ns):
        room.tape.offer(one) if isinstance(one, Unit) else room.tape.hear(one)
    return room.end()


def packets(kind: str, begin: int, lengths: tuple[int, ...] = (320,)) -> list[Heard]:
    _name, rate, channels = KINDS[kind]
    data, wide = samples(kind), channels * (2 if kind == "L16" else 1)
    found, at = [], 0
    while at < len(data):
        arrived = begin + at // wide * 1_000_000_000 // rate
        length = lengths[len(found) % len(lengths)] * wide
        found.append(Heard(data[at:at + length], arrived, arrival_ticks(arrived)))
        at += length
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_heard_in_a_file_sounded_at_that_moment(kind, tmp_path, film):
    begin = time.monotonic_ns()
    room = Room(tmp_path)
    (one,) = taped(room, tmp_path, film, kind, packets(kind, begin, (160, 333, 1)), begin, 300)
    _video, audio = tracks(one.path)
    _name, rate, channels = KINDS[kind]
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", str(rate), channels)
    assert [edge for stretch in loud(one.path) for edge in stretch] == pytest.approx(list(range(SECONDS)), abs=0.12)


def test_nothing_is_lost_where_one_file_ends_and_the_next_begins(tmp_path, film):
    begin = time.monotonic_ns()
    room = Room(tmp_path)
    ended = taped(room, tmp_path, film, "PCMU", packets("PCMU", begin), begin, 2)
    assert len(ended) >= 3
    heard = sum(stretch[1] - stretch[0] for one in ended for stretch in loud(one.path))
    # The first frame of a file fades in, by half a frame at most.
    assert heard == pytest.approx(SECONDS / 2, abs=0.07 * len(ended))
    for one in ended:
        video, audio = tracks(one.path)
        assert float(audio["duration"]) == pytest.approx(float(video["duration"]), abs=0.2)
        for stretch in loud(one.path):
            for edge in stretch:
                second = ((one.t0 - ended[0].t0) / 1e6 + edge) % 1
                inside = 0.1 < edge < (one.t1 - one.t0) / 1e6 - 0.1
                assert not inside or min(second, 1 - second) < 0.12


def test_a_pause_stays_one_and_a_lost_packet_moves_nothing(tmp_path, film):
    begin = time.monotonic_ns()
    came = [one for number, one in enumerate(packets("PCMA", begin))
            if not 2.3 < (one.arrived_ns - begin) / 1e9 < 3.9 and number % 29 != 7]
    room = Room(tmp_path)
    (one,) = taped(room, tmp_path, film, "PCMA", came, begin, 300)
    edges = [edge for stretch in loud(one.path) for edge in stretch]
    assert edges == pytest.approx([0, 1, 2, 2.3, 4, 5, 6, 7], abs=0.2)


def test_noise_from_a_camera_harms_no_file(tmp_path, film):
    begin = time.monotonic_ns()
    rng = np.random.default_rng(1)
    heard = [Heard(rng.bytes(int(rng.integers(0, 4000))), begin + int(at * 1e7),
                   arrival_ticks(begin + int(at * 1e7)) + int(rng.integers(-90_000, 90_000)))
             for at in np.sort(rng.integers(0, 800, 300))]
    room = Room(tmp_path)
    (one,) = taped(room, tmp_path, film, "L16", heard, begin, 300)
    video, audio = tracks(one.path)
    assert float(video["duration"]) == pytest.approx(SECONDS, abs=0.1) and 0 < float(audio["duration"]) < SECONDS + 1


def test_what_libav_refuses_costs_that_sound_alone():
    voice = Voice(Sound(b"", 8000, 1, plain="PCMA"))
    assert voice.sound.made_of == "PCMA" and voice.sound.config
    voice._decoder = av.CodecContext.create("aac", "r")         # whatever it is that cannot be read
    assert voice.frames(Heard(b"\xff" * 1024, 0, 0)) == []
    assert [one.stamp for index in (1, 2, 3) for one in voice.frames(Heard(b"\xff" * 1024, 0, index * 11_520))] == [
        11_520]
    assert [one.stamp for one in voice.rest()] == [23_040, 34_560]


def test_plain_samples_come_out_of_packets_as_they_are():
    ear = Ear(SoundMedia("PCMA", 97, "", 8000))
    ear.add(rtp(65_535, 0xFFFFFF60, b"\x01" * 160))
    ear.add(rtp(0, 0, b"\x02" * 160))
    ear.add(b"\x80" + rtp(1, 160, b"")[1:])
    assert [(one.data[:1], len(one.data), one.stamp - 0xFFFFFF60) for one in ear.ready] == [
        (b"\x01", 160, 0), (b"\x02", 160, 160)]
