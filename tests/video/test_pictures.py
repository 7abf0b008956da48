"""From a camera's packets to pictures in shared memory, with real workers: codecs, sizes, streams, both feeds."""

from __future__ import annotations

import time

import numpy as np
import pytest

from app.model.camera import StreamRole
from app.model.pane import Fit, PaneState, StreamWish
from app.video import casting
from app.video.supervisor import VideoEngine
from tests.fakes.clips import clip
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import START_S, Watch, camera, patience, want

BIG = {"width": 640, "height": 360}


@pytest.fixture(scope="module")
def streams():
    """Encoded before anything runs, so that time limits measure the engine."""
    return {codec: clip(codec) for codec in ("h264", "hevc", "mpeg4", "mjpeg")} | {"big": clip("h264", **BIG)}


@pytest.mark.parametrize("portable", [False, True], ids=["fifo", "portable"])
def test_every_codec_shows_pictures_that_move(server, streams, portable):
    for codec in ("h264", "hevc", "mpeg4", "mjpeg"):
        server.add(codec, Fake(streams[codec]))
    keys = {f"w/{codec}": camera(codec, server.url(codec, "http" if codec == "mjpeg" else "rtsp"))
            for codec in ("h264", "hevc", "mpeg4", "mjpeg")}
    engine = VideoEngine(portable_feed=portable)
    try:
        watch = Watch(engine)
        engine.show({key: want(one) for key, one in keys.items()})
        watch.live(*keys)
        watch.until(lambda: all(watch.count(key) >= 20 for key in keys), 10, "twenty pictures of each")
        for key in keys:
            serials = [serial for _, serial in watch.seen[key]]
            assert serials == sorted(set(serials)), "serials grow"
            picture = engine.picture(key)
            assert (picture.width, picture.height) == (320, 180)
            assert picture.pixels.shape == (180, 320, 4)
            assert picture.stride >= 320 * 4
            assert 0 <= time.monotonic_ns() - picture.shown_ns < 5_000_000_000
            grey = picture.pixels[:, :, 1].astype(int)
            assert np.ptp(grey) > 150, "not an even field"
            drift = np.abs(np.diff(grey[60:, :], axis=1))
            assert np.median(drift) <= 4, "the gradient of the clip, not noise or broken slices"
        watch.until(lambda: all(watch.report(key).fps > 12 for key in keys), 10, "all at the camera's rate")
    finally:
        engine.close()


def test_first_picture_of_a_stream_that_runs(server, streams, watch):
    """A second pane on a running stream does not wait for a key picture: here they come every 30 s."""
    rare = server.add("rare", Fake(clip("h264", seconds=30, group_s=30)))
    one = camera("rare", server.url("rare"))
    watch.engine.show({"w/0": want(one)})
    watch.live("w/0")
    watch.engine.show({"w/0": want(one), "w/1": want(one, 160, 90)})
    watch.until(lambda: watch.count("w/1"), 1.5, "a second pane at once")
    assert rare.playing == 1, "one pull per camera and stream"
    watch.engine.show({"w/1": want(one, 160, 90)})
    before = watch.count("w/1")
    watch.until(lambda: watch.count("w/1") > before + 5, 3, "it goes on when the first pane closes")


def test_a_change_of_size_keeps_the_picture(server, watch):
    server.add("a", Fake(clip("h264", seconds=30, group_s=30)))
    one = camera("a", server.url("a"))
    watch.engine.show({"w/0": want(one)})
    watch.live("w/0")
    for width, height, fit, expected in ((200, 200, Fit.FIT, (200, 112)), (200, 200, Fit.FILL, (356, 200)),
                                         (200, 200, Fit.STRETCH, (200, 200)), (33, 19, Fit.FIT, (33, 19))):
        watch.engine.show({"w/0": want(one, width, height, fit=fit)})
        before = watch.engine.picture("w/0").serial

        def changed(expected=expected, before=before):
            picture = watch.engine.picture("w/0")
            assert picture is not None, "the pane lost its picture"
            assert picture.serial >= before
            return abs(picture.width - expected[0]) <= 1 and abs(picture.height - expected[1]) <= 1
        watch.until(changed, 4, f"{expected} after {width}x{height} {fit}")
        assert watch.state("w/0").counts_as_live


def test_main_and_sub_change_without_a_black_moment(server, streams, watch):
    main, sub = server.add("main", Fake(streams["big"])), server.add("sub")
    one = camera("c", server.url("main"), server.url("sub"), sub_height=180)
    watch.engine.show({"w/0": want(one, 160, 90)})
    watch.live("w/0")
    assert (watch.report("w/0").stream, main.describes) == (StreamRole.SUB, 0)

    def on(role):
        assert watch.engine.picture("w/0") is not None
        return watch.engine.picture("w/0").stream is role
    since = time.monotonic()
    watch.engine.show({"w/0": want(one, 160, 90, wish=StreamWish.MAIN)})
    watch.until(lambda: on(StreamRole.MAIN), 8, "main")
    assert watch.gap("w/0", since) < patience(1.0), "the old stream plays until the new one shows"
    watch.engine.show({"w/0": want(one, 640, 360, zoomed=True, wish=StreamWish.MAIN)})
    watch.until(lambda: (watch.engine.picture("w/0").width, watch.engine.picture("w/0").height) == (640, 360), 6)
    since = time.monotonic()
    watch.engine.show({"w/0": want(one, 160, 90, wish=StreamWish.SUB)})
    watch.until(lambda: on(StreamRole.SUB), 8, "sub")
    assert watch.gap("w/0", since) < patience(1.0)
    watch.until(lambda: main.playing == 0, 8, "nobody wants the main stream: it is closed")
    assert sub.playing == 1


