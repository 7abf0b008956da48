"""Cameras that lie, stall, flood, refuse and come back: the pane says what is, and its neighbour never stops."""

from __future__ import annotations

import itertools
import logging
import re
import time
import traceback
from pathlib import Path

import psutil
import pytest

from app.model.errors import CameraError
from app.model.pane import PaneState
from app.model.secret import Credentials, Secret
from app.video.source import OPEN_S, Target, open_container
from app.video.supervisor import VideoEngine
from tests.fakes.hostile_rtsp import Fake, HostileRtsp
from tests.video.conftest import camera, patience, want

LOST, FROZEN, LIVE = PaneState.LOST, PaneState.FROZEN, PaneState.LIVE
CALM_S = 1.5                    # longest pause of a healthy neighbour; its pictures are 67 ms apart
LOGIN = ("operator", "rahasia-9zQ/x@:?#%41")

# How each answers -> the cause that its pane names.
ANSWERS = {
    "garbage": "garbage", "endless-sdp": "garbage", "endless-header": "garbage", "redirect": "server",
    "no-setup": "timeout", "huge": "too-big", "no-video": "no-video",
}


def test_hostile_answers_do_no_harm(server, watch):
    wants = {"w/good": want(camera("good", server.url("good"))),
             "w/huge-sdp": want(camera("huge-sdp", server.url("huge-sdp"))),
             "w/unknown": want(camera("unknown", server.url("unknown"))),
             "w/nobody": want(camera("nobody", "rtsp://127.0.0.1:9/x"))}
    server.add("good")
    server.add("huge-sdp", Fake(mode="huge-sdp"))
    watch.engine.show(wants)
    watch.live("w/good")
    since = time.monotonic()
    for mode in ANSWERS:
        server.add(mode, Fake(mode=mode))
        wants[f"w/{mode}"] = want(camera(mode, server.url(mode)))
    watch.engine.show(wants)
    causes: dict[str, set[str]] = {}

    def all_told():
        for key in wants:
            report = watch.report(key)
            if report.state is LOST:
                causes.setdefault(key, set()).add(report.cause)
                assert report.retry_in is not None
        return len(causes) == len(wants) - 2        # the good one, and the one whose SDP alone lies
    watch.until(all_told, OPEN_S + 6, "every cause told")
    assert {mode: causes[f"w/{mode}"] for mode in ANSWERS} == {mode: {cause} for mode, cause in ANSWERS.items()}
    assert (causes["w/unknown"], causes["w/nobody"]) == ({"not-found"}, {"refused"})
    assert watch.gap("w/good", since) < patience(CALM_S)
    assert watch.restarts() == 0
    used = max(psutil.Process(pid).memory_info().rss for pid in watch.pids("ingest"))
    assert used < 400 << 20, "an endless answer is cut off before it fills the memory"
    assert watch.state("w/huge-sdp") is LIVE, "the stream itself is small: what the SDP says does not count"


def test_lost_silent_and_repeating_cameras_are_named_and_come_back(server, watch):
    fakes = {name: server.add(name) for name in ("good", "lost", "silent", "same")}
    watch.engine.show({f"w/{name}": want(camera(name, server.url(name))) for name in fakes})
    watch.live(*(f"w/{name}" for name in fakes))
    since = time.monotonic()
    fakes["lost"].open, fakes["silent"].silent, fakes["same"].same = False, True, True

    def stands(name, state, cause):
        return (watch.state(f"w/{name}"), watch.report(f"w/{name}").cause) == (state, cause)
    waits: list[float] = []

    def lost_and_counts_down():
        if watch.state("w/lost") is LOST:
            assert watch.report("w/lost").cause == "closed"
            waits.append(watch.report("w/lost").retry_in)
        return len(waits) > 2 and 0 < waits[-1] < waits[0]
    watch.until(lost_and_counts_down, 3, "lost, and the next attempt counts down")
    assert watch.engine.picture("w/lost") is not None
    fakes["lost"].open = True
    watch.until(lambda: stands("silent", FROZEN, "silent") and stands("same", FROZEN, "repeats"), 4.5, "both named")
    report = watch.report("w/silent")
    assert 3.0 <= report.age < patience(5.0) and report.last_picture == pytest.approx(time.time() - report.age, abs=2.0)
    assert all(watch.engine.picture(f"w/{name}") is not None for name in fakes), "the last pictures stay"
    watch.live("w/lost", seconds=4)
    fakes["silent"].silent, fakes["same"].same = False, False
    watch.until(lambda: all(watch.state(f"w/{name}") is LIVE for name in fakes), 5, "all live again")
    assert watch.gap("w/good", since) < patience(CALM_S)
    assert (fakes["silent"].describes, fakes["same"].describes) == (1, 1), "a silence of some seconds is waited for"


