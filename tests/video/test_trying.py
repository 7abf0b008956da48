"""A stream is tried before its address is kept: what became of it, in causes; the password stands in no argv."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.model.secret import Credentials, Secret
from app.video.trying import Trying
from tests.fakes.clips import clip


def test_a_stream_that_opens_tells_its_codec(tmp_path: Path) -> None:
    file = tmp_path / "clip.h264"
    file.write_bytes(b"".join(unit for unit, _key in clip(seconds=2).units))
    found = Trying(f"file://{file}", Credentials(), "tcp").run()
    assert found.codec == "h264" and found.opened_s is not None


def test_nobody_at_the_door_is_told_as_a_cause() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))             # bound and not listening: connections are refused
        found = Trying(f"rtsp://127.0.0.1:{door.getsockname()[1]}/x", Credentials("u", Secret("rahasia")), "tcp").run()
    assert found.cause == "refused" and found.opened_s is None


def test_a_trial_that_was_given_up_ends_at_once() -> None:
    trying = Trying("rtsp://127.0.0.1:9/x", Credentials(), "tcp")
    trying.stop()
    assert trying.run().cause == "failed"


@pytest.mark.parametrize("url", ["rtsp://127.0.0.1:1/x"])
def test_the_password_is_not_kept_by_the_one_who_tried(url: str) -> None:
    trying = Trying(url, Credentials("u", Secret("rahasia")), "tcp")
    trying.run()
    assert "rahasia" not in repr(vars(trying))


def test_a_machine_without_room_for_a_process_is_a_failed_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: object, **_more: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")
    monkeypatch.setattr("app.video.trying.subprocess.Popen", full)
    assert Trying("rtsp://127.0.0.1:9/x", Credentials(), "tcp").run().cause == "failed"
