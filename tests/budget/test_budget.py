"""What this machine decodes is kept for this machine only; what a layout takes follows the choice of streams."""

from __future__ import annotations

import json

import pytest

from app.budget import ceiling as ceiling_module
from app.budget.ceiling import HEADROOM, Ceiling, from_cost, load, save
from app.budget.cost import load_of, share
from app.cli import doctor, measuring
from app.cli.checks.finding import Verdict
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.wall import Pane, WindowState
from widgets.budget.estimate import share_of
from widgets.budget.feature import percent

MACHINE = Ceiling({"h264": 100.0, "hevc": 50.0})
BOTH = Camera("both", 1, "", streams=(StreamProfile(StreamRole.MAIN, "rtsp://x/m", 1920, 1080),
                                      StreamProfile(StreamRole.SUB, "rtsp://x/s", 640, 360)))
ONLY = Camera("only", 2, "", streams=(StreamProfile(StreamRole.MAIN, "rtsp://y/m"),))
CAMERAS = {"both": BOTH, "only": ONLY}


@pytest.fixture(autouse=True)
def profile(tmp_path, monkeypatch):
    monkeypatch.setenv("LAWANG_HOME", str(tmp_path))


def test_a_ceiling_is_kept_for_this_machine_only(monkeypatch):
    assert load() is None, "never measured"
    path = save(MACHINE)
    assert load() == MACHINE
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(ceiling_module, "fingerprint", lambda: "another")
        assert load() is None
    for nonsense in ("", "[]", "{}", json.dumps({"machine": ceiling_module.fingerprint(), "megapixels": {"h264": -1}}),
                     json.dumps({"machine": ceiling_module.fingerprint(), "megapixels": {}})):
        path.write_text(nonsense)
        assert load() is None


def test_cost_and_share():
    assert from_cost(0.5, 10.0, 2) == pytest.approx(HEADROOM * 40)
    sub = load_of(BOTH.stream(StreamRole.SUB), rate=15)
    assert sub.megapixels == pytest.approx(640 * 360 * 15 / 1e6)
    assert share([sub] * 4, MACHINE) == pytest.approx(4 * 3.456 / 100)
    assert share([load_of(BOTH.stream(StreamRole.SUB), codec="hevc", rate=15)], MACHINE) == pytest.approx(3.456 / 50)
    assert MACHINE.of("mjpeg") == 50, "what was not measured counts as the most costly"
    assert load_of(ONLY.stream(StreamRole.MAIN)).megapixels > 40, "a camera that never told has the usual main stream"


def _window(layout, cameras):
    return WindowState("w", layout=layout, panes=tuple(Pane(one) for one in cameras))


def test_a_small_pane_takes_the_sub_stream_and_a_large_one_the_main():
    wall = _window("8x8", ["both"] * 64)
    size = (1920, 1080)
    small = share_of([(wall, "8x8", size)], CAMERAS.get, MACHINE)
    assert small == pytest.approx(64 * 3.456 / 100)
    assert share_of([(wall, "1x1", size)], CAMERAS.get, MACHINE) == pytest.approx(1920 * 1080 * 25 / 1e8)
    assert share_of([(wall, "4x4", size)], CAMERAS.get, MACHINE) == pytest.approx(small / 4), "sixteen of them"
    told = {("only", StreamRole.MAIN): (640, 360, 10.0)}
    one = [(_window("1x1", ["only"]), "1x1", size)]
    assert share_of(one, CAMERAS.get, MACHINE, known=told) == pytest.approx(0.02304), "as the running stream told"
    empty = _window("2x2", ["", "gone", "both", ""])
    assert share_of([(empty, "2x2", (640, 360))], CAMERAS.get, MACHINE) == pytest.approx(0.03456)
    assert percent(small) == "221 %"


def test_the_doctor_does_not_measure_beside_a_wall(monkeypatch, capsys):
    monkeypatch.setattr(measuring, "wall_runs", lambda: True)
    assert doctor.measured() == doctor.SOMETHING_LACKS
    assert doctor.MARKS[Verdict.BAD] in capsys.readouterr().out
    monkeypatch.setattr(measuring, "wall_runs", lambda: False)
    monkeypatch.setattr(measuring, "measure", lambda: MACHINE)
    assert doctor.measured() == 0
    assert "H.265: 50" in capsys.readouterr().out


@pytest.mark.bench
def test_this_machine_is_measured_by_its_real_workers():
    ceiling = measuring.measure()
    assert ceiling is not None and set(ceiling.megapixels) == {"h264", "hevc"}
    assert load() == ceiling
    assert ceiling.of("h264") > ceiling.of("hevc") > 5