def test_an_operator_need_not_wait_for_the_next_attempt(server, watch):
    fake = server.add("a", Fake(open=False))
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.until(lambda: (watch.report("w/0").retry_in or 0) > 3.5, 12, "the third attempt is 5 s away")
    fake.open = True
    watch.engine.retry("a")
    watch.live("w/0", seconds=3.5)


def test_time_stamps_that_repeat_run_backwards_and_jump(server, watch):
    kinds = ("repeat", "backward", "jump")
    for kind in kinds:
        server.add(kind, Fake(stamps=kind))
    watch.engine.show({f"w/{kind}": want(camera(kind, server.url(kind))) for kind in kinds})
    watch.live(*(f"w/{kind}" for kind in kinds))
    watch.until(lambda: all(watch.report(f"w/{kind}").fps > 12 for kind in kinds), 10, "all at the camera's rate")
    since = time.monotonic()
    watch.during(2.0)
    for kind in kinds:
        assert watch.gap(f"w/{kind}", since) < patience(CALM_S), kind
        assert watch.state(f"w/{kind}") is LIVE and watch.report(f"w/{kind}").delay < 1.0, kind


def test_a_refused_password_is_tried_twice_and_then_waits(server, watch):
    fake = server.add("a", Fake(refuses=True))
    watch.engine.show({"w/0": want(camera("a", server.url("a"), login=LOGIN))})
    watch.until(lambda: watch.state("w/0") is PaneState.REFUSED, 12)
    assert (watch.report("w/0").cause, watch.report("w/0").retry_in, fake.attempts) == ("unauthorised", None, 2)
    watch.during(3.0)
    assert fake.attempts == 2 and fake.describes <= 4, "the camera must not lock the operator out"
    watch.engine.retry("a")
    watch.until(lambda: fake.attempts == 4, 6, "asked by a person: twice again")
    watch.until(lambda: watch.state("w/0") is PaneState.REFUSED, 6)
    fake.refuses, fake.login = False, LOGIN
    watch.engine.retry("a")
    watch.live("w/0", seconds=6)


def test_a_password_is_seen_nowhere(server, watch, caplog, tmp_path, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LAWANG_WORKER_STDERR", "1")
    server.add("in", Fake(login=LOGIN))
    server.add("out", Fake(refuses=True))
    wants = {"w/in": want(camera("in", server.url("in"), login=LOGIN)),
             "w/out": want(camera("out", server.url("out"), login=LOGIN))}
    watch.engine.show(wants)
    watch.live("w/in")
    watch.until(lambda: watch.state("w/out") is PaneState.REFUSED, 12)
    pids = watch.pids()
    assert len(pids) >= 2
    looked = {f"/proc/{pid}/{name}": Path(f"/proc/{pid}/{name}").read_bytes()
              for pid in pids for name in ("cmdline", "environ")}
    looked["log"] = caplog.text.encode()
    looked["spoken"] = repr((wants, watch.engine.reports(), dict(watch.engine.stats()))).encode()
    looked["files"] = b" ".join(bytes(path) for path in watch.engine._folder.rglob("*"))
    for where, data in looked.items():
        for secret in (LOGIN[1], "rahasia", "9zQ"):
            assert secret.encode() not in data, where
    assert "unauthorised" in caplog.text, "the log was kept at all"


@pytest.mark.parametrize("name", ["refused", "unknown", "closed"])
def test_no_error_repeats_an_address_or_a_password(server, name):
    server.add("refused", Fake(refuses=True))
    server.add("closed", Fake(open=False))
    with pytest.raises(CameraError) as caught:
        open_container(Target("x", server.url(name), Credentials(LOGIN[0], Secret(LOGIN[1]))))
    text = "".join(traceback.format_exception(caught.value)) + str(caught.value) + repr(caught.value)
    assert not re.search(r"rahasia|9zQ|operator|127\.0\.0\.1", text)


@pytest.mark.soak
def test_the_schedule_of_a_camera_that_stays_away():
    """1, 2, 5, 10 s and no more often, measured at the camera."""
    with HostileRtsp() as server:
        fake = server.add("a", Fake(mode="no-video"))
        engine = VideoEngine()
        try:
            engine.show({"w/0": want(camera("a", server.url("a")))})
            began, times = time.monotonic(), []
            while time.monotonic() - began < 22:
                if fake.describes > len(times):
                    times.append(time.monotonic() - began)
                time.sleep(0.02)
            gaps = [b - a for a, b in itertools.pairwise(times)]
            assert [round(gap) for gap in gaps[:2]] == [1, 2] and gaps[2] == pytest.approx(5, abs=1.2)
            assert len(times) in (4, 5)
        finally:
            engine.close()
