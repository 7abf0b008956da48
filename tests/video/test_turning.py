"""Cameras that hang upside down or lie on their side: turned for whoever looks, live and recorded, in right sizes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.camera import ROTATIONS, StreamProfile, StreamRole
from app.model.pane import Fit
from app.model.playback import Moving
from app.model.turning import sides, turned
from app.video.choice import Choice
from app.video.decoder import fitted
from app.video.engine import RecordWant, Want
from app.video.fitting import lines_for, offer_of, shape_for
from app.video.line import Line
from app.video.replayed import replayed
from app.video.view import Run
from tests.fakes.clips import MARKS, clip, corners
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import camera, want

UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT = MARKS
SEEN = {0: MARKS, 90: (LOWER_LEFT, UPPER_LEFT, LOWER_RIGHT, UPPER_RIGHT),
        180: (LOWER_RIGHT, LOWER_LEFT, UPPER_RIGHT, UPPER_LEFT),
        270: (UPPER_RIGHT, LOWER_RIGHT, UPPER_LEFT, LOWER_LEFT)}
turns = st.sampled_from(ROTATIONS)


@given(st.integers(1, 9), st.integers(1, 9), turns, turns)
def test_turns_add_up(width, height, first, second):
    picture = np.arange(width * height * 4).reshape(height, width, 4)
    both = turned(turned(picture, first), second)
    assert np.array_equal(both, turned(picture, (first + second) % 360))
    assert both.shape[1::-1] == sides(*sides(width, height, first), second)
    assert np.array_equal(turned(picture, first), np.rot90(picture, -first // 90)), "clockwise"


@pytest.mark.parametrize("canvas", ["converting", "direct"])
def test_every_corner_is_where_it_belongs(canvas):
    told = json.loads(subprocess.run([sys.executable, "-m", "tests.video.turned_pictures", canvas], check=True,
                                     capture_output=True, text=True, timeout=120).stdout)
    if canvas == "converting" and told["canvas"] == "Direct":
        pytest.skip("this machine has no libswscale of its own")
    assert told["canvas"].lower() == canvas
    assert len(told["shown"]) == 12
    panes = {"fit": (160, 120), "fill": (161, 121), "stretch": (90, 60)}
    assert told["left"] == 0, "a player that was stopped is gone, without a collection"
    for one in told["shown"]:
        assert tuple(one.get("corners", ())) == SEEN[one["rotation"]], one
        expected = fitted(*sides(320, 180, one["rotation"]), *panes[one["fit"]], one["fit"])
        assert tuple(one["size"]) == expected, one


def test_a_camera_is_turned_while_it_plays_and_its_past_with_it(server, watch, tmp_path):
    server.add("a", Fake(clip("h264", marked=True)))
    upright = camera("a", server.url("a"))

    def shows(key, rotation, size, *, ever=False):
        def look():
            picture = watch.engine.picture(key)
            assert picture is not None or not ever, "the pane lost its picture"
            return (picture is not None and (picture.width, picture.height) == size
                    and corners(picture.pixels) == SEEN[rotation])
        return look
    watch.engine.show({"w/0": want(upright)})
    watch.engine.record({"a": RecordWant(upright, str(tmp_path / "a"), 10)})
    watch.live("w/0")
    watch.until(shows("w/0", 0, (320, 180)), 5)
    watch.until(lambda: any(path.is_file() for path in (tmp_path / "a").rglob("*")), 10, "a file is being written")
    began = time.time_ns() // 1000
    for rotation, size in ((90, (101, 180)), (180, (320, 180)), (270, (101, 180))):
        watch.engine.show({"w/0": want(replace(upright, rotation=rotation))})
        watch.until(shows("w/0", rotation, size, ever=True), 5, f"turned by {rotation}")
        watch.until(lambda: watch.state("w/0").counts_as_live, 5)
    own = replace(upright, rotation=270)
    watch.engine.show({"w/0": want(own, zoomed=True)})
    watch.until(shows("w/0", 270, (180, 320)), 5, "its own size")
    # A file that is being written can be read up to its last whole group of pictures.
    watch.until(lambda: time.time_ns() // 1000 - began > 3_500_000, 10.0)
    for zoomed, size in ((False, (101, 180)), (True, (180, 320))):
        past = replayed(own, str(tmp_path / "a"), 1)
        watch.engine.show({"w/0": want(own, zoomed=True), "w/1": want(past, zoomed=zoomed)})
        watch.engine.steer(past.id, Moving(began + 500_000))
        watch.until(shows("w/1", 270, size), 10, "the past is turned as well")


def run_of(one, pane, fit=Fit.FIT):
    return Run("w/0", Want(one, *pane, fit), 0.0, Choice())


def test_the_stream_is_chosen_by_the_lines_of_the_turned_picture():
    main = StreamProfile(StreamRole.MAIN, "rtsp://a/m", 1920, 1080)
    sub = StreamProfile(StreamRole.SUB, "rtsp://a/s", 640, 360)
    upright = replace(camera("a", "rtsp://a/m"), streams=(main, sub))
    lying = replace(upright, rotation=90)
    assert [offer_of(run_of(one, (960, 540)), run_of(one, (960, 540)).want).sub_height
            for one in (upright, replace(upright, rotation=180), lying)] == [360, 360, 640]
    # It stands in a pane that lies: 540 lines of 640 are enough, unless it fills the pane from side to side.
    wanted = {}
    for one in (upright, lying):
        for fit in (Fit.FIT, Fit.FILL):
            run = run_of(one, (960, 540), fit)
            wanted[one.rotation, fit] = Choice().decide(
                offer_of(run, run.want), lines_for(run, run.want), wish=run.want.wish, zoomed=False, panes=1, now=0.0)
    assert wanted == {(0, Fit.FIT): StreamRole.MAIN, (0, Fit.FILL): StreamRole.MAIN,
                      (90, Fit.FIT): StreamRole.SUB, (90, Fit.FILL): StreamRole.MAIN}


def test_room_for_its_own_size_is_that_of_the_turned_picture():
    one = replace(camera("a", "rtsp://a/m"), rotation=90)
    line = Line("a/main", one, one.streams[0], width=640, height=358)
    shape = shape_for(replace(run_of(one, (320, 180)).want, zoomed=True), StreamRole.MAIN, line)
    assert (shape.width, shape.height, shape.rotation) == (358, 640, 90)