def test_a_camera_that_changes_its_resolution_in_mid_stream(server, streams, watch):
    fake = server.add("a")
    watch.engine.show({"w/0": want(camera("a", server.url("a")), 640, 360)})
    watch.live("w/0")
    since = time.monotonic()
    fake.clip = clip("h264", 256, 192)

    def square():
        assert watch.engine.picture("w/0") is not None
        return (watch.engine.picture("w/0").width, watch.report("w/0").height) == (480, 192)
    watch.until(square, 5, "4:3 in a 16:9 pane")
    assert watch.gap("w/0", since) < patience(2.0)
    assert fake.describes == 1, "the connection stays"


def test_panes_change_place_while_they_run(server, watch, monkeypatch):
    monkeypatch.setattr(casting, "CALM_S", 60.0)        # no player settles meanwhile: that is a new one too
    server.add("a")
    server.add("b", Fake(clip("h264", 256, 192)))
    a, b = camera("a", server.url("a")), camera("b", server.url("b"))
    watch.engine.show({"w/0": want(a), "w/1": want(b)})
    watch.live("w/0", "w/1")
    feeds = watch.engine._casting._feeds
    watch.engine.rename({"w/0": "w/1", "w/1": "w/0"})
    watch.engine.show({"w/0": want(b), "w/1": want(a)})
    assert (watch.engine.picture("w/0").width, watch.engine.picture("w/1").width) == (240, 320)
    before = watch.count("w/0"), watch.count("w/1")
    watch.until(lambda: watch.count("w/0") > before[0] + 5 and watch.count("w/1") > before[1] + 5, 4)
    assert watch.engine._casting._feeds == feeds, "no player was started anew"


def test_a_covered_pane_rests_and_comes_back_at_once(server, watch):
    fake = server.add("a", Fake(clip("h264", seconds=30, group_s=30)))
    one = camera("a", server.url("a"))
    watch.engine.show({"w/0": want(one)})
    watch.live("w/0")
    watch.engine.show({"w/0": want(one, visible=False)})
    watch.until(lambda: watch.engine._runs["w/0"].current.hidden, 8, "its player rests")
    assert fake.playing == 1 and watch.state("w/0") is PaneState.LIVE, "its packets still tell"
    assert watch.engine.picture("w/0") is not None
    before = watch.count("w/0")
    watch.engine.show({"w/0": want(one)})
    watch.until(lambda: watch.count("w/0") > before, 1.5, "back before the next key picture")


def test_nothing_wanted_nothing_pulled(server, watch):
    fake = server.add("a")
    one = camera("a", server.url("a"))
    watch.engine.show({"w/0": want(one)})
    watch.live("w/0", seconds=START_S)
    watch.engine.show({})
    assert watch.engine.picture("w/0") is None
    watch.until(lambda: fake.playing == 0, 10, "the camera is left")
    assert "w/0" not in watch.engine.reports()


def test_a_pane_that_is_behind_starts_again_at_the_newest_key_picture(server, watch, monkeypatch):
    """Delay may never grow over a day: what libVLC's demuxer has not taken for 1.5 s is left behind."""
    monkeypatch.setattr(casting, "RESYNC_EVERY_S", 0.5)
    server.add("a")
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.live("w/0")
    slow = watch.engine._runs["w/0"].current
    # What the board would tell of a player whose clock was moved: everything comes, two seconds late.
    monkeypatch.setattr(watch.engine._reporter, "_delay", lambda view, now: 2.0 if view is slow else 0.1)
    since = time.monotonic()

    def late():
        report = watch.report("w/0")
        return report.state is PaneState.LATE and report.age == pytest.approx(2.0)
    watch.until(late, 2, "it says that it is late, and by how much")
    watch.until(lambda: watch.engine._runs["w/0"].current is not slow, 4, "a new player")
    watch.live("w/0", seconds=2)
    assert watch.gap("w/0", since) < patience(1.5), "the late picture goes on until the new one is there"


def test_a_picture_opened_beforehand_takes_the_place_of_another_and_that_one_is_closed(server, watch):
    """The page of a tour: who stood there goes nowhere, so its player and its pull must end."""
    fake = server.add("a")
    server.add("b", Fake(clip("h264", 256, 192)))
    a, b = camera("a", server.url("a")), camera("b", server.url("b"))
    watch.engine.show({"w/0": want(a), "w/next/0": want(b)})
    watch.live("w/0", "w/next/0")
    watch.engine.rename({"w/next/0": "w/0"})
    assert watch.engine.picture("w/0").width == 240, "the pane shows the next page at once"
    watch.engine.show({"w/0": want(b)})
    watch.until(lambda: fake.playing == 0, 10, "the camera that went is left")
    assert watch.state("w/0") is PaneState.LIVE
