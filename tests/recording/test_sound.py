"""Sound beside pictures: off unless asked for, AAC as it comes, the rest is told, pictures never suffer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.recording import SegmentEnded
from app.recording.policy import Policy
from app.recording.rules import Mode, Rule, Scope, from_text, to_text
from app.recording_room import sound_words
from app.video import messages
from app.video.engine import RecordWant
from app.video.replay import Reel
from app.video.rtsp.sound import Ear, SoundMedia, sound
from app.video.segment import SegmentFile, probe
from app.video.segment_name import PART
from app.video.stamps import arrival_ticks
from app.video.supervisor import VideoEngine
from app.video.taping import Tape
from app.video.transport import CLOCK, Heard, Sound, Unit
from tests.recording.conftest import FPS, encoded
from tests.recording.test_taping import Room

SYSTEM_PYTHON = "/usr/bin/python3"
RATE = 16_000
_SDP = """v=0
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=control:stream=0
m=audio 0 RTP/AVP 97
a=rtpmap:97 {name}
a=fmtp:97 streamtype=5;profile-level-id=2;mode=AAC-hbr;config={config};sizelength=13;indexlength=3;indexdeltalength=3
a=control:stream=1
"""


def aac(seconds: float) -> tuple[bytes, list[bytes]]:
    """AudioSpecificConfig and frames of a tone."""
    codec: Any = av.CodecContext.create("aac", "w")
    codec.sample_rate, codec.layout, codec.format = RATE, "mono", "fltp"
    codec.time_base = Fraction(1, RATE)
    codec.open()
    found: list[bytes] = []
    for number in range(round(seconds * RATE / 1024)):
        tone = np.sin((np.arange(1024) + number * 1024) * 2 * np.pi * 440 / RATE).astype("f4") / 2
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, number * 1024, Fraction(1, RATE)
        found += [bytes(packet) for packet in codec.encode(frame)]
    return bytes(codec.extradata), found


def tracks(path: str | Path) -> list[dict[str, str]]:
    """As ffprobe sees them."""
    told = subprocess.run(["ffprobe", "-v", "error", "-show_entries",
                           "stream=codec_type,codec_name,sample_rate,channels,duration", "-of", "json", str(path)],
                          capture_output=True, text=True, check=True, timeout=60)
    assert not told.stderr
    return json.loads(told.stdout)["streams"]


# --- what a description says, and packets ---


def test_aac_and_plain_samples_are_received_and_everything_else_is_named():
    found = sound(_SDP.format(name=f"mpeg4-generic/{RATE}/1", config="1408"))
    assert found == SoundMedia("aac", 97, "stream=1", RATE, bytes.fromhex("1408"))
    assert sound(_SDP.format(name="opus/48000/2", config="1408")) == SoundMedia(
        "OPUS", 97, "stream=1", 48_000, channels=2)
    for words, media in (("8", SoundMedia("PCMA", 8, "", 8000)), ("0", SoundMedia("PCMU", 0, "", 8000)),
                         ("10", SoundMedia("L16", 10, "", 44_100, channels=2)),
                         ("97\na=rtpmap:97 PCMA/16000", SoundMedia("PCMA", 97, "", 16_000)),
                         ("97\na=rtpmap:97 l16/16000/2", SoundMedia("L16", 97, "", 16_000, channels=2))):
        found = sound(f"m=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP {words}\n")
        assert found == media and found.received and found.plain
    for words in ("9", "14", "97", "97\na=rtpmap:97 PCMA/9000", "97\na=rtpmap:97 L16/16000/3",
                  "97\na=rtpmap:97 G726-32/8000"):
        odd = sound(f"m=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP {words}\n")
        assert odd is not None and not odd.received and odd.codec
    assert sound("m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n") is None
    for config, name in (("2c08", "AAC-5"), ("140c", "AAC-2"), ("1788", "AAC-2")):       # SBR; 960 samples; any rate
        assert sound(_SDP.format(name=f"mpeg4-generic/{RATE}/1", config=config)).codec == name
    for config in ("", "zz", "14" * 100):
        odd = sound(_SDP.format(name=f"mpeg4-generic/{RATE}/1", config=config))
        assert odd is not None and not odd.received


def rtp(sequence: int, stamp: int, payload: bytes) -> bytes:
    return bytes((0x80, 0xE1)) + sequence.to_bytes(2) + stamp.to_bytes(4) + bytes(4) + payload


def headed(*frames: bytes, length: int = 0) -> bytes:
    return (16 * len(frames)).to_bytes(2) + b"".join(((length or len(one)) << 3).to_bytes(2) for one in frames) \
        + b"".join(frames)


def test_frames_are_taken_out_of_packets_and_noise_is_passed_over():
    ear = Ear(SoundMedia("aac", 97, "", RATE, b"\x14\x08"))
    ear.add(rtp(65_535, 0xFFFFFC00, headed(b"abc", b"de")))
    ear.add(rtp(0, 0x400, headed(b"first", length=10)))             # a frame in two packets
    ear.add(rtp(1, 0x400, headed(b"other", length=10)))
    assert [(one.data, one.stamp - 0xFFFFFC00) for one in ear.ready] == [
        (b"abc", 0), (b"de", 1024), (b"firstother", 2048)]
    ear.ready.clear()
    ear.add(rtp(2, 0x800, headed(b"first", length=10)))
    ear.add(rtp(4, 0x800, headed(b"other", length=10)))             # the middle was lost
    whole = rtp(5, 0xC00, headed(b"abc", b"de"))
    for end in range(len(whole)):
        ear.add(whole[:end])
    for noise in (b"", b"\xff" * 60, rtp(6, 0, b"\xff\xff" + b"\xff" * 40), rtp(7, 0, b"\0\0abc")):
        ear.add(noise)
    assert all(one.data in (b"abc", b"de") for one in ear.ready)


# --- a rule and its words ---


def test_sound_is_off_unless_a_rule_says_so_and_never_for_last_minutes():
    rule = Rule(Scope.ALL, "", Mode.ALWAYS)
    assert not rule.sound and from_text('[{"scope":"all","of":"","mode":"always","days":0,"hours":""}]') == (rule,)
    loud = Rule(Scope.ALL, "", Mode.SCHEDULE, 0, "22:00-04:00", sound=True)
    assert from_text(to_text((loud,))) == (loud,)
    camera = Camera("a", 1, "A")
    verdicts = [Policy(rules=(loud,)).verdict(camera, hour * 3_600_000_000, shown=True) for hour in range(24)]
    assert all(one.write for one in verdicts) and {one.keep for one in verdicts} == {True, False}
    assert all(one.sound is one.keep for one in verdicts)
    assert "G726" in sound_words((False, "G726")) and "PCMA" in sound_words((True, "PCMA")) and not sound_words(None)


# --- files ---


def heard(config_rate: int, frames: list[bytes], begin: int, off_s: float = 0.0) -> list[Heard]:
    found = []
    for number, data in enumerate(frames):
        arrived = begin + int((number * 1024 / config_rate + off_s) * 1e9)
        found.append(Heard(data, arrived, arrival_ticks(arrived)))
    return found


def test_files_with_sound_are_cut_at_key_pictures_and_both_tracks_are_as_long(tmp_path, film):
    config, frames = aac(8.0)
    room = Room(tmp_path)
    room.tape = Tape(messages.Record("cam/sub", "cam", str(tmp_path), 2, sound=True), "h264", (64, 64), room.deck,
                     Sound(config, RATE))
    room.deck.start(room.tape)
    begin = time.monotonic_ns()
    made: list[Unit | Heard] = [Unit(data, key, begin + index * 1_000_000_000 // FPS, arrival_ticks(
        begin + index * 1_000_000_000 // FPS)) for index, (data, key) in enumerate(film)]
    for one in sorted([*made, *heard(RATE, frames, begin, 0.01)], key=lambda one: one.arrived_ns):
        room.tape.offer(one) if isinstance(one, Unit) else room.tape.hear(one)
    ended = room.end()
    assert len(ended) >= 3 and sum(one.keys for one in ended) == 8
    whole = 0.0
    for one in ended:
        video, audio = tracks(one.path)
        assert (video["codec_name"], audio["codec_name"], audio["sample_rate"]) == ("h264", "aac", str(RATE))
        assert abs(float(video["duration"]) - float(audio["duration"])) < 0.2
        whole += float(audio["duration"])
        with av.open(one.path) as container:
            assert sum(frame.samples for frame in container.decode(audio=0)) > 1024
        found = probe(Path(one.path))
        assert found is not None and found.first_key == 0 and found.media == pytest.approx(one.t1 - one.t0, abs=2000)
    assert whole == pytest.approx(8.0, abs=0.2)
    reel = Reel(tmp_path)
    for moment in (ended[0].t0 + 700_000, ended[1].t0 + 300_000):       # played back: pictures alone
        seen = reel.at(moment)
        assert seen is not None and 0 <= moment - seen.at <= 1_000_000 // FPS + 1000
    reel.close()


def test_a_file_that_is_cut_off_has_both_tracks_up_to_its_last_whole_group(tmp_path, film):
    config, frames = aac(8.0)
    begin = time.monotonic_ns()
    stamps = [1 + index * CLOCK // FPS for index in range(len(film))]
    units = [Unit(data, key, begin, stamp) for (data, key), stamp in zip(film, stamps, strict=True)]
    file = SegmentFile(tmp_path / "a.mp4", "h264", 64, 64, units[0], sound=Sound(config, RATE))
    done = 0
    for unit in units:
        file.write(unit)
        while done < len(frames) and done * 1024 * CLOCK // RATE < unit.stamp:
            file.hear(Heard(frames[done], begin, 1 + done * 1024 * CLOCK // RATE))
            done += 1
    shutil.copyfile(tmp_path / f"a.mp4{PART}", tmp_path / "cut.mp4")
    file.abandon()
    found = probe(tmp_path / "cut.mp4")
    assert found is not None and found.media / 1e6 > len(film) / FPS - 1.5
    with av.open(str(tmp_path / "cut.mp4")) as container:
        end = max(float((packet.pts or 0) * packet.time_base) for packet in container.demux(audio=0) if packet.size)
    assert end > len(film) / FPS - 1.7
    with av.open(str(tmp_path / "cut.mp4")) as container:
        assert sum(1 for _ in container.decode(audio=0)) > 90


def test_sound_that_stays_away_or_is_nonsense_costs_no_picture(tmp_path, film):
    config, frames = aac(1.0)
    begin = time.monotonic_ns()
    units = [Unit(data, key, begin + index * 1_000_000_000 // FPS, 1 + index * CLOCK // FPS)
             for index, (data, key) in enumerate(film)]
    file = SegmentFile(tmp_path / "a.mp4", "h264", 64, 64, units[0], sound=Sound(config, RATE))
    for index, unit in enumerate(units):
        file.write(unit)
        if index < 5:
            file.hear(Heard(b"" if index == 3 else frames[index], unit.arrived_ns, unit.stamp))
    open_so_far = probe(tmp_path / f"a.mp4{PART}")
    assert open_so_far is not None and open_so_far.media / 1e6 > len(film) / FPS - 2.5, "pictures do not wait for sound"
    file.close()
    found = probe(tmp_path / "a.mp4")
    assert found is not None and found.media / 1e6 == pytest.approx(len(film) / FPS, abs=0.1)


# --- real cameras ---


def packed(path: Path, units: list[bytes]) -> Path:
    path.write_bytes(b"".join(len(data).to_bytes(4, "big") + data for data in units))
    return path


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with /aac, /alaw and /none."""
    probe_it = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    if sys.platform != "linux" or subprocess.run([SYSTEM_PYTHON, "-c", probe_it], capture_output=True, timeout=60,
                                                 check=False).returncode:
        pytest.skip("GStreamer's RTSP server is not installed")
    folder = tmp_path_factory.mktemp("cameras")
    film = packed(folder / "film", [data for data, _key in encoded(120 * FPS)])
    config, frames = aac(8.0)
    tone, law = packed(folder / "tone", frames * 15), packed(folder / "law", [b"\xd5" * 160] * 50 * 120)
    server = subprocess.Popen(
        [SYSTEM_PYTHON, str(Path(__file__).with_name("sound_server.py")), f"alaw={film}={law}=alaw",
         f"aac={film}={tone}=aac:{RATE}:{config.hex()}", f"none={film}=-=none"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None and server.stdout is not None
    with server.stdout, server:
        yield f"rtsp://127.0.0.1:{int(server.stdout.readline())}"
        server.stdin.close()


def test_cameras_with_aac_g711_and_without_sound(cameras: str, tmp_path: Path) -> None:
    ended: dict[str, list[SegmentEnded]] = {}
    enough, later = threading.Event(), threading.Event()
    engine = VideoEngine()
    wants = {name: RecordWant(Camera(name, 1 + number, name, streams=(StreamProfile(
        StreamRole.MAIN, f"{cameras}/{path}"),)), str(tmp_path / name), 1, pull=True, sound=loud)
        for number, (name, path, loud) in enumerate((("loud", "aac", True), ("quiet", "aac", False),
                                                     ("law", "alaw", True), ("none", "none", True)))}
    as_sent = {"loud": "SoundHandler", "law": "AAC made of PCMA"}

    def told(news: object) -> None:
        if isinstance(news, SegmentEnded):
            ended.setdefault(news.camera, []).append(news)
            if len(ended) == len(wants) and all(len(files) > 1 for files in ended.values()):
                enough.set()
            if enough.is_set() and news.camera == "quiet" and len(tracks(news.path)) == 2:
                later.set()
    engine.recorded = told
    try:
        engine.record(wants)
        assert enough.wait(90), ended
        assert {name: engine.sounding(name) for name in wants} == {
            "loud": (True, "aac"), "quiet": None, "law": (True, "PCMA"), "none": (False, "")}
        quiet = tuple(ended["quiet"])
        engine.record(wants | {"quiet": replace(wants["quiet"], sound=True)})
        assert later.wait(90), "sound is switched on"
    finally:
        engine.close()
    for name, files in (ended | {"quiet": quiet}).items():
        for one in files:
            found = {track["codec_type"]: track for track in tracks(one.path)}
            assert set(found) == ({"video", "audio"} if name in as_sent else {"video"})
            if name in as_sent and one is files[1]:         # the first one may begin before the first frame came
                assert found["audio"]["codec_name"] == "aac"
                assert abs(float(found["audio"]["duration"]) - float(found["video"]["duration"])) < 0.2
                with av.open(one.path) as container:
                    assert container.streams.audio[0].metadata["handler_name"] == as_sent[name]
